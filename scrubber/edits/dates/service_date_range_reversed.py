"""The end of a date range is before its start."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, fail


def _reversed(at: str, where: str, start: date, end: date, *lines: Line) -> Fail:
    return fail(at, *lines, where=where, to=end, from_=start)


@claim_edit(
    id="service-date-range-reversed",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].service_from",
        "lines[].service_to",
        "statement_from",
        "statement_to",
        "occurrence_spans[].from",
        "occurrence_spans[].to",
    ),
    status_code=("A7:187", "A7:188"),
    source="837P 2400 DTP*472 (RD8); 837I 2300 DTP*434",
    checked=date(2026, 11, 24),
    message="{where} ends {to}, before it starts {from}.",
    fix="Swap or correct the dates.",
)
def service_date_range_reversed(claim: Claim) -> Verdict:
    """
    The end of a date range is before its start.

    One of the two dates was mistyped, or they were swapped.
    """
    complaints = []
    for line in claim.lines:
        start, end = line.service_from, line.service_to
        if end is not None and start is not None and end < start:
            complaints.append(
                _reversed(line.at("service_to"), f"Line {line.number}", start, end, line)
            )
    start, end = claim.statement_from, claim.statement_to
    if end is not None and start is not None and end < start:
        complaints.append(_reversed("/statement_to", "The statement period", start, end))
    for i, (_, start, end) in enumerate(claim.occurrence_spans):
        if end is not None and start is not None and end < start:
            where = f"Occurrence span {i + 1}"
            complaints.append(_reversed(f"/occurrence_spans/{i}/to", where, start, end))
    return tuple(complaints) or PASS
