"""The patient's age is outside the usual range of the diagnosis (professional)."""

from datetime import date

from scrubber.claim.calendar import completed_years
from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import is_icd_10
from scrubber.edits.edit import diagnosis_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.diagnosis_codes import ANY_AGE, DiagnosisView


@diagnosis_edit(
    id="diagnosis-age-unusual",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "diagnoses[].code",
        "patient.birth_date",
        "payers[].subscriber.birth_date",
        "payers[].relationship",
        "lines[].service_from",
    ),
    data=("icd-10-cm",),
    carc=("9",),
    source="Payer policies built on the MCE age lists",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} is usually limited to ages {lo} to {hi}.",
    fix="Check the birth date and the code.",
)
def diagnosis_age_unusual(
    claim: Claim, diagnosis: Diagnosis, _first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    The patient's age is outside the usual range of the diagnosis (professional).

    Newborn, pediatric, maternity and adult codes have ages, in completed years on the days of the
    lines that point to the code. Professional claims have no official edit of this kind, so a
    person looks.

    Not checked here: institutional claims (`diagnosis-age-conflict`).
    """
    ages = last.age_range(diagnosis.code)
    if ages is ANY_AGE:
        return PASS
    born = claim.patient.birth_date
    begin, end = diagnosis.first_day, diagnosis.last_day
    if born is None or begin is None or end is None or not is_icd_10(diagnosis, end):
        return PASS
    if ages is None:
        return no_data("icd-10-cm", last.day)
    low, high = ages
    if low <= completed_years(born, begin) and completed_years(born, end) <= high:
        return PASS
    return fail(diagnosis.at("code"), code=diagnosis.code, lo=low, hi=high)
