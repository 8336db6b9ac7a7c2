"""An identical claim or line was already accepted."""

from datetime import date

from scrubber.claim.duplicate_keys import duplicate_keys
from scrubber.claim.model import Claim
from scrubber.claim.prior import Accepted, Prior
from scrubber.edits.edit import history_edit
from scrubber.edits.verdict import PASS, Bypassed, Fail, Verdict, bypassed, fail, no_data

REPEATS = frozenset(("76", "77", "91", "59", "XE", "XP", "XS", "XU"))
REFUSED = ("refused", "rejected")


def _allowance(claim: Claim, earlier: Accepted) -> str:
    """Return why an identical claim may be sent again, `""` when it may not."""
    if claim.claim_frequency_code in ("7", "8"):
        return "replacement or void"
    previous = claim.previous_submission
    if previous.submission_id == earlier.submission_id and previous.payer_status in REFUSED:
        return "the payer refused the earlier claim"
    return ""


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
    mark true repeats, which a person looks at.
    """
    if prior is None or prior.since > claim.day:
        return no_data("claims-history", claim.day)
    if not prior.accepted:
        return PASS
    complaints: list[Fail | Bypassed] = []
    for i, key in enumerate(duplicate_keys(claim)):
        earlier = next((one for one in prior.accepted if key in one.keys), None)
        if earlier is None or earlier.submission_id == claim.submission_id:
            continue
        if reason := _allowance(claim, earlier):
            complaints.append(bypassed(reason))
            break
        lines = claim.lines if claim.type == "institutional" else claim.lines[i : i + 1]
        repeat = "G0" in claim.condition_codes or any(
            modifier in REPEATS for line in lines for modifier in line.modifiers
        )
        complaints.append(
            fail(
                lines[0].at("procedure") if lines else "",
                *lines,
                severity="review" if repeat else None,
                line=lines[0].number if lines else 0,
                date=earlier.received,
                outcome_id=earlier.outcome_id,
            )
        )
    return tuple(complaints) or PASS
