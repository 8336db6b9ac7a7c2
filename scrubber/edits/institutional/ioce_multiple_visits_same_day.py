"""Two hospital visits of one day have the same revenue code without condition code G0."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.institutional._visits import Visit, visits
from scrubber.edits.outpatient import BILLS, EDITOR, bill_of, day_is_denied, opps_editor
from scrubber.edits.verdict import PASS, NoData, Verdict, fail, several
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

DISTINCT_VISITS = "G0"
ONE = Decimal(1)
#: The bill type on which the editor returns the claim; on 12x and 14x a person looks.
RETURNED = "13"


def _units(together: list[Visit]) -> Decimal:
    return sum((ONE if one.line.units is None else one.line.units for one in together), Decimal(0))


@day_edit(
    id="ioce-multiple-visits-same-day",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].procedure",
        "lines[].revenue_code",
        "lines[].units",
        "lines[].service_from",
        "condition_codes",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    data=(EDITOR, BILLS),
    partial_data=True,
    status_code=("A7:460",),
    carc=("16",),
    source="I/OCE edit 42",
    checked=date(2026, 11, 26),
    message=(
        "{count} visits on {date} under revenue code {revenue_code}; condition code G0 is missing."
    ),
    fix="Add G0 when the visits were distinct; otherwise merge.",
)
def ioce_multiple_visits_same_day(
    claim: Claim,
    lines: tuple[Line, ...],
    editor: OutpatientView | None,
    bills: BillTypeView | None,
) -> Verdict:
    """
    Two hospital visits of one day have the same revenue code without condition code G0.

    A department sees a patient once a day, unless G0 says that the visits were distinct. Two
    lines count, and so do two units on one.
    """
    if DISTINCT_VISITS in claim.condition_codes:
        return PASS
    known = opps_editor(claim, lines, editor, bills)
    if known is None or isinstance(known, NoData):
        return known or PASS
    departments: dict[str, list[Visit]] = {}
    for visit in visits(claim, lines, known):
        if visit.line.revenue_code:
            departments.setdefault(visit.line.revenue_code, []).append(visit)
    several_visits = [
        (revenue_code, together, units)
        for revenue_code, together in departments.items()
        if (units := _units(together)) > 1
    ]
    if not several_visits or day_is_denied(claim, lines, known):
        return PASS
    sure = claim.is_medicare and bill_of(claim) == RETURNED
    return several(
        fail(
            together[0].line.at("revenue_code"),
            *[visit.line for visit in together],
            severity=None if sure and all(visit.certain for visit in together) else "review",
            count=units,
            date=lines[0].day,
            revenue_code=revenue_code,
        )
        for revenue_code, together, units in several_visits
    )
