"""Service line numbers are repeated or not positive."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, several


@claim_edit(
    id="line-number-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("lines[].number",),
    status_code=("A7:247",),
    source="837 2400 LX01",
    checked=date(2026, 11, 26),
    message="Line number {number} is {problem}.",
    fix="Number the lines 1 to n without repeats.",
)
def line_number_invalid(claim: Claim) -> Verdict:
    """
    Service line numbers are repeated or not positive.

    Answers are joined to lines by number, and a repeat joins them to the wrong line. Gaps and
    another order are a note: whoever writes the 837 numbers anew.
    """
    misplaced = None
    for line in claim.lines:
        if line.number != line.index + 1:
            misplaced = line
            break
    if misplaced is None:
        return PASS
    seen: set[int] = set()
    complaints: list[Fail] = []
    for line in claim.lines:
        number = line.number
        if number < 1:
            complaints.append(fail(line.at("number"), line, number=number, problem="not positive"))
        elif number in seen:
            complaints.append(fail(line.at("number"), line, number=number, problem="repeated"))
        seen.add(number)
    if complaints:
        return several(complaints)
    at, problem = misplaced.at("number"), "not its position"
    return fail(at, misplaced, severity="warn", number=misplaced.number, problem=problem)
