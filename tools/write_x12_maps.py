"""
Write `scrubber/x12/maps/` from the maps of pyx12 (BSD-3-Clause): numbers, ids and structure only.

`python tools/write_x12_maps.py`, with pyx12 installed. What the maps call things is left out. Of
the 837D there is none: `x12_dental.py` makes one of the professional and the older dental map.
"""

import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from tools.x12_dental import dental

TARGET = Path(__file__).parent.parent / "scrubber" / "x12" / "maps"
PROFESSIONAL, OLDER_DENTAL = "837.5010.X222.A1.xml", "837.4010.X097.A1.xml"
MAPS = {
    "professional": (PROFESSIONAL,),
    "institutional": ("837Q3.I.5010.X223.A1.xml",),
    "dental": (PROFESSIONAL, OLDER_DENTAL),
}
LAST = 99_999
UNBOUNDED = 0
BEYOND_HEADER = 10_000  # positions of table 2 come behind those of table 1

Table = dict[bytes, int]


def text(node: ET.Element, key: str, default: str = "") -> str:
    """Return a property, which some maps write as attribute, others as child."""
    return node.get(key) or node.findtext(key) or default


def count(value: str) -> int:
    """Return a repeat count; 0 is without limit."""
    return UNBOUNDED if value.startswith(">") else int(value or "1")


class Compiler:
    """One map: each different element, segment and loop once."""

    def __init__(self) -> None:
        """Read the data elements."""
        self.data = {e.get("ele_num"): e for e in source("dataele.xml")}
        self.tables: dict[str, list[Any]] = {"elements": [], "segments": [], "loops": []}
        self.known: dict[str, Table] = {name: {} for name in self.tables}

    def put(self, name: str, value: list[Any]) -> int:
        """Return the place of a value in its table."""
        key = orjson.dumps(value)
        known = self.known[name]
        if key not in known:
            known[key] = len(self.tables[name])
            self.tables[name].append(value)
        return known[key]

    def element(self, node: ET.Element) -> int:
        """[number, kind, shortest, longest, usage, codes, repeats, components, syntax]."""
        number, usage = text(node, "data_ele"), text(node, "usage")
        repeats = count(text(node, "repeat", "1"))
        if node.tag == "composite":
            parts = [self.element(part) for part in node.findall("element")]
            row = [number, "", 0, 0, usage, [], repeats, parts, self.syntax(node)]
            return self.put("elements", row)
        data = self.data[number]
        codes = sorted(code.text or "" for code in node.findall("valid_codes/code"))
        row = [number, data.get("data_type"), int(data.get("min_len", 0))]
        row += [int(data.get("max_len", 0)), usage, codes, repeats, [], []]
        return self.put("elements", row)

    def syntax(self, node: ET.Element) -> list[list[Any]]:
        """[letter, positions ...] of each relation between elements."""
        notes = [(one.text or "").strip() for one in node.findall("syntax")]
        return [[n[0], *(int(n[i : i + 2]) for i in range(1, len(n), 2))] for n in notes]

    def segment(self, node: ET.Element, base: int) -> int:
        """[id, usage, position, most, elements, syntax]."""
        parts = [self.element(one) for one in node if one.tag in ("element", "composite")]
        row = [node.get("xid"), text(node, "usage"), base + int(text(node, "pos"))]
        row += [count(text(node, "max_use")), parts, self.syntax(node)]
        return self.put("segments", row)

    def loop(self, node: ET.Element, base: int = 0) -> int:
        """[id, usage, position, most, opening segment, [segments], [loops]]."""
        segments: list[int] = []
        loops: list[int] = []
        self.inside(node, 0, segments, loops)
        name, position = node.get("xid", ""), int(text(node, "pos"))
        first = self.tables["segments"][segments[0]]
        if first[0] == "NM1":
            # Loops that share a position in X12 come in any order; the maps number them on.
            position = first[2]
        if name == "2000C":
            position = LAST - BEYOND_HEADER  # a subscriber's own claims come before dependents
        row = [name, text(node, "usage"), base + position, count(text(node, "repeat"))]
        return self.put("loops", [*row, segments[0], segments[1:], loops])

    def inside(self, node: ET.Element, base: int, segments: list[int], loops: list[int]) -> None:
        """Take what stands in a loop; wrappers, which no segment opens, are dissolved."""
        for child in node:
            if child.tag == "segment" and child.get("xid") != "SE":
                segments.append(self.segment(child, base))
            elif child.tag == "loop" and child.get("type") == "wrapper":
                further = BEYOND_HEADER if child.get("xid") == "DETAIL" else 100
                self.inside(child, further, segments, loops)
            elif child.tag == "loop":
                loops.append(self.loop(child, base))


def source(name: str) -> ET.Element:
    """Return a file of pyx12."""
    return ET.fromstring((files("pyx12") / "map" / name).read_text())  # noqa: S314 (it is pinned)


def compiled(name: str) -> bytes:
    """Return one map as JSON."""
    first, *older = (source(one) for one in MAPS[name])
    root = dental(first, *older) if older else first
    transaction = next(one for one in root.iter("loop") if one.get("xid") == "ST_LOOP")
    compiler = Compiler()
    top = compiler.loop(transaction)
    licence = "BSD-3-Clause, see LICENSE-pyx12.txt"
    head = {
        "source": f"pyx12 {version('pyx12')}, {', '.join(MAPS[name])}",
        "licence": licence,
        "top": top,
    }
    return orjson.dumps(head | compiler.tables) + b"\n"


def main() -> None:
    """Write the maps, or say with `--check` which is stale."""
    stale = []
    for name in MAPS:
        path, new = TARGET / f"{name}.json", compiled(name)
        if "--check" in sys.argv:
            stale += [name] if path.read_bytes() != new else []
        else:
            path.write_bytes(new)
    if stale:
        sys.exit(f"not as pyx12 has them: {', '.join(stale)}")


if __name__ == "__main__":
    main()
