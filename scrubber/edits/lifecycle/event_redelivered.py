"""The same event arrived again."""

from datetime import date

from scrubber.claim.history import find
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.edits.edit import EVERY_TYPE, history_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@history_edit(
    id="event-redelivered",
    severity="info",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("patient_control_number",),
    source="Kafka at-least-once delivery; product principle (redelivery is not a duplicate claim)",
    checked=date(2026, 11, 24),
    message="Event {event_id} was already processed; the earlier outcome stands.",
    fix="Nothing.",
)
def event_redelivered(claim: Claim, prior: Prior | None) -> Verdict:
    """
    The same event arrived again.

    Delivery is at least once. A repeated event is answered as before and is never a duplicate
    claim.
    """
    if prior is None or claim.submission_id == prior.without:
        return PASS
    earlier = find(prior.history, claim.submission_id)
    if earlier is None:
        return PASS
    return fail("", event_id=claim.submission_id, outcome_id=earlier.outcome_id)
