"""An identical claim or line was already accepted."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.duplicate_keys import bill_key
from scrubber.claim.history import PastClaim
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import history_edit
from scrubber.edits.lifecycle._likeness import allowance, same_line_before
from scrubber.edits.verdict import Bypassed, Fail, Verdict, bypassed, fail, no_data, several

REPEATS = frozenset(("76", "77", "91", "59", "XE", "XP", "XS", "XU"))


def _before(claim: Claim, prior: Prior) -> Iterator[tuple[PastClaim, tuple[Line, ...]]]:
    """Yield the claim that each identical line, or the whole hospital bill, was accepted with."""
    if claim.type == "institutional":
        bills = [
            one for one in prior.accepted if one.key and one.submission_id != claim.submission_id
        ]
        key = bill_key(claim) if bills else b""
        same = [one for one in bills if one.key == key]
        yield from ((one, claim.lines) for one in same[:1])
        return
    for line in claim.lines:
        earlier = same_line_before(claim, prior, line)
        if earlier:
            yield earlier, (line,)


@history_edit(
    id="exact-duplicate-claim",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "payers[].subscriber.member_id",
        "payers[].payer_id",
        "billing_provider.npi",
        "rendering_provider.npi",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].place_of_service",
        "lines[].units",
        "lines[].charge",
        "lines[].revenue_code",
        "type_of_bill",
        "statement_from",
        "statement_to",
        "total_charge",
        "condition_codes",
        "claim_frequency_code",
        "previous_submission",
    ),
    can_bypass=True,
    status_code=("A3:78",),
    carc=("18",),
    source="Medicare Claims Processing Manual ch. 1 section 120.1 (CR 8121)",
    checked=date(2026, 11, 24),
    message="Line {line} repeats a line accepted on {date} (outcome {outcome_id}).",
    fix=(
        "Do nothing if it is a repeat; use 76, 77 or 91 for a true repeat service, "
        "frequency 7 for a correction."
    ),
)
def exact_duplicate_claim(claim: Claim, prior: Prior | None) -> Verdict:
    """
    An identical claim or line was already accepted.

    Only claims that were accepted count: a claim that was rejected never was, and one that the
    payer's front end refused comes back unchanged and is right. Modifiers and condition code G0
    mark true repeats, which a person looks at. A history that does not reach back to the service
    can still hold the repeat, but not tell that there is none.
    """
    if prior is None:
        return no_data("claims-history", claim.day)
    complaints: list[Fail | Bypassed] = []
    for earlier, lines in _before(claim, prior) if prior.accepted else ():
        if reason := allowance(claim, earlier):
            complaints.append(bypassed(reason))
            break
        repeat = "G0" in claim.condition_codes or any(
            modifier in REPEATS for line in lines for modifier in line.modifiers
        )
        complaints.append(
            fail(
                lines[0].at("procedure") if lines else "",
                *lines,
                severity="review" if repeat else None,
                line=lines[0].number if lines else 0,
                date=date.fromordinal(earlier.received),
                outcome_id=earlier.outcome_id,
            )
        )
    if not complaints and prior.since > claim.day:
        return no_data("claims-history", claim.day)
    return several(complaints)
