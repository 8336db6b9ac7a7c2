"""Two lines of the claim are the same."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, day_edit
from scrubber.edits.verdict import PASS, Bypassed, Fail, Verdict, bypassed, fail, several

REPEATS = frozenset(("76", "77", "91"))
#: Sides, eyelids, fingers, toes and coronary arteries.
ANATOMIC = frozenset(
    (
        *("RT", "LT", "E1", "E2", "E3", "E4", "LC", "LD", "LM", "RC", "RI", "FA", "TA"),
        *(f"F{n}" for n in range(1, 10)),
        *(f"T{n}" for n in range(1, 10)),
    )
)


def _repeats(lines: tuple[Line, ...]) -> Iterator[Fail | Bypassed]:
    like: defaultdict[Any, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda one: one.number):
        if line.procedure or line.revenue_code:
            like[_what_is_equal(line)].append(line)
    for first, *repeats in like.values():
        for line in repeats:
            yield _judged(first, line)


def _what_is_equal(line: Line) -> tuple[object, ...]:
    marks = REPEATS | ANATOMIC
    return (
        line.procedure,
        line.revenue_code,
        tuple(sorted(modifier for modifier in line.modifiers if modifier not in marks)),
        line.service_from,
        line.service_to,
        line.place_of_service,
        line.rendering_npi,
        line.units,
        line.charge,
        line.ndc.code if line.ndc else "",
        tuple(sorted((tooth.number, *sorted(tooth.surfaces)) for tooth in line.teeth)),
        line.oral_cavity,
    )


def _judged(first: Line, line: Line) -> Fail | Bypassed:
    marks = {*first.modifiers, *line.modifiers}
    # Whichever of the two bears it: the order of lines says nothing.
    if told := sorted(marks & REPEATS):
        return bypassed(f"modifier {told[0]}", first, line)
    if told := sorted((set(first.modifiers) ^ set(line.modifiers)) & ANATOMIC):
        return bypassed(f"modifier {told[0]}", first, line)
    return fail(line.at("procedure"), first, line, line=line.number, other=first.number)


@day_edit(
    id="duplicate-line-within-claim",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].place_of_service",
        "lines[].charge",
        "lines[].units",
        "lines[].revenue_code",
    ),
    can_bypass=True,
    status_code=("A7:247",),
    carc=("18",),
    source="Medicare Claims Processing Manual ch. 1 section 120",
    checked=date(2026, 11, 26),
    message="Lines {line} and {other} are the same.",
    fix="Merge them with the right units, or mark the repeat.",
)
def duplicate_line_within_claim(_claim: Claim, lines: tuple[Line, ...]) -> Verdict:
    """
    Two lines of the claim are the same.

    Procedure, modifiers, dates, place, rendering provider, units and charge are those of
    another line of the claim. Teeth and drug numbers count too: two fillings are two services.
    A modifier for a repeat or another side says that both were done.
    """
    if len({line.procedure or line.revenue_code for line in lines}) == len(lines):
        return PASS
    return several(_repeats(lines))
