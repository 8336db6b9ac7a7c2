"""Co-surgery (62) is billed for a procedure that does not permit it."""

from datetime import date
from operator import attrgetter

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import NOT_SIMPLY_ALLOWED, indicator_refuses
from scrubber.edits.verdict import PASS, Verdict
from scrubber.reference.fee_schedule import FeeScheduleView

CO_SURGEON = frozenset(("62",))
INDICATOR = attrgetter("co_surg")


@line_edit(
    id="co-surgeon-not-allowed",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].modifiers", "lines[].service_from"),
    data=("pprrvu",),
    partial_data=True,
    carc=("54",),
    source=("MPFS co-surgeon indicator; Medicare Claims Processing Manual ch. 12 section 40.8"),
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has co-surgeon indicator {indicator}.",
    fix="Bill as primary and assistant, or attach the notes of both surgeons.",
    when=("line.modifiers",),
)
def co_surgeon_not_allowed(_claim: Claim, line: Line, table: FeeScheduleView | None) -> Verdict:
    """
    Co-surgery (62) is billed for a procedure that does not permit it.

    The fee schedule says whether two surgeons (62) may share the operation: 0 no, 1 with
    documentation, 2 yes, if of two specialties, 9 there is no surgery.
    """
    if not line.modifiers:
        return PASS
    return indicator_refuses(line, table, CO_SURGEON, INDICATOR, NOT_SIMPLY_ALLOWED)
