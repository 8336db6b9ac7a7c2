"""A line points to a diagnosis that is not on the claim."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@line_edit(
    id="diagnosis-pointer-out-of-range",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional",),
    fields=("lines[].diagnosis_pointers", "diagnoses[].code"),
    status_code=("A7:477",),
    carc=("16",),
    source="837P 2400 SV107 (1 to 12)",
    checked=date(2026, 11, 24),
    message="Line {line} points to diagnosis {pointer}; the claim has {count}.",
    fix="Correct the pointer or add the diagnosis.",
)
def diagnosis_pointer_out_of_range(claim: Claim, line: Line) -> Verdict:
    """
    A line points to a diagnosis that is not on the claim.

    Pointers count from 1; letters stand for their place in the alphabet.
    """
    count = len(claim.diagnoses)
    for i, pointer in enumerate(line.diagnosis_pointers):
        if not 1 <= pointer <= count:
            at = line.at(f"diagnosis_pointers/{i}")
            return fail(at, line, line=line.number, pointer=pointer, count=count)
    return PASS
