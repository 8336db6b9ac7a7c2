"""An original claim carries a payer claim number."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@claim_edit(
    id="original-reference-on-original",
    severity="warn",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    when=("claim.payer_claim_control_number",),
    fields=(
        "claim_frequency_code",
        "payer_claim_control_number",
    ),
    status_code=("A8:464",),
    source="837 2300 REF*F8 situational rule",
    checked=date(2026, 11, 26),
    message="An original claim must not carry the payer's number of another claim.",
    fix="Set frequency 7 for a correction, or drop the number.",
)
def original_reference_on_original(claim: Claim) -> Verdict:
    """
    An original claim carries a payer claim number.

    The payer's number names the claim that a replacement or void is about. On an original a
    payer may take the claim for a correction, or return it.

    Not checked here: a correction without the number (`original-reference-missing`).
    """
    if claim.claim_frequency_code == "1" and claim.payer_claim_control_number:
        return fail("/payer_claim_control_number")
    return PASS
