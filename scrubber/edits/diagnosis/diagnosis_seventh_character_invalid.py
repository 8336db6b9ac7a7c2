"""The 7th character of the diagnosis is missing or not allowed."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import is_icd_10, strictness
from scrubber.edits.edit import diagnosis_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.diagnosis_codes import DiagnosisView


@diagnosis_edit(
    id="diagnosis-seventh-character-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code",),
    data=("icd-10-cm",),
    status_code=("A7:255", "A7:772"),
    source="ICD-10-CM Official Guidelines I.A.4, I.A.5",
    checked=date(2026, 11, 26),
    message=("Diagnosis {code} needs a 7th character from {allowed}, with X in unused positions."),
    fix="Add A, D, S (or the listed letters) after filling with X.",
)
def diagnosis_seventh_character_invalid(
    claim: Claim, diagnosis: Diagnosis, _first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    The 7th character of the diagnosis is missing or not allowed.

    The tabular list says which codes take one; which characters were allowed is what was in
    force on the date. A, D and S are no count of visits: A is active treatment, however often.

    Not checked here: a heading whose subcategory is still to be chosen
    (`diagnosis-not-billable`).
    """
    code = diagnosis.code
    allowed = last.seventh_characters(code)
    if allowed == () or not is_icd_10(diagnosis, last.day):
        return PASS
    if allowed is None:
        return no_data("icd-10-cm", last.day)
    if last.status(code) == "unknown" and not last.covers(claim.received):
        return no_data("icd-10-cm", claim.received)
    return fail(diagnosis.at("code"), severity=strictness(claim), code=code, allowed=allowed)
