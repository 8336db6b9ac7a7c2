"""
Which segments surely have no faults: a regular expression for each place of the guide.

A segment that it matches has none; what any other has, `structure` finds out. So a pattern may be
narrower than the guide (it takes no 29th of February), but never wider.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scrubber.x12.guide import Element, Place, Syntax
from scrubber.x12.segments import Delimiters

FORMATTED: Final = "1251"  # a date or time in the form that the element before it names
NEVER: Final = "(?!)"
NUMERIC: Final = frozenset(".-")
DAY: Final = (
    "[12][0-9]{3}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
)
CLOCK: Final = "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?"
FORMS: Final = {"D8": DAY, "RD8": f"{DAY}-{DAY}"}
DAY_LENGTH: Final = 8
CLOCK_LENGTH, CLOCK_LONGEST = 4, 6
CENTS: Final = 2


@dataclass(frozen=True, slots=True)
class Pattern:
    """Matches segments without faults that have up to `reach` pieces, their id counted."""

    text: re.Pattern[str]
    reach: int


def pattern_of(place: Place, delimiters: Delimiters) -> Pattern:
    """Return the pattern of a place; it matches nothing where a number may hold a delimiter."""
    if {delimiters.element, delimiters.component, delimiters.repetition} & NUMERIC:
        return Pattern(re.compile(NEVER), 0)
    writer = _Writer(delimiters)
    open_relations = [one for one in place.syntax if not _settled(one, place.elements)]
    reach = min(map(_reach, open_relations), default=len(place.elements) + 1)
    text = re.escape(place.id) + writer.parts(place.elements, place.syntax)
    return Pattern(re.compile(text), reach)


def _reach(syntax: Syntax) -> int:
    """Return the lowest position that must be there for the relation to be broken."""
    letter, positions = syntax
    if letter == "R":
        return 0
    ordered = sorted(positions)
    return {"E": ordered[1], "P": ordered[0]}.get(letter, positions[0])


def _settled(syntax: Syntax, elements: Sequence[Element]) -> bool:
    """Tell whether no segment that has its required elements and its pairs can break a relation."""
    letter, positions = syntax
    required = [elements[at - 1].required for at in positions]
    if letter == "R":
        return any(required)
    return letter == "P" and (all(required) or positions[0] in _pairs((syntax,), elements))


def _pairs(syntax: Sequence[Syntax], elements: Sequence[Element]) -> set[int]:
    """Return the positions of which the next is there if and only if they are."""
    return {
        positions[0]
        for letter, positions in syntax
        if letter == "P"
        and positions[1:] == (positions[0] + 1,)
        and not any(elements[at - 1].required for at in positions)
    }


class _Writer:
    """Writes the text of patterns."""

    def __init__(self, delimiters: Delimiters) -> None:
        self._element = re.escape(delimiters.element)
        self._component = re.escape(delimiters.component)
        control = r"\x00-\x1f\x7f"
        self._text = f"[^{self._element}{control}]"
        within = f"{self._element}{self._component}{re.escape(delimiters.repetition)}"
        self._text_within = f"[^{within}{control}]"

    def parts(self, elements: Sequence[Element], syntax: Sequence[Syntax]) -> str:
        """Return what follows a segment's id."""
        return self._rest(elements, 0, self._element, _pairs(syntax, elements))

    def _rest(
        self, elements: Sequence[Element], start: int, separator: str, pairs: set[int]
    ) -> str:
        """
        Return what stands from a place on, written from the last element to the first.

        What may be left out is one of two, it or nothing: quicker than the same with a `?`.
        """
        text = ""
        needed = False  # one behind is required: the separators before it cannot be left out
        at = len(elements)
        while at > start:
            if at - 1 in pairs:
                at -= 2
                one, two = (separator + self._value(elements, n, separator) for n in (at, at + 1))
                text = f"(?:{one}{two}|{separator}{separator}){text}"
            else:
                at -= 1
                value = self._value(elements, at, separator)
                needed = needed or elements[at].required
                if not elements[at].required:
                    value = "" if value == NEVER else f"(?:{value}|)"
                text = separator + value + text
            if not needed:
                text = f"(?:{text}|)"
        return text

    def _value(self, elements: Sequence[Element], at: int, separator: str) -> str:
        """Return what an element must be when it is there."""
        spec = elements[at]
        if spec.parts:
            return self._composite(spec)
        if not spec.used:
            return NEVER
        if spec.codes:
            return f"(?:{'|'.join(map(re.escape, sorted(spec.codes)))})"
        if spec.number == FORMATTED:
            forms = elements[at - 1].codes & FORMS.keys() if at else ()
            ways = (f"(?<={separator}{one}{separator}){FORMS[one]}" for one in sorted(forms))
            return f"(?:{'|'.join(ways) or NEVER})"
        return self._plain(spec, self._text if separator == self._element else self._text_within)

    def _composite(self, spec: Element) -> str:
        first = spec.parts[0]
        if not spec.used or spec.syntax or not first.required:
            return NEVER
        head = self._value(spec.parts, 0, self._component)
        return head + self._rest(spec.parts, 1, self._component, set())

    def _plain(self, spec: Element, text: str) -> str:
        kind, shortest, longest = spec.kind, spec.shortest, spec.longest
        if kind == "R":
            whole = f"-?[0-9]{{1,{longest - CENTS}}}(?:\\.[0-9]{{1,{CENTS}}})?"
            return whole if shortest <= 1 and longest > CENTS else NEVER
        if kind[0] == "N":
            return f"-?[0-9]{{{shortest},{longest}}}"
        if kind == "DT":
            return DAY if shortest <= DAY_LENGTH <= longest else NEVER
        if kind == "TM":
            return CLOCK if shortest <= CLOCK_LENGTH <= CLOCK_LONGEST <= longest else NEVER
        return f"{text}{{{shortest},{longest}}}"
