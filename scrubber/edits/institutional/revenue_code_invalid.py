"""A line has no valid revenue code."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.institutional._bill import revenue_code
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.revenue_codes import RevenueView


@line_edit(
    id="revenue-code-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("lines[].revenue_code", "lines[].service_from", "statement_to"),
    data=("ioce-revenue",),
    partial_data=True,
    status_code=("A7:455",),
    carc=("16",),
    source="837I 2400 SV201; I/OCE edit 41",
    checked=date(2026, 11, 26),
    message="Line {line}: revenue code {value} is not valid.",
    fix="Use a four-digit revenue code.",
)
def revenue_code_invalid(claim: Claim, line: Line, codes: RevenueView | None) -> Verdict:
    """
    A line has no valid revenue code.

    Four digits, of which feeds leave out the first when it is 0. A code that the list holds only
    for another time is looked at by a person; one that it never held was mistyped, unless the
    list ends before the claim was received.
    """
    code = revenue_code(line)
    if not code:
        return fail(
            line.at("revenue_code"), line, line=line.number, value=line.revenue_code or "missing"
        )
    if codes is None:
        return no_data("ioce-revenue", line.day)
    status = codes.status(code)
    if status == "in_force":
        return PASS
    if status == "unknown" and not codes.covers(claim.received):
        return no_data("ioce-revenue", claim.received)
    return fail(
        line.at("revenue_code"),
        line,
        severity="review" if status == "other_dates" else None,
        line=line.number,
        value=code,
    )
