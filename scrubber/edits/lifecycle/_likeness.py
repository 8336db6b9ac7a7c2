"""How the duplicate edits compare a line with those of earlier claims."""

from collections.abc import Iterator
from operator import attrgetter

from scrubber.claim.history import PastClaim, digest_of, member_digest, past_line
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior, Service

EXACT = attrgetter("first", "last", "modifiers", "place", "units", "charge", "provider")
REFUSED = ("refused", "rejected")


def same_line_before(claim: Claim, prior: Prior, line: Line) -> PastClaim | None:
    """Return the earlier claim to the same payer that has an identical line."""
    found = list(services_of(claim, prior, line))
    if not found:
        return None
    wanted = EXACT(past_line(claim, line))
    return next((earlier for earlier, past in found if EXACT(past) == wanted), None)


def services_of(claim: Claim, prior: Prior, line: Line) -> Iterator[Service]:
    """
    Yield earlier services of the line's code and days, billed to the same payer and member.

    The days of the claims overlap, those of the lines need not.
    """
    if not line.procedure:
        return
    first = line.service_from.toordinal() if line.service_from else 0
    last = line.service_to.toordinal() if line.service_to else 0
    earlier = prior.overlapping(first, last)
    if not earlier:
        return
    payer, member = digest_of(claim.destination.payer_id), member_digest(claim)
    for one in earlier:
        if (
            one.submission_id != claim.submission_id
            and one.type == claim.type
            and one.payer == payer
            and one.member == member
        ):
            yield from (
                Service(one, past) for past in one.lines if past.procedure == line.procedure
            )


def allowance(claim: Claim, earlier: PastClaim) -> str:
    """Return why a claim like an earlier one may be sent, `""` when it may not."""
    if claim.claim_frequency_code in ("7", "8"):
        return "replacement or void"
    previous = claim.previous_submission
    if previous.submission_id == earlier.submission_id and previous.payer_status in REFUSED:
        return "the payer refused the earlier claim"
    return ""
