"""A professional claim has no place of service."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@line_edit(
    id="place-of-service-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "dental"),
    fields=("place_of_service", "lines[].place_of_service", "type"),
    status_code=("A6:249",),
    carc=("16",),
    source="837P 2300 CLM05-1, 2400 SV105",
    checked=date(2026, 11, 24),
    message="Line {line} has no place of service.",
    fix="Add the two-digit place code.",
)
def place_of_service_missing(_claim: Claim, line: Line) -> Verdict:
    """
    A professional claim has no place of service.

    A line's own place of service overrides the claim's; one of the two is needed.
    """
    if line.place_of_service:
        return PASS
    return fail(line.at("place_of_service"), line, line=line.number)
