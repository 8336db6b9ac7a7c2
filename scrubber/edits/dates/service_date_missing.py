"""A service line has no service date."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, line_edit
from scrubber.edits.verdict import PASS, Verdict, fail

UNDATED_REVENUE_CODES = ("0001", "0022", "0023", "0024")


@line_edit(
    id="service-date-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].service_from",
        "lines[].service_to",
        "type",
        "type_of_bill",
        "lines[].procedure",
    ),
    status_code=("A6:187",),
    carc=("16",),
    source="837P 2400 DTP*472; 837I 2400 DTP*472; I/OCE edit 23",
    checked=date(2026, 11, 24),
    message="Line {line} has no service date.",
    fix="Enter the date the service was performed.",
)
def service_date_missing(claim: Claim, line: Line) -> Verdict:
    """
    A service line has no service date.

    A professional or dental service has its own date. A hospital line takes that of a one-day
    statement; inpatient lines and lines without a procedure need none.
    """
    if line.service_from is not None or claim.predetermination:
        return PASS
    if claim.type == "institutional" and (
        claim.is_inpatient
        or not line.procedure
        or line.revenue_code in UNDATED_REVENUE_CODES
        or (claim.statement_from is not None and claim.statement_from == claim.statement_to)
    ):
        return PASS
    return fail(line.at("service_from"), line, line=line.number)
