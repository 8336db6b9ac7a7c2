"""
The structure of a guide: its loops, segments and elements, built from `maps/` for quick questions.

The maps are pyx12's (BSD-3-Clause, `maps/LICENSE-pyx12.txt`), compiled by
`tools/write_x12_maps.py`. That of the 837D is made of two of them and is wider than its guide: what
it reports is a fault, but not each fault is seen (decision 0015).
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

MAPS: Final = Path(__file__).parent / "maps"
GUIDED: Final = ("professional", "institutional", "dental")
QUALIFIED: Final = frozenset(("AMT", "DTP", "HL", "NM1", "REF"))
"""Segments that stand in nearly every loop: their qualifier tells where they belong."""

Syntax = tuple[str, tuple[int, ...]]
"""A relation between elements: P, R, E, C or L, and their positions."""


@dataclass(eq=False, slots=True)
class Element:
    """An element or component; a composite has `parts`. `most` 0 is without limit."""

    number: str
    kind: str
    shortest: int
    longest: int
    required: bool
    used: bool
    codes: frozenset[str]
    most: int
    parts: tuple["Element", ...]
    syntax: tuple[Syntax, ...]


@dataclass(eq=False, slots=True)
class Place:
    """
    Where a segment may stand in a loop: of itself, or as the one that opens an inner loop.

    `qualifier` is the position of the element that tells it from others of its id (0: none), and
    its `codes`; in a composite it is the first component.
    """

    id: str
    required: bool
    position: int
    most: int
    elements: tuple[Element, ...]
    syntax: tuple[Syntax, ...]
    loop: "Loop | None" = None
    qualifier: int = 0
    in_composite: bool = False
    codes: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class Loop:
    """A loop, with its places by segment id, and those that must be filled in their order."""

    id: str
    places: dict[str, list[Place]] = field(default_factory=dict)
    required: list[Place] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Guide:
    """A guide: the transaction as a loop, and the ids of all segments of an 837."""

    top: Loop
    ids: frozenset[str]


@cache
def guide_of(claim_type: str) -> Guide:
    """Return the guide of a claim type."""
    return _Builder(orjson.loads((MAPS / f"{claim_type}.json").read_bytes())).guide()


class _Builder:
    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables
        self._elements: list[Element] = []
        for number, kind, shortest, longest, usage, codes, most, parts, syntax in tables[
            "elements"
        ]:
            inner = tuple(self._elements[part] for part in parts)
            self._elements.append(
                Element(
                    number, kind, shortest, longest, usage == "R", usage != "N",
                    frozenset(codes), most, inner, _syntax(syntax),
                )
            )  # fmt: skip

    def guide(self) -> Guide:
        top, _ = self._loop(self._tables["top"])
        return Guide(top, _ids())

    def _loop(self, number: int) -> tuple[Loop, Place]:
        name, usage, position, most, opening, segments, loops = self._tables["loops"][number]
        loop = Loop(name)
        places = [self._place(segment) for segment in segments]
        places += [self._loop(inner)[1] for inner in loops]
        places.sort(key=lambda place: place.position)
        for place in places:
            loop.places.setdefault(place.id, []).append(place)
        for same in loop.places.values():
            if len(same) == 1 and same[0].id not in QUALIFIED:
                same[0].qualifier = 0  # there is nothing to tell it from
        loop.required = [place for place in places if place.required]
        place = self._place(opening)
        place.required, place.position, place.most = usage == "R", position, most
        place.loop = loop
        return loop, place

    def _place(self, number: int) -> Place:
        name, usage, position, most, elements, syntax = self._tables["segments"][number]
        parts = tuple(self._elements[element] for element in elements)
        place = Place(name, usage == "R", position, most, parts, _syntax(syntax))
        for at, element in enumerate(parts, start=1):
            first = element.parts[0] if element.parts else element
            if element.required and first.required and first.codes:
                place.qualifier, place.codes = at, first.codes
                place.in_composite = bool(element.parts)
                break
        return place


@cache
def _ids() -> frozenset[str]:
    maps = [orjson.loads((MAPS / f"{claim_type}.json").read_bytes()) for claim_type in GUIDED]
    return frozenset(row[0] for one in maps for row in one["segments"])


def _syntax(notes: list[list[Any]]) -> tuple[Syntax, ...]:
    return tuple((letter, tuple(positions)) for letter, *positions in notes)
