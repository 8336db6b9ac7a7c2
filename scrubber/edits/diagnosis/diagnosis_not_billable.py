"""The diagnosis code is a heading that needs more characters."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import is_icd_10, is_other_edits, strictness
from scrubber.edits.edit import EVERY_TYPE, diagnosis_edit
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.diagnosis_codes import DiagnosisView


@diagnosis_edit(
    id="diagnosis-not-billable",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("diagnoses[].code", "lines[].service_from", "statement_to", "type"),
    data=("icd-10-cm",),
    status_code=("A7:255", "A7:772"),
    carc=("16",),
    source="ICD-10-CM Official Guidelines section I.B.2 (highest specificity); 837 2300 HI",
    checked=date(2026, 11, 24),
    message=(
        "Diagnosis {code} is a category; it needs a more specific code such as one of {candidates}."
    ),
    fix="Choose the full code the record supports.",
)
def diagnosis_not_billable(
    claim: Claim, diagnosis: Diagnosis, first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    The diagnosis code is a heading that needs more characters.

    Codes are reported at their full number of characters, and length says nothing: what counts
    is whether longer codes existed on the date. Candidates are offered, never put in.

    Not checked here: a code that lacks its seventh character alone
    (`diagnosis-seventh-character-invalid`).
    """
    code = diagnosis.code
    status = last.status(code)
    if status == "billable" or not is_icd_10(diagnosis, last.day):
        return PASS
    earlier = first.status(code)
    if earlier == "billable" or "heading" not in (status, earlier):
        return PASS
    if is_other_edits(claim, diagnosis, last):
        return PASS
    view = last if status == "heading" else first
    return fail(
        diagnosis.at("code"),
        severity=strictness(claim),
        code=code,
        candidates=view.candidates(code),
    )
