"""A replacement or void does not name the original claim."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail


@claim_edit(
    id="original-reference-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("claim_frequency_code", "payer_claim_control_number", "patient_control_number"),
    status_code=("A6:464",),
    carc=("129",),
    source="837 2300 REF*F8 situational rule",
    checked=date(2026, 11, 24),
    message="Frequency {frequency} needs the payer's claim number of the original.",
    fix="Take the payer's number (ICN, DCN) from the 277CA or 835.",
)
def original_reference_missing(claim: Claim) -> Verdict:
    """
    A replacement or void does not name the original claim.

    The payer finds the claim to replace or void by its own number, which changes with every
    adjustment. The provider's number in its place is a mix-up.
    """
    frequency = claim.claim_frequency_code
    if frequency not in ("7", "8"):
        return PASS
    number = claim.payer_claim_control_number
    if number and number != claim.patient_control_number:
        return PASS
    severity: Severity | None = "review" if number else None
    return fail("/payer_claim_control_number", severity=severity, frequency=frequency)
