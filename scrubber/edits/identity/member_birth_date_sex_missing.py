"""The birth date and the sex of the patient."""

from datetime import date

from scrubber.claim.calendar import add_months
from scrubber.claim.model import NO_PATIENT, Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._insured import PROPERTY_AND_CASUALTY, patient_at
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, several

OLDEST_YEARS = 124


def _birth_date_fault(born: date | None, claim: Claim) -> str:
    if born is None:
        return "missing"
    if born > claim.received_latest:
        return "after the day the claim was received"
    first = claim.day
    if claim.is_inpatient:  # whose day is its last
        starts = (line.service_from for line in claim.lines if line.service_from)
        first = min(starts, default=first)
    if born.year + OLDEST_YEARS <= first.year and add_months(born, 12 * OLDEST_YEARS) < first:
        return f"more than {OLDEST_YEARS} years before the service"
    return ""


def _sex_fault(sex: str, claim: Claim) -> tuple[str, Severity | None]:
    if sex == "X":
        return "sent as U in version 005010", "warn"
    if sex:
        return "none of F, M, U and X", None
    other_party = claim.destination.filing_indicator in PROPERTY_AND_CASUALTY
    return "missing", "warn" if other_party else None


@claim_edit(
    id="member-birth-date-sex-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "payers[].relationship",
        "payers[].subscriber.birth_date",
        "payers[].subscriber.sex",
        "patient.birth_date",
        "patient.sex",
        "lines[].service_from",
    ),
    status_code=("A7:158:QC", "A7:157:QC"),
    carc=("16",),
    source="837 2010BA/2010CA DMG02, DMG03; I/OCE edit 25 (age 0 to 124)",
    checked=date(2026, 11, 26),
    message="The patient's {field} is {problem}.",
    fix="Correct the demographic record.",
)
def member_birth_date_sex_missing(claim: Claim) -> Verdict:
    """
    The patient's birth date or sex is missing or impossible.

    Only the patient counts: of a subscriber who is another person neither is needed. U is a
    valid sex; X is sent as U. In property and casualty cases the sex may be left out.

    Not checked here: a service before birth (`service-date-before-birth`), a claim that says of
    nobody that he is the patient (`relationship-inconsistent`).
    """
    patient = claim.patient
    if patient is NO_PATIENT:
        return PASS
    complaints = []
    if problem := _birth_date_fault(patient.birth_date, claim):
        at = f"{patient_at(claim)}/birth_date"
        complaints.append(fail(at, field="birth date", problem=problem))
    if patient.sex not in ("F", "M", "U"):
        problem, severity = _sex_fault(patient.sex, claim)
        at = f"{patient_at(claim)}/sex"
        complaints.append(fail(at, severity=severity, field="sex", problem=problem))
    return several(complaints)
