"""Modifier 50 is combined with RT or LT."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._modifiers import SIDES, modifier_at
from scrubber.edits.verdict import PASS, Verdict, fail


@line_edit(
    id="modifier-50-with-side",
    severity="review",
    status="preview",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].modifiers",),
    status_code=("A7:453",),
    carc=("4",),
    source="Medicare Claims Processing Manual ch. 12 section 40.7",
    checked=date(2026, 11, 26),
    message="Line {line} has modifier 50 and {side}.",
    fix="Use 50 for both sides or RT/LT for one side.",
    when=("line.modifiers",),
)
def modifier_50_with_side(_claim: Claim, line: Line) -> Verdict:
    """
    Modifier 50 is combined with RT or LT.

    Modifier 50 says both sides, RT and LT say one.
    """
    if "50" not in line.modifiers:
        return PASS
    for side in SIDES:
        if side in line.modifiers:
            return fail(modifier_at(line, side), line, line=line.number, side=side)
    return PASS
