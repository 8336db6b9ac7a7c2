"""The patient's age is outside the official range of the diagnosis (institutional)."""

from datetime import date

from scrubber.claim.calendar import completed_years
from scrubber.claim.model import Claim
from scrubber.edits.diagnosis._scope import is_icd_10
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.diagnosis_codes import ANY_AGE, AgeRange, DiagnosisView
from scrubber.reference.mce import MceView


@claim_edit(
    id="diagnosis-age-conflict",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "diagnoses[].code",
        "patient.birth_date",
        "payers[].subscriber.birth_date",
        "payers[].relationship",
        "statement_from",
        "admission.date",
    ),
    data=("icd-10-cm", "mce"),
    partial_data=True,
    status_code=("A7:255", "A7:158:QC"),
    carc=("9",),
    source=(
        "I/OCE edit 2 (return to provider); MCE age conflict (newborn 0, pediatric 0 to 17, "
        "maternity 9 to 64, adult 15 to 124)"
    ),
    checked=date(2026, 11, 26),
    message="Diagnosis {code} is limited to ages {lo} to {hi}; the patient is outside.",
    fix="Check the birth date first, then the code.",
)
def diagnosis_age_conflict(
    claim: Claim, codes: DiagnosisView | None, editor: MceView | None
) -> Verdict:
    """
    The patient's age is outside the official range of the diagnosis (institutional).

    Newborn, pediatric, maternity and adult codes have ages, in completed years: on admission of an
    inpatient, by the Medicare Code Editor, else on the first day of the statement, by the
    outpatient editor. Where the inpatient lists are not loaded, the outpatient editor's answer:
    both are made from the same lists.
    """
    born = claim.patient.birth_date
    day = claim.admission.date if claim.is_inpatient else claim.statement_from
    if born is None or day is None or not claim.diagnoses:
        return PASS
    age = completed_years(born, day)
    listed = editor.ages if editor is not None and claim.is_inpatient else None
    complaints = []
    for diagnosis in claim.diagnoses:
        code = diagnosis.code
        ages: AgeRange | None
        if listed is not None:
            ages = listed.get(code, ANY_AGE)
        else:
            ages = codes.age_range(code) if codes is not None else None
            if ages is None:
                return no_data("mce" if claim.is_inpatient else "icd-10-cm", claim.day)
        if not ages[0] <= age <= ages[1] and is_icd_10(diagnosis, claim.day):
            complaints.append(
                fail(
                    diagnosis.at("code"),
                    severity=None if claim.is_medicare else "review",
                    code=code,
                    lo=ages[0],
                    hi=ages[1],
                )
            )
    return several(complaints)
