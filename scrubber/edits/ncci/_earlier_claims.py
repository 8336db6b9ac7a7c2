"""Which earlier claims an NCCI edit holds a claim against."""

from scrubber.claim.history import PastClaim, PastLine, digest_of, member_digest
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.lifecycle._earlier import others

HISTORY = "claims-history"


def same_party_claims(claim: Claim, prior: Prior) -> list[PastClaim]:
    """
    Return the claims that count, of the same kind, payer and member, on days of this claim.

    Another payer's copy of the same services (a secondary claim) is not among them.
    """
    days = [day.toordinal() for day, _ in claim.by_day]
    if not days or not prior.overlapping(days[0], days[-1]):
        return []
    payer, member = digest_of(claim.destination.payer_id), member_digest(claim)
    billing = digest_of(claim.billing_provider.npi)
    return [
        one
        for one in others(claim, prior)
        if one.first <= days[-1]
        and days[0] <= one.last
        and one.type == claim.type
        and one.payer == payer
        and one.member == member
        and (claim.type == "professional" or one.billing == billing)
    ]


def same_provider(claim: Claim, line: Line, past: PastLine) -> bool:
    """Tell whether one provider rendered both; a facility's lines are all its own."""
    return claim.type == "institutional" or past.provider == digest_of(line.rendering_npi)
