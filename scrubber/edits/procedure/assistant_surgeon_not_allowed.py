"""An assistant surgeon is billed for a procedure that does not pay one."""

from datetime import date
from operator import attrgetter

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import NOT_SIMPLY_ALLOWED, indicator_refuses
from scrubber.edits.verdict import PASS, Verdict
from scrubber.reference.fee_schedule import FeeScheduleView

ASSISTANTS = frozenset(("80", "81", "82", "AS"))
INDICATOR = attrgetter("asst_surg")


@line_edit(
    id="assistant-surgeon-not-allowed",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "payers[].filing_indicator",
    ),
    data=("pprrvu",),
    partial_data=True,
    carc=("54",),
    source=(
        "MPFS assistant at surgery indicator; Medicare Claims Processing Manual ch. 12"
        " section 20.4.3"
    ),
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has assistant indicator {indicator}.",
    fix="Remove the assistant line, or attach the operative note for indicator 0.",
    when=("line.modifiers",),
)
def assistant_surgeon_not_allowed(
    _claim: Claim, line: Line, table: FeeScheduleView | None
) -> Verdict:
    """
    An assistant surgeon is billed for a procedure that does not pay one.

    The fee schedule says whether an assistant at surgery (80, 81, 82, AS) is paid: 0 only with
    proof that it was necessary, 1 never, by statute, 2 yes, 9 there is nothing to assist. The
    digits are no scale. A person looks, since 0 is paid with the operative note.
    """
    if not line.modifiers:
        return PASS
    return indicator_refuses(line, table, ASSISTANTS, INDICATOR, NOT_SIMPLY_ALLOWED)
