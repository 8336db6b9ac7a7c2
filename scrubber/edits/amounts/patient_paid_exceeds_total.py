"""The patient paid more than the claim total."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@claim_edit(
    id="patient-paid-exceeds-total",
    severity="warn",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("patient_amount_paid", "total_charge"),
    status_code=("A7:183:QC",),
    source="837P 2300 AMT*F5; 837I value code reporting",
    checked=date(2026, 11, 26),
    message="Patient paid amount {paid} is above the total charge {total}.",
    fix="Check the posting of the copayment.",
)
def patient_paid_exceeds_total(claim: Claim) -> Verdict:
    """
    The patient paid more than the claim total.

    A copayment of another visit was posted here, or a charge is missing.
    """
    paid, total = claim.patient_amount_paid, claim.total_charge
    if paid is None or total is None or paid <= total:
        return PASS
    return fail("/patient_amount_paid", paid=paid, total=total)
