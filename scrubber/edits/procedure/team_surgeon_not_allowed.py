"""Team surgery (66) is billed for a procedure that does not permit it."""

from datetime import date
from operator import attrgetter

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import NOT_SIMPLY_ALLOWED, indicator_refuses
from scrubber.edits.verdict import PASS, Verdict
from scrubber.reference.fee_schedule import FeeScheduleView

TEAM = frozenset(("66",))
INDICATOR = attrgetter("team_surg")


@line_edit(
    id="team-surgeon-not-allowed",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].modifiers", "lines[].service_from"),
    data=("pprrvu",),
    partial_data=True,
    carc=("54",),
    source=("MPFS team surgery indicator; Medicare Claims Processing Manual ch. 12 section 40.8"),
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has team surgery indicator {indicator}.",
    fix="Bill the surgeons' own roles, or attach the report.",
    when=("line.modifiers",),
)
def team_surgeon_not_allowed(_claim: Claim, line: Line, table: FeeScheduleView | None) -> Verdict:
    """
    Team surgery (66) is billed for a procedure that does not permit it.

    The fee schedule says whether a team (66) may operate: 0 no, 1 with documentation, 2 yes, paid
    by report, 9 there is no surgery.
    """
    if not line.modifiers:
        return PASS
    return indicator_refuses(line, table, TEAM, INDICATOR, NOT_SIMPLY_ALLOWED)
