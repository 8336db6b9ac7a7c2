"""The technical part of a test is billed by a physician for a hospital patient."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import HOSPITAL, indicators_of
from scrubber.edits.procedure._places import place_at
from scrubber.edits.verdict import PASS, NoData, Verdict, fail
from scrubber.reference.fee_schedule import FeeScheduleView

PLACES = HOSPITAL | {"31"}
TECHNICAL_ONLY = "3"


@line_edit(
    id="technical-component-in-facility",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].place_of_service",
        "place_of_service",
        "lines[].service_from",
    ),
    data=("pprrvu",),
    partial_data=True,
    carc=("5", "58"),
    source="Medicare Claims Processing Manual ch. 13 section 20.2.1; 42 CFR 410.42",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: the technical part of {procedure} at place {pos} is paid to the facility."
    ),
    fix="Drop the line or correct the place of service.",
)
def technical_component_in_facility(
    claim: Claim, line: Line, table: FeeScheduleView | None
) -> Verdict:
    """
    The technical part of a test is billed by a physician for a hospital patient.

    Machine, film and technician of a hospital's or nursing home's patient are paid to the
    facility. A line says that it is the technical part by modifier TC, or its code by PC/TC
    indicator 3.
    """
    if line.place_of_service not in PLACES:
        return PASS
    if "TC" not in line.modifiers:
        row = indicators_of(line, table)
        if isinstance(row, NoData):
            return row
        if row.pctc_ind != TECHNICAL_ONLY:
            return PASS
    return fail(
        place_at(claim, line),
        line,
        line=line.number,
        procedure=line.procedure,
        pos=line.place_of_service,
    )
