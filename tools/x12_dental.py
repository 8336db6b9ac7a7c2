"""
The 837D (005010X224A2) as far as free maps show it; decision 0015 says why and how far that is.

pyx12 has the professional guide of 005010 and the dental one of 004010 only. What both claims share
is taken from the former, what only a dentist sends from the latter; the tables here let through
what is new. Where sources differ the wider one counts: what is reported is surely wrong.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from xml.etree import ElementTree as ET

# Of the professional guide, what no dental claim has: segments, and loops by their name there.
ABSENT_SEGMENTS = frozenset(("CR1", "CR2", "CR3", "CRC", "MEA", "PS1", "SV1", "SV5"))
ABSENT_LOOPS = frozenset(
    ("2310E", "2310F", "2410", "2420B", "2420E", "2420F", "2420G", "2420H", "2440")
)
# The loops that stay, by the name that the dental guide has for those of another letter.
RENAMED = {"2310D": "2310E", "2330E": "2330G", "2330F": "2330E", "2330G": "2330F"}
RENAMED |= {"2420D": "2420C", "2420C": "2420D"}

# Of the older dental guide: loop and segment. Its positions are those of 005010 without the last 0.
OLDER = (("2300", "DN1"), ("2300", "DN2"), ("2400", "SV3"), ("2400", "TOO"), ("2400", "QTY"))
# A segment that is like another of the same id: loop, id, the other one's loop and code, its own
# codes, position and most.
LIKE = (
    ("2300", "DTP", "2400", "472", ("452",), "1350", "5"),
    ("2300", "DTP", "2400", "472", ("472",), "1350", "1"),
    ("2300", "REF", "2300", "F8", ("G3",), "1800", "5"),
    ("2310A", "PRV", "2310B", "PE", ("RF",), "2550", "1"),
    ("2330B", "REF", "2330B", "G1", ("G3",), "3550", "1"),
    ("2400", "DTP", "2400", "472", ("139", "441"), "4550", "1"),
    ("2400", "DTP", "2400", "472", ("446",), "4550", "1"),
    ("2400", "DTP", "2400", "472", ("452",), "4550", "1"),
    ("2400", "DTP", "2400", "472", ("196",), "4550", "1"),
    ("2400", "DTP", "2400", "472", ("198",), "4550", "1"),
    ("2400", "REF", "2400", "G1", ("G3",), "4700", "5"),
    ("2400", "REF", "2400", "9B", ("9A",), "4700", "1"),
    ("2400", "REF", "2400", "9D", ("9C",), "4700", "1"),
)
# The assistant surgeon's loops, like those of the rendering provider.
LIKE_LOOP = (("2300", "2310B", "2310D"), ("2320", "2330D", "2330H"), ("2400", "2420A", "2420B"))
SURGEON = {"82": "DD", "PE": "AS"}
# Elements by segment, a code of it and position (of a composite, its first component) that take
# further codes.
WIDER = (
    ("2300", "CLM", "", 12, ("01",)),
    ("2300", "CLM", "", 19, ("PB",)),
    ("2300", "PWK", "", 1, ("P6",)),
    *(("2300", "HI", "ABK", at, ("TQ",)) for at in range(1, 13)),
    ("2400", "HCP", "", 9, ("AD",)),
    ("2430", "SVD", "", 3, ("AD", "ZZ")),
)
# Segments that may be there where a professional claim must have them, by a code of theirs.
OPTIONAL_SEGMENTS = (("2300", "HI", "ABK"), ("2400", "DTP", "472"))
# Elements that may be there where one of the maps wants them, or does not.
OPTIONAL = (
    ("2300", "CLM", 19),
    ("2300", "DN1", 3),
    ("2300", "DN1", 4),
    ("2400", "SV3", 6),
    ("2400", "SV3", 11),
)
# Segments, by a code of theirs, that may stand there more often.
MOST = (
    ("2300", "NTE", "", "20"),
    ("2400", "NTE", "", "10"),
    ("2330B", "REF", "2U", "3"),
    ("2330F", "REF", "G2", "3"),
)


def dental(root: ET.Element, older: ET.Element) -> ET.Element:
    """Turn the professional map into the dental one, with what is taken from the older."""
    service = deepcopy(_segment(root, "2400", "SV1"))
    _remove(root)
    for loop in root.iter("loop"):
        loop.set("xid", RENAMED.get(loop.get("xid", ""), loop.get("xid", "")))
    _take(root, older)
    _complete(root, service)
    _widen(root)
    return root


def _remove(root: ET.Element) -> None:
    for loop in [*root.iter("loop")]:
        for child in [*loop]:
            name = child.get("xid", "")
            of_subscriber = name == "PAT" and loop.get("xid") == "2000B"
            if name in ABSENT_SEGMENTS | ABSENT_LOOPS or of_subscriber:
                loop.remove(child)


def _take(root: ET.Element, older: ET.Element) -> None:
    """Take what is like another segment or loop, and what the older map has."""
    for name, kind, model, code, codes, position, most in LIKE:
        segment = deepcopy(_segment(root, model, kind, code))
        _put_codes(_elements(segment)[0], codes)
        _add(root, name, segment, usage="S", pos=position, max_use=most)
    for name, kind in OLDER:
        segment = deepcopy(_segment(older, name, kind))
        _add(root, name, segment, pos=f"{segment.findtext('pos')}0")
    for outer, model, name in LIKE_LOOP:
        loop = deepcopy(next(_loops(root, model)))
        for one in loop.iter("code"):
            one.text = SURGEON.get(one.text or "", one.text)
        _add(root, outer, loop, xid=name)


def _complete(root: ET.Element, service: ET.Element) -> None:
    """Give the older segments what 005010 added to them, as `service`, an SV1, has it."""
    procedure, *_, pointers = service.findall("composite")
    _put_codes(_elements(procedure)[0], ("AD",))
    for segment in _segments(root, "2400", "SV3"):
        parts = _elements(segment)
        for at, part in ((0, procedure), (10, pointers)):
            segment[[*segment].index(parts[at])] = deepcopy(part)
        for one in _elements(parts[3]):
            _put_codes(one, ())  # another publisher's list
    tooth_system = _elements(_segment(root, "2400", "TOO"))[0]
    for segment in _segments(root, "2300", "DN2"):
        segment.append(deepcopy(tooth_system))
        _elements(segment)[-1].set("usage", "S")


def _widen(root: ET.Element) -> None:
    for name, kind, code, at, further in WIDER:
        for segment in _segments(root, name, kind, code):
            part = _elements(segment)[at - 1]
            first = part if part.tag == "element" else _elements(part)[0]
            _put_codes(first, (*_codes(first), *further))
    for name, kind, code in OPTIONAL_SEGMENTS:
        for segment in _segments(root, name, kind, code):
            segment.set("usage", "S")
    for name, kind, at in OPTIONAL:
        for segment in _segments(root, name, kind):
            _elements(segment)[at - 1].set("usage", "S")
    for name, kind, code, most in MOST:
        for segment in _segments(root, name, kind, code):
            segment.set("max_use", most)


def _loops(root: ET.Element, name: str) -> Iterator[ET.Element]:
    return (loop for loop in root.iter("loop") if loop.get("xid") == name)


def _segments(root: ET.Element, loop: str, kind: str, code: str = "") -> Iterator[ET.Element]:
    """Yield the segments of an id in the loops of a name; with a code, those that have it."""
    for one in _loops(root, loop):
        for segment in one.findall(f"segment[@xid='{kind}']"):
            if not code or code in [found.text for found in segment.iter("code")]:
                yield segment


def _segment(root: ET.Element, loop: str, kind: str, code: str = "") -> ET.Element:
    return next(_segments(root, loop, kind, code))


def _add(root: ET.Element, loop: str, child: ET.Element, **properties: str) -> None:
    """Put a segment or loop into the loops of a name; attributes go before children."""
    for one in _loops(root, loop):
        new = deepcopy(child)
        new.attrib.update(properties)
        one.append(new)


def _elements(segment: ET.Element) -> list[ET.Element]:
    """Return the elements of a segment, or the components of a composite."""
    return [one for one in segment if one.tag in ("element", "composite")]


def _codes(element: ET.Element) -> list[str]:
    return [one.text or "" for one in element.findall("valid_codes/code")]


def _put_codes(element: ET.Element, codes: Iterable[str]) -> None:
    for one in element.findall("valid_codes"):
        element.remove(one)
    listed = ET.SubElement(element, "valid_codes")
    for code in codes:
        ET.SubElement(listed, "code").text = code
