"""The service date is outside the national coverage period."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.outpatient_codes import OutpatientView


@line_edit(
    id="ncd-service-outside-coverage-period",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("lines[].procedure", "lines[].service_from", "type_of_bill"),
    data=("ioce",),
    carc=("50", "96"),
    source="I/OCE edits 67, 68, 69, 83, 110, 134, 136",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} on {date} is outside its approval period.",
    fix="Check the date; hold the charge as non-covered if right.",
    when=("claim.is_medicare",),
)
def ncd_service_outside_coverage_period(claim: Claim, line: Line, table: OutpatientView) -> Verdict:
    """
    The service date is outside the national coverage period.

    Drugs, vaccines and services under a national determination are covered from the day of their
    approval until its last day, which may lie within a quarter. The editor keeps these dates for
    outpatient bills.
    """
    code, day = line.procedure, line.service_from
    if not table.has_approval(code) or day is None or claim.is_inpatient or not claim.is_medicare:
        return PASS
    approval = table.approval(code)
    if approval is None:
        return no_data("ioce", line.day)
    if approval.holds(day):
        return PASS
    return fail(
        line.at("service_from"),
        line,
        line=line.number,
        procedure=code,
        date=day,
        approved=approval.approved or "(no date)",
        terminated=approval.terminated or "(no date)",
    )
