"""The same modifier is on a line twice."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, line_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@line_edit(
    id="modifier-duplicate",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("lines[].modifiers", "payers[].filing_indicator"),
    status_code=("A7:453",),
    carc=("4",),
    source="837P 2400 SV101-3 to -6; Medicare front-end edits on repeated modifiers",
    checked=date(2026, 11, 26),
    message="Line {line} has modifier {modifier} twice.",
    fix="Remove the repeat.",
)
def modifier_duplicate(claim: Claim, line: Line) -> Verdict:
    """
    The same modifier is on a line twice.

    A second time says nothing new. Medicare returns the claim; other payers may not.
    """
    modifiers = line.modifiers
    if len(modifiers) < 2 or len(set(modifiers)) == len(modifiers):  # noqa: PLR2004 (a pair)
        return PASS
    for i, modifier in enumerate(modifiers):
        if modifier and modifier in modifiers[:i]:
            return fail(
                line.at(f"modifiers/{i}"),
                line,
                severity=None if claim.is_medicare else "review",
                line=line.number,
                modifier=modifier,
            )
    return PASS
