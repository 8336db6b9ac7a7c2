"""A professional line points to no diagnosis."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail

MOST_POINTERS = 4


@line_edit(
    id="diagnosis-pointer-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional",),
    fields=("lines[].diagnosis_pointers", "type"),
    status_code=("A7:477",),
    carc=("16",),
    source="837P 2400 SV107-1 to SV107-4",
    checked=date(2026, 11, 24),
    message="Line {line} has {count} diagnosis pointers; 1 to 4 different ones are needed.",
    fix="Point the line to the diagnosis that justifies it, most important first.",
)
def diagnosis_pointer_missing(claim: Claim, line: Line) -> Verdict:
    """
    A professional line points to no diagnosis.

    The pointers say which diagnosis justifies the line, the most important first; the guide has
    room for four.
    """
    pointers = line.diagnosis_pointers
    count = len(pointers)
    if 1 <= count <= MOST_POINTERS:
        if count == 1 or len(set(pointers)) == count:
            return PASS
        at = line.at("diagnosis_pointers")
        return fail(at, line, severity="warn", line=line.number, count=count)
    if not claim.diagnoses:
        return PASS
    return fail(line.at("diagnosis_pointers"), line, line=line.number, count=count)
