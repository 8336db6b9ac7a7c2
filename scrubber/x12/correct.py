"""
A corrected claim, written into the segments of the one that was read.

Only elements whose value differs are written; every other byte stays, modelled or not. What was
written is read again, and a correction that does not come back as it was wanted is refused, with
its place: whatever this module cannot write (people and organizations, other payers, new lines) is
told, never lost. Elements: 005010X222A1, X223A2, X224A2.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple

from scrubber.x12.claim_loops import DIAGNOSIS_ROLES, OF_DESTINATION, REFERENCES, ClaimLoops
from scrubber.x12.envelope import Transaction

Json = dict[str, Any]
Written = tuple[bytes, bytes]
"""A segment, and its terminator with the line breaks behind it."""

NOT_X12: Final = ("coding", "x12")
"""Members of a claim that no element states: who coded it, and what was kept verbatim."""
WHOLE: Final = ("number", "bundled_into", "diagnosis_pointers")
# The segments of the two loops that are written, in the order of the guides.
ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "2300": (
        "CLM", "DTP", "CL1", "DN1", "DN2", "PWK", "CN1", "AMT", "REF", "K3", "NTE", "CR1", "CR2",
        "CRC", "HI", "HCP",
    ),
    "2400": (
        "LX", "SV1", "SV2", "SV3", "TOO", "SV5", "PWK", "CR1", "CR3", "CRC", "DTP", "QTY", "MEA",
        "CN1", "REF", "AMT", "K3", "NTE", "PS1", "HCP",
    ),
}  # fmt: skip


class CorrectionError(ValueError):
    """A correction that the 837 cannot carry; `pointers` (RFC 6901) say of what in the claim."""

    def __init__(self, pointers: list[str]) -> None:
        """Keep the part; no value is quoted."""
        super().__init__(f"cannot be written into its 837: {', '.join(pointers)}")
        self.pointers = pointers


def corrected(
    transaction: Transaction, above: list[bytes], segments: list[Written], wanted: Json
) -> list[Written]:
    """
    Return the segments of a claim as a corrected claim wants them.

    `above` are the segments above the claim: header, billing provider, subscriber, patient. A
    claim that comes back as it was read gives the segments as they are. Raises `CorrectionError`.
    """
    loops = ClaimLoops(transaction)
    for raw in above:
        loops.read(raw)
    read = [_Segment(raw, tail, transaction.delimiters.element) for raw, tail in segments]
    for one in read:
        loops.read(one.raw)
        one.loop, one.line = loops.place
    was, will = stated(loops.finish() or {}), stated(wanted)
    if was == will:
        return segments
    written = [one.written() for one in _Correction(transaction, read, was, will).apply()]
    terminator = transaction.delimiters.terminator.encode()
    for raw, _ in written:
        if terminator in raw or raw.endswith((b"\r", b"\n")):
            raise CorrectionError(list(differences(was, will)))
        loops.read(raw)
    back = stated(loops.finish() or {})
    if back != will:
        raise CorrectionError(list(differences(back, will)))
    return written


def stated(claim: Json) -> Json:
    """Return what an 837 states of a claim, in one form: texts, codes bare, nothing empty."""
    plain: Json = _plain({name: part for name, part in claim.items() if name not in NOT_X12})
    for diagnosis in plain.get("diagnoses", ()):
        if diagnosis.get("code_system") == "ICD-10-CM":
            del diagnosis["code_system"]
        if "code" in diagnosis:
            diagnosis["code"] = diagnosis["code"].replace(".", "").upper()
    for line in plain.get("lines", ()):
        if pointers := line.get("diagnosis_pointers"):
            line["diagnosis_pointers"] = [_position(pointer) for pointer in pointers]
    return plain


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """Yield JSON Pointers to what differs between two values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from differences(one.get(name), other.get(name), f"{at}/{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{at}/{number}")
    elif one != other:
        yield at


def _plain(value: Any, field: str = "") -> Any:
    if isinstance(value, dict):
        parts = ((name, _plain(part, name)) for name, part in value.items())
        return {name: part for name, part in parts if not _absent(part)}
    if isinstance(value, list):
        return [part for part in (_plain(one, field) for one in value) if not _absent(part)]
    if isinstance(value, int | float) and not isinstance(value, bool) and field not in WHOLE:
        return str(value)
    return value


