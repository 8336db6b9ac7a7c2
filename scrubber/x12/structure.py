"""
Whether a transaction has the structure of its guide (SNIP types 1 and 2), segment by segment.

Codes are those of the 999 (005010X231A1): `SegmentError.code` is IK304, `ElementError.code` IK403.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from scrubber.x12.envelope import Transaction
from scrubber.x12.guide import Element, Guide, Place, Syntax, guide_of
from scrubber.x12.patterns import FORMATTED
from scrubber.x12.segments import Parted
from scrubber.x12.steps import NOWHERE, Stand, State, Step, steps_of

UNKNOWN, UNEXPECTED, MISSING, LOOP_TOO_OFTEN, TOO_OFTEN = "1", "2", "3", "4", "5"
OUT_OF_ORDER, HAS_ELEMENT_ERRORS = "7", "8"
(
    ELEMENT_MISSING, CONDITION_MISSING, TOO_MANY_ELEMENTS, TOO_SHORT, TOO_LONG, BAD_CHARACTER,
    BAD_CODE, BAD_DATE, BAD_TIME, EXCLUDED, TOO_MANY_REPEATS, TOO_MANY_COMPONENTS, NOT_USED,
) = "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "13", "I10"  # fmt: skip

DECIMAL: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
WHOLE: Final = re.compile(r"-?\d+", re.ASCII)
OF_CLAIMS: Final = frozenset(("CLM", "HL"))  # one begins a claim, the other ends it
CLAIM_LOOPS: Final = "2300"  # it, and those whose names come behind it
MOST: Final = 1000  # errors of a transaction: who sent more knows enough
SHOWN: Final = 3  # a longer value where a code belongs may be a name that slipped there


@dataclass(frozen=True, slots=True)
class ElementError:
    """An element at fault: its position, its component and repetition (0: as a whole)."""

    element: int
    component: int
    repetition: int
    number: str
    code: str
    value: str = ""
    """Only where a code belongs, and only what has the shape of one: never a patient's data."""
    trigger: int = 0
    """The element or component whose presence makes this one required or excludes it (0: none)."""


@dataclass(slots=True)
class SegmentError:
    """
    A segment at fault, or the place where one is missing.

    `position` counts from ST as 1; `loop` is "" for the transaction itself. `claim` is the CLM01 of
    the claim that the place belongs to, "" outside of one.
    """

    segment: str
    position: int
    loop: str
    code: str
    elements: list[ElementError] = field(default_factory=list)
    claim: str = ""


