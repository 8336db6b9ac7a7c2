"""A Medicare inpatient bill states no covered or non-covered days."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import NO_PAY, VOID, frequency_of, kind_of_bill
from scrubber.edits.institutional._stay import stay_days
from scrubber.edits.verdict import PASS, Verdict, fail

BILLS = frozenset(("11", "18", "21"))
COVERED, NONCOVERED = "80", "81"
MEDICARE_PART_A = "MA"


@claim_edit(
    id="covered-days-missing",
    severity="warn",
    status="preview",
    added="next",
    applies_to=("institutional",),
    fields=(
        "value_codes",
        "statement_from",
        "statement_to",
        "admission.date",
        "admission.discharge_status",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    status_code=("A6:725",),
    carc=("16",),
    source="Medicare Claims Processing Manual ch. 25 section 75.3 (value codes 80, 81)",
    checked=date(2026, 11, 26),
    message="Covered and non-covered days {days} do not make up the stay of {stay} days.",
    fix="Complete value codes 80 and 81.",
)
def covered_days_missing(claim: Claim) -> Verdict:
    """
    A Medicare inpatient bill states no covered or non-covered days.

    Value code 80 states the covered days, 81 the others; together they are the stay. Days of leave
    and days after benefits end are non-covered ones.
    """
    if (
        kind_of_bill(claim) not in BILLS
        or claim.destination.filing_indicator != MEDICARE_PART_A
        or frequency_of(claim) in (NO_PAY, VOID)
    ):
        return PASS
    stay = stay_days(claim)
    if stay is None:
        return PASS
    stated = [
        amount or Decimal(0) for code, amount in claim.value_codes if code in (COVERED, NONCOVERED)
    ]
    if stated and sum(stated) == stay:
        return PASS
    return fail("/value_codes", days=sum(stated) if stated else "none", stay=stay)
