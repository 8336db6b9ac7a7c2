"""Why Medicare is not the first payer."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.identity._insured import position
from scrubber.edits.verdict import PASS, Verdict, fail

REASONS = frozenset(("12", "13", "14", "15", "16", "41", "42", "43", "47"))


@claim_edit(
    id="msp-reason-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "payers[].responsibility",
        "payers[].filing_indicator",
        "payers[].insurance_type_code",
    ),
    carc=("22",),
    source="837P 2000B SBR05; Medicare Secondary Payer Manual ch. 3",
    checked=date(2026, 11, 26),
    message="Medicare is billed as {responsibility} payer without the reason it is secondary.",
    fix="Add the insurance type code from the patient's MSP questionnaire.",
)
def msp_reason_missing(claim: Claim) -> Verdict:
    """
    Medicare is secondary and the reason is not given.

    Part B pays second only for a reason that the law knows (a working aged patient, liability
    insurance ...). An institutional claim states it by value and occurrence codes instead.

    Not checked here: an order in which nobody is first (`payer-sequence-invalid`).
    """
    payer = claim.destination
    if (
        payer.responsibility == "P"
        or payer.filing_indicator != "MB"
        or payer.insurance_type_code in REASONS
        or not any(other.responsibility == "P" for other in claim.payers)
    ):
        return PASS
    return fail(payer.at("insurance_type_code"), responsibility=position(payer))
