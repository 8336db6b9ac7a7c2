"""A rejected claim comes back without any change."""

from datetime import date

from scrubber.claim.history import content_digest
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.edits.edit import EVERY_TYPE, history_edit
from scrubber.edits.lifecycle._earlier import HISTORY
from scrubber.edits.verdict import PASS, Verdict, fail, no_data


@history_edit(
    id="resubmission-unchanged",
    severity="warn",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "patient_control_number",
        "claim_frequency_code",
        "lines",
        "diagnoses",
        "total_charge",
    ),
    source=(
        "Product principle; Medicare Claims Processing Manual ch. 1 section 120 (duplicates burden)"
    ),
    checked=date(2026, 11, 26),
    message="The claim is the same as the one rejected on {date}; findings {edits} are still open.",
    fix="Correct the findings before sending again.",
)
def resubmission_unchanged(claim: Claim, prior: Prior | None) -> Verdict:
    """
    A rejected claim comes back without any change.

    What was rejected comes back as it was, and is rejected again. With other editions of
    tables or edits it may pass now, and is no repeat. Who coded the claim is not compared.
    """
    if prior is None:
        return no_data(HISTORY, claim.day)
    rejected = [one for one in prior.rejected if one.editions == prior.editions]
    if not rejected:
        return PASS
    content = content_digest(claim)
    for one in reversed(rejected):
        if one.content == content and one.submission_id != claim.submission_id:
            return fail("", date=date.fromordinal(one.received), edits=one.failing)
    return PASS
