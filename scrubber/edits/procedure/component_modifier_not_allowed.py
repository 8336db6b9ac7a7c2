"""Modifier 26 or TC is on a code without these components."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._fee_schedule import indicators_of
from scrubber.edits.procedure._modifiers import COMPONENTS, modifier_at
from scrubber.edits.verdict import PASS, NoData, Verdict, fail
from scrubber.reference.fee_schedule import FeeScheduleView

#: The PC/TC indicators under which each part may be billed.
ALLOWED = {"26": "16", "TC": "1"}
CONTRACTOR_DECIDES = ("C", "R")


@line_edit(
    id="component-modifier-not-allowed",
    severity="reject",
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
        "MPFS PC/TC indicator; Medicare Claims Processing Manual ch. 23 addendum"
        " (MPFSDB record layout)"
    ),
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {procedure} has PC/TC indicator {indicator}; modifier {modifier}"
        " does not apply."
    ),
    fix="Remove the modifier or use the code for that component.",
    when=("line.modifiers",),
)
def component_modifier_not_allowed(
    claim: Claim, line: Line, table: FeeScheduleView | None
) -> Verdict:
    """
    Modifier 26 or TC is on a code without these components.

    A test has a professional part (26) and a technical part (TC) only under PC/TC indicator 1;
    the interpretation of a laboratory test (6) takes 26 alone. What the contractor prices, and
    what has restricted coverage, the contractor decides.
    """
    if not line.modifiers or COMPONENTS.isdisjoint(line.modifiers):
        return PASS
    row = indicators_of(line, table)
    if isinstance(row, NoData):
        return row
    if row.status_code in CONTRACTOR_DECIDES:
        return PASS
    for modifier in line.modifiers:
        if modifier in COMPONENTS and row.pctc_ind not in ALLOWED[modifier]:
            return fail(
                modifier_at(line, modifier),
                line,
                severity=None if claim.is_medicare else "review",
                line=line.number,
                procedure=line.procedure,
                indicator=row.pctc_ind,
                modifier=modifier,
            )
    return PASS
