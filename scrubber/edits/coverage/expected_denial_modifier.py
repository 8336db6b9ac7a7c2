"""A line is marked as expected to be denied."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail

DENIED = ("GZ", "GY")


@line_edit(
    id="expected-denial-modifier",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].modifiers", "payers[].filing_indicator", "lines[].charge"),
    carc=("50", "96"),
    source=("CMS CR 7228 (GZ automatic denial); Medicare Claims Processing Manual ch. 30"),
    checked=date(2026, 11, 26),
    message="Line {line} has {modifier}; Medicare will deny {charge}.",
    fix="Confirm that the denial is wanted; look for a covered reason first.",
    when=("claim.is_medicare", "line.modifiers"),
)
def expected_denial_modifier(claim: Claim, line: Line) -> Verdict:
    """
    A line is marked as expected to be denied.

    GZ is denied automatically and the provider bears it; GY is denied as never covered and the
    patient does. A person confirms that this is what was meant, then the claim goes on.
    """
    if not line.modifiers or not claim.is_medicare:
        return PASS
    for modifier in DENIED:
        if modifier in line.modifiers:
            return fail(
                line.at("modifiers"),
                line,
                line=line.number,
                modifier=modifier,
                charge="the line" if line.charge is None else line.charge,
            )
    return PASS
