"""An ICD-9 code is used after the switch to ICD-10."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import ICD_10_START, looks_like_icd_9, strictness
from scrubber.edits.edit import diagnosis_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.diagnosis_codes import DiagnosisView


@diagnosis_edit(
    id="diagnosis-icd9",
    severity="reject",
    status="active",
    added="0.1.0",
    since=ICD_10_START,
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code", "lines[].service_from", "statement_to"),
    data=("icd-10-cm",),
    status_code=("A7:255", "A7:508"),
    source="45 CFR 162.1002(c); 837 2300 HI qualifier ABK versus BK",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} looks like ICD-9; dates from 2015-10-01 need ICD-10-CM.",
    fix="Code the diagnosis in ICD-10-CM.",
)
def diagnosis_icd9(
    claim: Claim, diagnosis: Diagnosis, _first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    An ICD-9 code is used after the switch to ICD-10.

    Codes that begin with V or E are in both systems; only one that ICD-10-CM does not know is an
    old one.
    """
    code = diagnosis.code
    if last.status(code) != "unknown" or not looks_like_icd_9(diagnosis):
        return PASS
    if not last.covers(claim.received):
        return no_data("icd-10-cm", claim.received)
    return fail(diagnosis.at("code"), severity=strictness(claim), code=code)
