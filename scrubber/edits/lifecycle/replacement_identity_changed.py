"""A replacement changes who is billed or who bills."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.history import (
    REPLACEMENT,
    PastClaim,
    digest_of,
    member_digest,
    uncached_digest,
)
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.edits.edit import EVERY_TYPE, history_edit
from scrubber.edits.lifecycle._earlier import HISTORY
from scrubber.edits.verdict import PASS, Verdict, fail, no_data


def _original(claim: Claim, prior: Prior) -> PastClaim | None:
    """Return the claim that has the payer's number, be it replaced since."""
    number = uncached_digest(claim.payer_claim_control_number)
    found = [
        one
        for one in prior.history.claims
        if number in one.numbers and one.submission_id != claim.submission_id
    ]
    return found[-1] if found else None


def _differences(claim: Claim, original: PastClaim) -> Iterator[str]:
    if original.billing != digest_of(claim.billing_provider.npi):
        yield "billing NPI"
    if original.payer != digest_of(claim.destination.payer_id):
        yield "payer"
    # The digest of a member is one within its payer.
    elif original.member != member_digest(claim):
        yield "member id"
    if original.type != claim.type:
        yield "claim type"


@history_edit(
    id="replacement-identity-changed",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    when=("claim.payer_claim_control_number",),
    fields=(
        "claim_frequency_code",
        "payer_claim_control_number",
        "billing_provider.npi",
        "payers[].payer_id",
        "payers[].subscriber.member_id",
        "type",
    ),
    status_code=("A8:464",),
    source="Payer replacement rules (void and rebill when identity changes)",
    checked=date(2026, 11, 26),
    message="The replacement differs from the original in {fields}.",
    fix="Void the original (8) and send a new claim (1).",
)
def replacement_identity_changed(claim: Claim, prior: Prior | None) -> Verdict:
    """
    A replacement changes who is billed or who bills.

    A payer replaces a claim only with one of the same provider, payer, member and type; else
    it keeps the first and denies the second, or pays both. Digests are compared; no value is
    shown.
    """
    if claim.claim_frequency_code != REPLACEMENT or not claim.payer_claim_control_number:
        return PASS
    if prior is None or (original := _original(claim, prior)) is None:
        return no_data(HISTORY, claim.day)
    differs = tuple(_differences(claim, original))
    return fail("/payer_claim_control_number", fields=differs) if differs else PASS
