"""Modifier 50 is on a code that cannot be bilateral."""

from datetime import date
from operator import attrgetter

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import indicator_refuses
from scrubber.edits.verdict import PASS, Verdict
from scrubber.reference.fee_schedule import FeeScheduleView

BILATERAL = frozenset(("50",))
INDICATOR = attrgetter("bilat_surg")
NOT_BY_MODIFIER = "029"


@line_edit(
    id="modifier-50-not-allowed",
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
    status_code=("A7:453",),
    carc=("4",),
    source=(
        "MPFS bilateral surgery indicator; Medicare Claims Processing Manual ch. 12 section 40.7"
    ),
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {procedure} has bilateral indicator {indicator}; modifier 50 does not apply."
    ),
    fix=("Remove 50; indicator 2 already pays both sides, indicator 0 takes other modifiers."),
    when=("claim.is_medicare", "line.modifiers"),
)
def modifier_50_not_allowed(claim: Claim, line: Line, table: FeeScheduleView | None) -> Verdict:
    """
    Modifier 50 is on a code that cannot be bilateral.

    The fee schedule says what modifier 50 does: 0 the bilateral rule does not apply, 1 and 3 both
    sides are paid, 2 the price is that of both sides already, 9 there are no sides. With 0 and 2
    one side is paid, a matter of price, so a person looks.
    """
    if "50" not in line.modifiers or not claim.is_medicare:
        return PASS
    return indicator_refuses(line, table, BILATERAL, INDICATOR, NOT_BY_MODIFIER)
