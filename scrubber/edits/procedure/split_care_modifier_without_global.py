"""A split-care modifier is on a code without a global period."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import indicators_of
from scrubber.edits.procedure._modifiers import modifier_at
from scrubber.edits.verdict import PASS, NoData, Verdict, fail
from scrubber.reference.fee_schedule import FeeScheduleView

SPLIT_CARE = frozenset(("54", "55", "56"))
NO_PERIOD = ("000", "XXX")
UNCLEAR = ("ZZZ", "MMM")


@line_edit(
    id="split-care-modifier-without-global",
    severity="reject",
    status="preview",
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
    source=("Medicare Claims Processing Manual ch. 12 section 40.2; MPFS global surgery indicator"),
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: modifier {modifier} needs a 10 or 90 day global period;"
        " {procedure} has {glob}."
    ),
    fix="Remove the modifier.",
    when=("line.modifiers",),
)
def split_care_modifier_without_global(
    claim: Claim, line: Line, table: FeeScheduleView | None
) -> Verdict:
    """
    A split-care modifier is on a code without a global period.

    Surgery alone (54), care after it (55) and before it (56) divide the fee of a global period of
    10 or 90 days; without one there is nothing to divide. Where the contractor sets the period
    (YYY) it decides.
    """
    if not line.modifiers or SPLIT_CARE.isdisjoint(line.modifiers):
        return PASS
    row = indicators_of(line, table)
    if isinstance(row, NoData):
        return row
    if row.glob_days not in NO_PERIOD and row.glob_days not in UNCLEAR:
        return PASS
    modifier = next(one for one in line.modifiers if one in SPLIT_CARE)
    certain = claim.is_medicare and row.glob_days in NO_PERIOD
    return fail(
        modifier_at(line, modifier),
        line,
        severity=None if certain else "review",
        line=line.number,
        modifier=modifier,
        procedure=line.procedure,
        glob=row.glob_days,
    )
