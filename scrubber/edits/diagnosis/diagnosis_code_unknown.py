"""A diagnosis code does not exist in ICD-10-CM."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import is_icd_10, is_other_edits, strictness
from scrubber.edits.edit import EVERY_TYPE, diagnosis_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, no_data
from scrubber.reference.diagnosis_codes import DiagnosisView


@diagnosis_edit(
    id="diagnosis-code-unknown",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("diagnoses[].code",),
    data=("icd-10-cm",),
    status_code=("A7:255",),
    carc=("16",),
    source="45 CFR 162.1002; I/OCE edit 1; MCE invalid diagnosis",
    checked=date(2026, 11, 24),
    message="Diagnosis {code} (position {position}) does not exist in ICD-10-CM.",
    fix="Look the code up again; check for a mistyped letter O or I.",
)
def diagnosis_code_unknown(
    claim: Claim, diagnosis: Diagnosis, _first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    A diagnosis code does not exist in ICD-10-CM.

    A code that no edition knows was mistyped, unless it is newer than the editions: what they
    do not cover may be a new code.

    Not checked here: a heading (`diagnosis-not-billable`), a code of another period
    (`diagnosis-not-valid-on-date`), a wrong seventh character
    (`diagnosis-seventh-character-invalid`), an ICD-9 code (`diagnosis-icd9`).
    """
    code = diagnosis.code
    if last.status(code) != "unknown" or not is_icd_10(diagnosis, last.day):
        return PASS
    if is_other_edits(claim, diagnosis, last):
        return PASS
    if not last.covers(claim.received):
        return no_data("icd-10-cm", claim.received)
    severity: Severity | None = "review" if claim.type == "dental" else strictness(claim)
    return fail(diagnosis.at("code"), severity=severity, code=code, position=diagnosis.index + 1)