class Structure:
    """
    Reads the segments of one transaction; `errors` has what was wrong, in their order.

    There are no more than `MOST`, so that a transaction of any length can be told about. `claims`
    is how many CLM it had.
    """

    def __init__(self, transaction: Transaction, guide: Guide) -> None:
        """Begin behind ST."""
        delimiters = transaction.delimiters
        self.errors: list[SegmentError] = []
        self.claims = 0
        self._component = delimiters.component
        self._repetition = delimiters.repetition
        self._ids = guide.ids
        self._steps = steps = steps_of(guide, delimiters)
        self._keys = steps.keys
        self._stand = steps.stand([steps.start(guide.top)])
        self._stack = [*self._stand.states]  # its states while more than a move is to be made
        self._missed: dict[tuple[int, Place], SegmentError] = {}  # by depth: it may come late
        self._number = 1
        self._lost = False  # the loop of what follows could not be told
        self._text = ""
        self._claim = ""  # the CLM01 of the claim that is being read

    def read(self, run: list[Parted]) -> None:
        """Judge the next segments."""
        keys, stand, before = self._keys, self._stand, self._number
        for number, (_, text, elements) in enumerate(run, start=before + 1):
            kind = elements[0]
            key_of = keys.get(kind)
            key = key_of(elements) if key_of else kind
            move = stand.moves.get(key)
            if move is None:
                self._number, self._text = number, text
                stand = self._find(stand, key, elements)
                continue
            stand = move.to  # for most segments there is nothing more to be done
            if move.turns:
                if self._missed:
                    self._forget(move.depth)
                if kind in OF_CLAIMS:
                    self.claims += kind == "CLM"
                    self._begin(kind, elements)
            if len(elements) > move.reach or not move.matches(text):
                self._number, self._stack = number, [*stand.states]
                self._look_at(move.place, elements)
        self._number, self._stand = before + len(run), stand

    def finish(self) -> list[SegmentError]:
        """Return all errors, those of what is missing at the end included."""
        self._number += 1
        self._stack = [*self._stand.states]
        self._leave(-1)
        return self.errors

    def _find(self, stand: Stand, key: str, elements: list[str]) -> Stand:
        """Find the place of a segment, say what is wrong with it, and return the stand behind."""
        self._stack = stack = [*stand.states]
        kind = elements[0]
        if kind == "CLM":
            self.claims += 1
        spent = None
        for depth in range(len(stack) - 1, -1, -1):
            step = stack[depth].steps.get(key)
            if step is None:
                step = self._steps.step(stack[depth], key, elements)
            if step is NOWHERE:
                continue
            if not step.spent:
                late = step.missed or any(state.at_end for state in stack[depth + 1 :])
                self._take(depth, step, elements)
                to = self._steps.stand(stack)
                if not late:
                    self._steps.move(stand, key, depth, step, to)
                return to
            spent = spent or (depth, step)
        if spent:
            depth, step = spent
            self._take(depth, step, elements, LOOP_TOO_OFTEN if step.inner else TOO_OFTEN)
        else:
            self._out_of_place(kind, elements)
        # Where the loop could not be told, no move may be made: the next segment is to be found.
        return Stand(tuple(stack)) if self._lost else self._steps.stand(stack)

    def _take(self, depth: int, step: Step, elements: list[str], code: str = "") -> None:
        """Take a segment as that of a place."""
        stack = self._stack
        if depth < len(stack) - 1:
            self._leave(depth)
        if step.missed:
            self._miss(depth, stack[depth], step.missed)
        stack[depth] = step.to
        self._lost = False
        if step.inner:
            stack.append(step.inner)
            self._begin(step.place.id, elements)
        if code:
            self._say(elements[0], code, stack[-1].loop.id)
        if len(elements) > step.reach or not step.matches(self._text):
            self._look_at(step.place, elements)

    def _leave(self, depth: int) -> None:
        """Close the loops inside of that at a depth."""
        stack = self._stack
        while len(stack) - 1 > depth:
            state = stack.pop()
            if state.at_end:
                self._miss(len(stack), state, state.at_end)
        if self._missed:
            self._forget(depth)

    def _forget(self, depth: int) -> None:
        """Of loops that are closed nothing comes late any more."""
        self._missed = {at: one for at, one in self._missed.items() if at[0] <= depth}

    def _begin(self, kind: str, elements: list[str]) -> None:
        """Note what claim begins, or that none goes on."""
        if kind == "CLM":
            self._claim = elements[1] if len(elements) > 1 else ""
        elif kind == "HL":
            self._claim = ""

    def _miss(self, depth: int, state: State, places: tuple[Place, ...]) -> None:
        """Say what is missing of a loop, before its next place or at its end."""
        for place in places:
            loop = place.loop or state.loop
            self._missed[depth, place] = self._say(place.id, MISSING, loop.id)

    def _out_of_place(self, kind: str, elements: list[str]) -> None:
        """Say what is wrong with a segment that has no place from here on."""
        stack = self._stack
        near: list[tuple[int, Place]] = []
        passed: list[tuple[int, Place]] = []
        for depth in range(len(stack) - 1, -1, -1):
            state = stack[depth]
            for place in state.loop.places.get(kind, ()):
                if place.position >= state.position:
                    near.append((depth, place))
                elif self._steps.fits(place, elements):
                    passed.append((depth, place))
        wanted = [(d, p) for d, p in near if p.required and not stack[d].has(p)]
        if not wanted and len(near) == 1 and near[0][1].loop is None:
            wanted = near
        if passed and not self._lost and (passed[0][1].qualifier or not wanted):
            depth, place = passed[0]
            # Two that changed places are one error: the first was not missing.
            missed = self._missed.pop((depth, place), None)
            if missed in self.errors:
                self.errors.remove(missed)
            self._take(depth, self._steps.to(stack[depth], place), elements, OUT_OF_ORDER)
        elif wanted:
            depth, place = wanted[0]
            self._take(depth, self._steps.to(stack[depth], place), elements)
        elif near:
            self._wrong_qualifier(near[0][1], elements)
        elif not self._lost:
            self._say(kind if _is_id(kind) else "", UNEXPECTED if kind in self._ids else UNKNOWN)

    def _wrong_qualifier(self, place: Place, elements: list[str]) -> None:
        """A segment of a known id whose qualifier stands for nothing here."""
        at = place.qualifier
        element = place.elements[at - 1]
        value = elements[at] if at < len(elements) else ""
        part = 0
        if element.parts:
            element, part = element.parts[0], 1
            value = value.partition(self._component)[0]
        code = BAD_CODE if value else ELEMENT_MISSING
        fault = ElementError(at, part, 0, element.number, code, _shown(value))
        self._say(place.id, HAS_ELEMENT_ERRORS, self._stack[-1].loop.id, [fault])
        # What follows may belong to the loop that this segment was to open.
        self._lost = place.loop is not None

    def _say(
        self, segment: str, code: str, loop: str = "", elements: list[ElementError] | None = None
    ) -> SegmentError:
        name = loop if loop[:1].isdecimal() else ""
        claim = self._claim if not name or name >= CLAIM_LOOPS else ""
        error = SegmentError(segment, self._number, name, code, elements or [], claim)
        if len(self.errors) < MOST:
            self.errors.append(error)
        return error

    # The elements of a segment.

    def _look_at(self, place: Place, elements: list[str]) -> None:
        """Say what is wrong with the elements of a segment, if anything is."""
        if faults := self._faults(place, elements):
            self._say(elements[0], HAS_ELEMENT_ERRORS, self._stack[-1].loop.id, faults)

    def _faults(self, place: Place, values: list[str]) -> list[ElementError] | None:
        """Return what is wrong with a segment's elements; `None` or [] when nothing is."""
        faults: list[ElementError] = []
        specs = place.elements
        size = len(values) - 1
        before = ""
        for at, spec in enumerate(specs, start=1):
            value = values[at] if at <= size else ""
            if not value:
                if spec.required:
                    faults.append(ElementError(at, 0, 0, spec.number, ELEMENT_MISSING))
            elif not spec.used:
                faults.append(ElementError(at, 0, 0, spec.number, NOT_USED))
            elif spec.parts:
                self._composite(spec, at, value, faults)
            elif spec.codes:
                if value not in spec.codes:
                    shown = _shown(value)
                    faults.append(ElementError(at, 0, 0, spec.number, BAD_CODE, shown))
            elif code := _wrong(spec, value, before):
                faults.append(ElementError(at, 0, 0, spec.number, code))
            before = value
        if size > len(specs):
            faults.append(ElementError(len(specs) + 1, 0, 0, "", TOO_MANY_ELEMENTS))
        if place.syntax:
            present = [bool(value) for value in values]
            for at, code, trigger in _broken(place.syntax, present):
                faults.append(ElementError(at, 0, 0, specs[at - 1].number, code, trigger=trigger))
        return faults

    def _composite(self, spec: Element, at: int, text: str, faults: list[ElementError]) -> None:
        repeats = text.split(self._repetition) if spec.most != 1 else [text]
        if spec.most and len(repeats) > spec.most:
            faults.append(ElementError(at, 0, spec.most + 1, spec.number, TOO_MANY_REPEATS))
        parts = spec.parts
        for nth, one in enumerate(repeats, start=1):
            repetition = nth if len(repeats) > 1 else 0
            values = one.split(self._component)
            size = len(values)
            before = ""
            for number, part in enumerate(parts, start=1):
                value = values[number - 1] if number <= size else ""
                code, shown = "", ""
                if not value:
                    code = ELEMENT_MISSING if part.required else ""
                elif not part.used:
                    code = NOT_USED
                elif part.codes:
                    if value not in part.codes:
                        code, shown = BAD_CODE, _shown(value)
                else:
                    code = _wrong(part, value, before)
                if code:
                    faults.append(ElementError(at, number, repetition, part.number, code, shown))
                before = value
            if size > len(parts):
                faults.append(ElementError(at, len(parts) + 1, repetition, "", TOO_MANY_COMPONENTS))
            if spec.syntax:
                present = [True, *map(bool, values)]
                for number, code, trigger in _broken(spec.syntax, present):
                    named = parts[number - 1].number
                    fault = ElementError(at, number, repetition, named, code, trigger=trigger)
                    faults.append(fault)


