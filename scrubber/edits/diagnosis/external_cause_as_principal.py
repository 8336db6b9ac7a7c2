"""An external cause code is used as the principal diagnosis."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._position import first_position
from scrubber.edits.edit import diagnosis_edit
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.diagnosis_codes import DiagnosisView

EXTERNAL_CAUSE_LETTERS = ("V", "W", "X", "Y")


@diagnosis_edit(
    id="external-cause-as-principal",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "diagnoses[].code",
        "diagnoses[].role",
        "lines[].diagnosis_pointers",
        "lines[].service_from",
        "statement_to",
    ),
    data=("icd-10-cm",),
    partial_data=True,
    status_code=("A7:254", "A7:509"),
    carc=("16",),
    source="I/OCE edit 5; MCE external cause as principal; ICD-10-CM Guidelines I.C.20.a.6",
    checked=date(2026, 11, 24),
    message="Diagnosis {code} describes a cause and cannot stand first.",
    fix="List the injury or condition first, the cause after it.",
)
def external_cause_as_principal(
    claim: Claim, diagnosis: Diagnosis, _first: DiagnosisView | None, last: DiagnosisView | None
) -> Verdict:
    """
    An external cause code is used as the principal diagnosis.

    Codes V00 to Y99 say how an injury came about. The injury itself stands first; the cause may
    follow. Where no table covers the date the letter decides, and the evidence says so.
    """
    code = diagnosis.code
    if code[:1] not in EXTERNAL_CAUSE_LETTERS or diagnosis.code_system not in ("", "ICD-10-CM"):
        return PASS
    stated = last.external_cause(code) if last is not None else None
    place = first_position(claim, diagnosis)
    if stated is False or not place:
        return PASS
    return fail(
        diagnosis.at("code"),
        severity="warn" if place == "line" else None,
        code=code,
        basis="table" if stated else "first letter only",
    )
