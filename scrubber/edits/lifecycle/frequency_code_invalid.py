"""The claim frequency code is missing or unknown."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

INSTITUTIONAL = "0123456789ABCDEFGHIJKLMNOPQXYZ"


@claim_edit(
    id="frequency-code-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("claim_frequency_code", "type", "type_of_bill", "payers[].filing_indicator"),
    status_code=("A7:535",),
    carc=("16",),
    source=(
        "837P/837I/837D 2300 CLM05-3; Medicare Part B contractor billing guides "
        "(corrections by reopening)"
    ),
    checked=date(2026, 11, 24),
    message="Frequency code {value} is not accepted for this claim and payer.",
    fix="1 original, 7 replacement, 8 void; most Medicare Part B contractors take only 1.",
)
def frequency_code_invalid(claim: Claim) -> Verdict:
    """
    The claim frequency code is missing or unknown.

    The code says whether a claim is new, a replacement or a void. Most Part B contractors take
    corrections as reopenings, so a person decides there.
    """
    code = claim.claim_frequency_code
    if code == "1":
        return PASS
    if not code:
        return fail("/claim_frequency_code", severity="warn", value="missing")
    allowed = INSTITUTIONAL if claim.type == "institutional" else "178"
    if len(code) != 1 or code not in allowed:
        return fail("/claim_frequency_code", value=code)
    corrected = claim.type == "professional" and code in "78"
    if corrected and claim.destination.filing_indicator == "MB":
        return fail("/claim_frequency_code", severity="review", value=code)
    return PASS