@dataclass(slots=True)
class Looked:
    """What an answer needs of a transaction: its faults, its claims' number, its header."""

    errors: list[SegmentError]
    claims: int = 0
    beginning: list[str] = field(default_factory=list)
    submitter: list[str] = field(default_factory=list)
    receiver: list[str] = field(default_factory=list)


class Look:
    """Looks at the segments of a transaction, one run after the other, for its answer."""

    def __init__(self, transaction: Transaction) -> None:
        """Begin behind ST."""
        self._structure = Structure(transaction, guide_of(transaction.claim_type))
        self._looked = Looked([])
        self._in_header = True

    def finish(self) -> Looked:
        """Return what was seen."""
        self._looked.errors = self._structure.finish()
        self._looked.claims = self._structure.claims
        return self._looked

    def read(self, run: list[Parted]) -> None:
        """Look at the next segments."""
        if self._in_header:
            self._read_header(run)
        self._structure.read(run)

    def _read_header(self, run: list[Parted]) -> None:
        for _, _, elements in run:
            kind = elements[0]
            if kind == "HL":
                self._in_header = False
                return
            if kind == "BHT":
                self._looked.beginning = [*elements]
            elif elements[:2] == ["NM1", "41"]:
                self._looked.submitter = [*elements]
            elif elements[:2] == ["NM1", "40"]:
                self._looked.receiver = [*elements]


