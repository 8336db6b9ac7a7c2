"""The event body is not a readable claim document."""

from datetime import date

from scrubber.contracts.decode import Undecodable
from scrubber.edits.edit import EVERY_TYPE, event_edit
from scrubber.edits.verdict import Verdict, fail


@event_edit(
    id="claim-event-unreadable",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("type",),
    status_code=("A3:481",),
    source="X12 999 / TA1 analogue for a JSON transport; JSON is RFC 8259",
    checked=date(2026, 11, 24),
    message="The event could not be read as a claim document ({reason}, byte offset {offset}).",
    fix="Resend the claim as one UTF-8 JSON object.",
)
def claim_event_unreadable(fault: Undecodable) -> Verdict:
    """
    The event body is not a readable claim document.

    No other edit runs on the record: there is nobody to whom an outcome could be addressed, so its
    bytes go to the dead letters untouched.
    """
    return fail("", reason=fault.reason, offset=fault.offset)
