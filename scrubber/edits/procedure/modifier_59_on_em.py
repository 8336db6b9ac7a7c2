"""Modifier 59 or X is on a visit code."""

from collections.abc import Callable
from datetime import date
from functools import cached_property

from scrubber.claim.model import Claim, Line
from scrubber.edits.code_ranges import CodeRange, among
from scrubber.edits.edit import Params, day_edit
from scrubber.edits.procedure._modifiers import modifier_at
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data, several

DISTINCT = frozenset(("59", "XE", "XP", "XS", "XU"))
SEPARATE_ENCOUNTER = "XE"


class VisitsProper(Params):
    """The codes that do not take modifier 59."""

    visits: tuple[CodeRange, ...] = (
        ("99202", "99350"),
        ("99381", "99397"),
        ("92002", "92014"),
        ("G0402", "G0402"),
        ("G0438", "G0439"),
        ("G0463", "G0463"),
    )
    """First and last code of each range; without any the edit has no data."""
    hospital_visits: tuple[CodeRange, ...] = (("99221", "99223"), ("99231", "99239"))
    """Of these, a second one of the day may name its own encounter."""

    @cached_property
    def is_visit(self) -> Callable[[str], bool]:
        """The test whether a code is a visit proper."""
        return among(self.visits)

    @cached_property
    def is_hospital_visit(self) -> Callable[[str], bool]:
        """The test whether a code is a visit in a hospital."""
        return among(self.hospital_visits)


def _is_second_in_hospital(line: Line, lines: tuple[Line, ...], params: VisitsProper) -> bool:
    is_hospital_visit = params.is_hospital_visit
    return is_hospital_visit(line.procedure) and any(
        is_hospital_visit(other.procedure) for other in lines if other.index < line.index
    )


@day_edit(
    id="modifier-59-on-em",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].modifiers"),
    params=VisitsProper(),
    status_code=("A7:453",),
    carc=("4",),
    source="NCCI Policy Manual ch. I section E.1.d; CMS modifier 59 article",
    checked=date(2026, 11, 26),
    message="Line {line}: modifier {modifier} is not for visit code {procedure}.",
    fix="Use 25 (or 24, 57) on the visit.",
)
def modifier_59_on_em(_claim: Claim, lines: tuple[Line, ...], params: VisitsProper) -> Verdict:
    """
    Modifier 59 or X is on a visit code.

    A visit that stands apart says so with 25, 24 or 57; 59 and its kind are for procedures.
    Counselling, care management and monitoring are no visits in this sense. Medicare's policy, no
    front-end edit, so a person looks; XE on a second hospital visit of the day is a note.
    """
    said: list[Fail | NoData] = []
    for line in lines:
        if not line.modifiers or DISTINCT.isdisjoint(line.modifiers):
            continue
        if not params.visits:
            said.append(no_data("visit-codes", line.day))
        elif params.is_visit(line.procedure):
            modifier = next(one for one in line.modifiers if one in DISTINCT)
            second = modifier == SEPARATE_ENCOUNTER and _is_second_in_hospital(line, lines, params)
            said.append(
                fail(
                    modifier_at(line, modifier),
                    line,
                    severity="warn" if second else None,
                    line=line.number,
                    modifier=modifier,
                    procedure=line.procedure,
                )
            )
    return several(said)