def look_at(transaction: Transaction) -> Looked:
    """Read a transaction to its end."""
    look = Look(transaction)
    for run in transaction.runs():
        look.read(run)
    return look.finish()


def _wrong(spec: Element, value: str, before: str) -> str:
    """Return the code of what is wrong with a value without a list of codes, "" for nothing."""
    size = len(value)
    kind = spec.kind
    if kind == "R" or kind[0] == "N":
        if not (DECIMAL if kind == "R" else WHOLE).fullmatch(value):
            return BAD_CHARACTER
        size -= value.count("-") + value.count(".")  # neither counts (X12.6)
    elif not value.isprintable() and any(c < " " or c == "\x7f" for c in value):
        return BAD_CHARACTER
    if size < spec.shortest:
        return TOO_SHORT
    if size > spec.longest:
        return TOO_LONG
    if spec.number == FORMATTED:
        return _wrong_form(value, before)
    if kind == "DT":
        return "" if _is_day(value) else BAD_DATE
    if kind == "TM":
        return "" if _is_time(value) else BAD_TIME
    return ""


def _wrong_form(value: str, form: str) -> str:
    if form == "D8":
        fit = len(value) == 8 and _is_day(value)  # noqa: PLR2004
    elif form == "RD8":
        first, _, last = value.partition("-")
        fit = len(first) == len(last) == 8 and _is_day(first) and _is_day(last)  # noqa: PLR2004
    elif form == "DT":
        fit = len(value) >= 12 and _is_day(value[:8]) and _is_time(value[8:])  # noqa: PLR2004
    elif form == "TM":
        return "" if _is_time(value) else BAD_TIME
    else:
        fit = True
    return "" if fit else BAD_DATE


def _is_day(text: str) -> bool:
    """Tell whether text is CCYYMMDD or YYMMDD."""
    if not (text.isdecimal() and text.isascii()) or len(text) not in (6, 8):
        return False
    year, rest = (int(text[:4]), text[4:]) if len(text) == 8 else (2000, text[2:])  # noqa: PLR2004
    month, day = int(rest[:2]), int(rest[2:])
    if 1 <= month <= 12 and 1 <= day <= 28 and year:  # noqa: PLR2004
        return True
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    """Tell whether text is HHMM, HHMMSS, HHMMSSD or HHMMSSDD."""
    if not (text.isdecimal() and text.isascii()) or len(text) not in (4, 6, 7, 8):
        return False
    return text[:2] < "24" and text[2:4] < "60" and text[4:6] < "60"


def _broken(syntax: tuple[Syntax, ...], present: list[bool]) -> list[tuple[int, str, int]]:
    """Return where a relation between elements does not hold: position, code and trigger."""
    found: list[tuple[int, str, int]] = []
    size = len(present)
    for letter, positions in syntax:
        there = [at < size and present[at] for at in positions]
        if letter == "R":
            if True not in there:
                found.append((positions[0], CONDITION_MISSING, 0))
            continue
        if True not in there:
            continue
        first = there.index(True)
        trigger = positions[first]
        if letter == "P":
            if False in there:
                found.append((positions[there.index(False)], CONDITION_MISSING, trigger))
        elif letter == "E":
            if there.count(True) > 1:
                found.append((positions[there.index(True, first + 1)], EXCLUDED, trigger))
        elif first == 0:
            rest = there[1:]
            if (letter == "C" and not all(rest)) or (letter == "L" and True not in rest):
                found.append((positions[rest.index(False) + 1], CONDITION_MISSING, trigger))
    return found


def _is_id(text: str) -> bool:
    return 2 <= len(text) <= 3 and text.isalnum() and text.isascii()  # noqa: PLR2004


def _shown(value: str) -> str:
    return value if len(value) <= SHOWN and value.isalnum() and value.isascii() else ""