def _absent(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def _position(pointer: int | str) -> int | str:
    is_letter = isinstance(pointer, str) and len(pointer) == 1 and pointer.isalpha()
    return ord(str(pointer).upper()) - ord("A") + 1 if is_letter else pointer


class _Segment:
    """A segment of the claim by its elements, and where it stands."""

    def __init__(self, raw: bytes, tail: bytes, separator: str) -> None:
        self.raw = raw
        self.tail = tail
        self.loop = ""
        self.line = 0
        self._separator = separator
        try:
            text, self._encoding = raw.decode(), "utf-8"
        except UnicodeDecodeError:
            text, self._encoding = raw.decode("latin-1"), "latin-1"
        self.elements = text.split(separator)

    def at(self, position: int) -> str:
        return self.elements[position] if position < len(self.elements) else ""

    def put(self, position: int, value: str) -> None:
        self.elements += [""] * (position + 1 - len(self.elements))
        self.elements[position] = value
        while not self.elements[-1]:
            self.elements.pop()

    def written(self) -> Written:
        return self._separator.join(self.elements).encode(self._encoding, "replace"), self.tail


# What a value looks like as an element.


def _day(day: str) -> str:
    return day.replace("-", "")


def _dated(values: list[str], before: list[str]) -> list[str]:
    """Return the form and the date; a time of day (DT) stays behind another date."""
    if before[:1] == ["DT"]:
        return ["DT", _day(values[0]) + before[1][8:]]
    return ["D8", _day(values[0])]


def _span(values: list[str], before: list[str]) -> list[str]:
    first, last = _day(values[0]), _day(values[-1])
    if first == last and before[:1] != ["RD8"]:
        return ["D8", first]
    return ["RD8", f"{first}-{last}"]


def _as_it_is(values: list[str], _: list[str]) -> list[str]:
    return values


class _Single(NamedTuple):
    """A segment that its qualifier tells, with the fields it states and their form."""

    id: str
    qualifier: str
    fields: tuple[str, ...]
    form: Callable[[list[str], list[str]], list[str]]
    within: str = ""


SINGLES: Final[dict[str, tuple[_Single, ...]]] = {
    "2300": (
        _Single("DTP", "434", ("statement_from", "statement_to"), _span),
        _Single("DTP", "431", ("onset_date",), _dated),
        _Single("DTP", "439", ("accident_date",), _dated),
        _Single("DTP", "435", ("date",), _dated, within="admission"),
        _Single("AMT", "F5", ("patient_amount_paid",), _as_it_is),
        *(
            _Single("REF", kind, (field,), _as_it_is, "payer" if field in OF_DESTINATION else "")
            for (scope, kind), field in REFERENCES.items()
            if scope == "claim"
        ),
    ),
    "2400": (
        _Single("DTP", "472", ("service_from", "service_to"), _span),
        *(
            _Single("REF", kind, (field,), _as_it_is)
            for (scope, kind), field in REFERENCES.items()
            if scope == "line"
        ),
    ),
}

CLAIM: Final = {
    1: "patient_control_number", 2: "total_charge", 7: "accept_assignment",
    8: "benefits_assigned", 9: "release_of_information", 20: "delay_reason_code",
}  # fmt: skip
ADMISSION: Final = {1: "type", 2: "source", 3: "discharge_status"}
DRUG: Final = {"LIN": {3: "code"}, "CTP": {4: "quantity", 5: "unit"}}


class _Service(NamedTuple):
    """Where a service segment has the procedure, plain fields, pointers and areas of the mouth."""

    procedure: int
    fields: dict[int, str]
    pointers: int = 0
    areas: int = 0


SERVICES: Final = {
    "SV1": _Service(1, {2: "charge", 3: "unit_type", 4: "units", 5: "place_of_service"}, 7),
    "SV2": _Service(2, {1: "revenue_code", 3: "charge", 4: "unit_type", 5: "units"}),
    "SV3": _Service(1, {2: "charge", 3: "place_of_service", 6: "units"}, 11, 4),
}
PROCEDURE: Final = {0: "qualifier", 1: "procedure", 6: "description"}

QUALIFIERS: Final = {role: kind for kind, role in DIAGNOSIS_ROLES.items() if kind[0] == "A"}
MOST: Final = {"BJ": 1, "BK": 1, "PR": 3}  # in a segment; twelve of any other kind
CODES: Final = {
    "procedures": ("BBR", "BBQ"),
    "condition_codes": ("BG",),
    "occurrence_codes": ("BH",),
    "occurrence_spans": ("BI",),
    "value_codes": ("BE",),
}


@dataclass(slots=True)
class _Correction:
    """One claim: its segments, and as what it was read and is wanted."""

    transaction: Transaction
    segments: list[_Segment]
    was: Json
    will: Json

    def apply(self) -> list[_Segment]:
        """Return the segments, changed where the claims differ."""
        self._drop_lines()
        self._claim()
        self._singles("2300", 0, self.was, self.will)
        for number, (was, will) in enumerate(self._pairs(), start=1):
            if was != will:
                self._line(number, was, will)
        for field in ("diagnoses", *CODES):
            if self.was.get(field) != self.will.get(field):
                self._codes(field)
        return self.segments

    # The lines that stay are those of the numbers wanted.

    def _drop_lines(self) -> None:
        was, will = self.was.get("lines", []), self.will.get("lines", [])
        if len(will) >= len(was):
            return
        wanted = [line.get("number") for line in will]
        stay = [at for at, line in enumerate(was, start=1) if line.get("number") in wanted]
        places = {at: number for number, at in enumerate(stay, start=1)}
        self.segments = [one for one in self.segments if not one.line or one.line in places]
        for one in self.segments:
            one.line = places.get(one.line, 0)
        self.was = self.was | {"lines": [was[at - 1] for at in stay]}

    def _pairs(self) -> Iterator[tuple[Json, Json]]:
        # A line too many or too few is said when the claim is read again.
        return zip(self.was.get("lines", []), self.will.get("lines", []), strict=False)

    # Fields of a segment each.

    def _claim(self) -> None:
        was, will, component = self.was, self.will, self.transaction.delimiters.component
        clm = self.segments[0]
        _fields(clm, CLAIM, was, will)
        place = _Composite(clm, 5, component)
        if _changed("type_of_bill", was, will):
            bill = will.get("type_of_bill", "")
            place.put(0, bill[:-1])
            place.put(2, bill[-1:])
        if _changed("place_of_service", was, will):
            place.put(0, will.get("place_of_service", ""))
        if _changed("claim_frequency_code", was, will):
            place.put(2, will.get("claim_frequency_code", ""))
        causes = _Composite(clm, 11, component)
        if _changed("related_causes", was, will):
            causes.put_all(0, 3, will.get("related_causes", []))
        for position, field in ((3, "accident_state"), (4, "accident_country")):
            if _changed(field, was, will):
                causes.put(position, will.get(field, ""))
        if _changed("predetermination", was, will):
            clm.put(19, "PB" if will.get("predetermination") else "")
        stay = (was.get("admission", {}), will.get("admission", {}))
        for cl1 in self._in("2300", "CL1"):
            _fields(cl1, ADMISSION, *stay)

    def _singles(self, loop: str, line: int, was: Json, will: Json) -> None:
        for single in SINGLES[loop]:
            before, after = (_within(single.within, claim) for claim in (was, will))
            values = [after[field] for field in single.fields if field in after]
            if values == [before[field] for field in single.fields if field in before]:
                continue
            stands = next(
                (one for one in self._in(loop, single.id, line) if one.at(1) == single.qualifier),
                None,
            )
            if not values:
                if stands:
                    self.segments.remove(stands)
                continue
            if stands is None:
                stands = self._insert(loop, line, single.id)
            stands.elements[1:] = [single.qualifier, *single.form(values, stands.elements[2:])]

    def _line(self, number: int, was: Json, will: Json) -> None:
        component = self.transaction.delimiters.component
        for lx in self._in("2400", "LX", number):
            _fields(lx, {1: "number"}, was, will)
        for kind, service in SERVICES.items():
            for one in self._in("2400", kind, number):
                _fields(one, service.fields, was, will)
                procedure = _Composite(one, service.procedure, component)
                for position, field in PROCEDURE.items():
                    if _changed(field, was, will):
                        procedure.put(position, will.get(field, ""))
                if _changed("modifiers", was, will):
                    procedure.put_all(2, 4, will.get("modifiers", []))
                for position, field in (
                    (service.pointers, "diagnosis_pointers"),
                    (service.areas, "oral_cavity"),
                ):
                    if position and _changed(field, was, will):
                        one.put(position, component.join(map(str, will.get(field, []))))
        for kind, fields in DRUG.items():
            for one in self._in("2410", kind, number):
                _fields(one, fields, was.get("ndc", {}), will.get("ndc", {}))
        self._singles("2400", number, was, will)

    def _in(self, loop: str, kind: str, line: int = 0) -> list[_Segment]:
        return [
            one
            for one in self.segments
            if one.loop == loop and one.line == line and one.elements[0] == kind
        ]

    def _insert(self, loop: str, line: int, kind: str) -> _Segment:
        """Return a new segment of a loop, behind those that come before it in the guide."""
        order = ORDERS[loop]
        before = order[: order.index(kind) + 1]
        at = max(
            at
            for at, one in enumerate(self.segments)
            if one.loop == loop and one.line == line and one.elements[0] in before
        )
        return self._segment(at + 1, kind, loop, line)

    def _segment(self, at: int, kind: str, loop: str, line: int = 0) -> _Segment:
        new = _Segment(kind.encode(), self.segments[0].tail, self.transaction.delimiters.element)
        new.loop, new.line = loop, line
        self.segments.insert(at, new)
        return new

    # The codes of HI segments, many to a segment.

    def _codes(self, field: str) -> None:
        component = self.transaction.delimiters.component
        was, will = self.was.get(field, []), self.will.get(field, [])
        own = DIAGNOSIS_ROLES if field == "diagnoses" else CODES[field]
        places = [
            (one, at)
            for one in self._in("2300", "HI")
            for at in range(1, len(one.elements))
            if one.at(at).split(component)[0] in own
        ]
        texts = [one.at(at) for one, at in places]
        composites = [
            self._composite(field, at, item, _kept(field, at, item, was, texts))
            for at, item in enumerate(will)
        ]
        if _kinds(texts, component) == _kinds(composites, component):
            for (one, at), text in zip(places, composites, strict=True):
                one.put(at, text)
            return
        holding = [one for one in self._in("2300", "HI") if any(one is own for own, _ in places)]
        if sum(len(one.elements) - 1 for one in holding) != len(places):
            raise CorrectionError([f"/{field}"])  # they share a segment with codes of other kinds
        at = self.segments.index(holding[0]) if holding else 0
        self.segments = [one for one in self.segments if one not in holding]
        for kind, group in groupby(composites, self._together):
            run = list(group)
            most = MOST.get(kind, 12)
            for start in range(0, len(run), most):
                new = self._segment(at, "HI", "2300") if at else self._insert("2300", 0, "HI")
                at = self.segments.index(new) + 1
                new.elements += run[start : start + most]

    def _together(self, composite: str) -> str:
        """Return what codes must have in common to stand in one segment."""
        kind = composite.partition(self.transaction.delimiters.component)[0].removeprefix("A")
        if kind == "BK" and self.transaction.claim_type != "institutional":
            return "BF"
        return kind

    def _composite(self, field: str, at: int, item: Any, kept: str) -> str:
        component = self.transaction.delimiters.component
        c = kept.split(component)
        c += [""] * (9 - len(c))
        match field:
            case "diagnoses":
                kind = QUALIFIERS.get(item.get("role", ""))
                if kind is None:
                    raise CorrectionError([f"/diagnoses/{at}/role"])
                c[0] = kind[1:] if item.get("code_system") else kind
                c[1], c[8] = item.get("code", ""), item.get("present_on_admission", "")
            case "condition_codes":
                c[0], c[1] = "BG", item
            case "occurrence_spans":
                days = _span([item.get("from", ""), item.get("to", "")], ["RD8"])
                c[0], c[1], c[2:4] = "BI", item.get("code", ""), days
            case "value_codes":
                c[0], c[1], c[4] = "BE", item.get("code", ""), item.get("amount", "")
            case _:
                kinds = CODES[field]
                c[0] = c[0] or kinds[min(at, len(kinds) - 1)]
                c[1] = item.get("code", "")
                c[2:4] = ["D8", _day(item["date"])] if "date" in item else ["", ""]
        while c and not c[-1]:
            c.pop()
        return component.join(c)


class _Composite:
    """The components of an element, each to be put."""

    def __init__(self, segment: _Segment, position: int, separator: str) -> None:
        self._segment = segment
        self._position = position
        self._separator = separator

    def put(self, at: int, value: str) -> None:
        self.put_all(at, 1, [value])

    def put_all(self, at: int, places: int, values: list[str]) -> None:
        c = self._segment.at(self._position).split(self._separator)
        c += [""] * (at + places - len(c))
        c[at : at + places] = [*values, *[""] * (places - len(values))]
        while c and not c[-1]:
            c.pop()
        self._segment.put(self._position, self._separator.join(c))


def _fields(segment: _Segment, fields: dict[int, str], was: Json, will: Json) -> None:
    for position, field in fields.items():
        if _changed(field, was, will):
            segment.put(position, str(will.get(field, "")))


def _changed(field: str, was: Json, will: Json) -> bool:
    return bool(was.get(field) != will.get(field))


def _within(part: str, claim: Json) -> Json:
    if part == "payer":
        payers = claim.get("payers", [])
        return next((one for one in payers if one.get("destination")), {})
    found: Json = claim.get(part, {}) if part else claim
    return found


def _kept(field: str, at: int, item: Any, was: list[Any], texts: list[str]) -> str:
    """Return the composite that a code comes from: its own, else the one in its place."""
    if item in was:
        return texts[was.index(item)]
    same = at < len(was) and (field != "diagnoses" or was[at].get("role") == item.get("role"))
    return texts[at] if same else ""


def _kinds(composites: list[str], component: str) -> list[str]:
    return [one.partition(component)[0] for one in composites]
