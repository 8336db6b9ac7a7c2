"""A service covered only incident to a physician is billed in a hospital."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import HOSPITAL, indicators_of
from scrubber.edits.procedure._places import place_at
from scrubber.edits.verdict import PASS, NoData, Verdict, fail
from scrubber.reference.fee_schedule import FeeScheduleView

INCIDENT_TO = "5"


@line_edit(
    id="incident-to-in-facility",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].place_of_service",
        "place_of_service",
        "lines[].service_from",
    ),
    data=("pprrvu",),
    partial_data=True,
    carc=("58",),
    source="MPFS PC/TC indicator 5; Medicare Benefit Policy Manual ch. 15 section 60",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} is not paid to a physician at place {pos}.",
    fix="Leave it to the facility or correct the place of service.",
)
def incident_to_in_facility(claim: Claim, line: Line, table: FeeScheduleView | None) -> Verdict:
    """
    A service covered only incident to a physician is billed in a hospital.

    Services of the staff (PC/TC indicator 5: injections, infusions) are paid to a physician in
    the office only; in a hospital the staff is the hospital's.
    """
    if line.place_of_service not in HOSPITAL:
        return PASS
    row = indicators_of(line, table)
    if isinstance(row, NoData):
        return row
    if row.pctc_ind != INCIDENT_TO:
        return PASS
    return fail(
        place_at(claim, line),
        line,
        line=line.number,
        procedure=line.procedure,
        pos=line.place_of_service,
    )
