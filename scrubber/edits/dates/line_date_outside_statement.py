"""A line date lies outside the statement period."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@line_edit(
    id="line-date-outside-statement",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("institutional",),
    fields=("lines[].service_from", "lines[].service_to", "statement_from", "statement_to"),
    status_code=("A8:187", "A8:188"),
    carc=("16",),
    source="I/OCE edit 23; 837I 2300 DTP*434, 2400 DTP*472",
    checked=date(2026, 11, 26),
    message="Line {line} is dated {date}, outside the statement period {from} to {to}.",
    fix="Correct the line date or the statement period, or bill the line on another claim.",
)
def line_date_outside_statement(claim: Claim, line: Line) -> Verdict:
    """
    A line date lies outside the statement period.

    Services of the days before an admission stand on the inpatient bill and precede some payers'
    statement period, so there a person looks.

    Not checked here: a period that ends before it begins (`service-date-range-reversed`).
    """
    start, end = line.service_from, line.service_to
    first, last = claim.statement_from, claim.statement_to
    if start is None or end is None or first is None or last is None:
        return PASS
    if (first <= start and end <= last) or last < first:
        return PASS
    field, day = ("service_from", start) if not first <= start <= last else ("service_to", end)
    return fail(
        line.at(field),
        line,
        severity="review" if claim.is_inpatient else None,
        line=line.number,
        date=day,
        to=last,
        from_=first,
    )
