"""The admission date is missing or does not fit the stay."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail

INPATIENT_PLACES = frozenset(("21", "51", "61"))
FIRST_VISIT, LAST_VISIT = "99221", "99239"
PAYMENT_WINDOW = 3  # days before the admission that the bill may begin


def _is_visit(line: Line) -> bool:
    return FIRST_VISIT <= line.procedure <= LAST_VISIT


def _professional(claim: Claim) -> Verdict:
    if claim.admission.date is not None:
        return PASS
    inside = [line for line in claim.lines if line.place_of_service in INPATIENT_PLACES]
    if not inside:
        return PASS
    visits = [line for line in inside if _is_visit(line)]
    severity: Severity = "review" if visits else "warn"
    return fail("/admission/date", *(visits or inside), severity=severity, problem="missing")


@claim_edit(
    id="admission-date-inconsistent",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "admission.date",
        "place_of_service",
        "type_of_bill",
        "statement_from",
        "lines[].service_from",
        "claim_frequency_code",
    ),
    status_code=("A7:189",),
    source="837I 2300 DTP*435 (inpatient); 837P 2300 DTP*435 (inpatient visits)",
    checked=date(2026, 11, 26),
    message="The admission date is {problem}.",
    fix="Enter the date the patient was admitted as inpatient.",
)
def admission_date_inconsistent(claim: Claim) -> Verdict:
    """
    The admission date is missing or does not fit the stay.

    The bill may begin up to three days before the admission (payment window); a longer lead is
    another payer's window or a mistake. An admission before the bill begins is normal: interim
    bills continue a stay.
    """
    if claim.type == "professional":
        return _professional(claim)
    if not claim.is_inpatient:
        return PASS
    admitted = claim.admission.date
    if admitted is None:
        return fail("/admission/date", problem="missing")
    if claim.statement_to is not None and admitted > claim.statement_to:
        return fail("/admission/date", problem="after the end of the stay")
    start = claim.statement_from
    if start is not None and (admitted - start).days > PAYMENT_WINDOW:
        problem = f"more than {PAYMENT_WINDOW} days after the bill begins"
        return fail("/admission/date", severity="review", problem=problem)
    return PASS
