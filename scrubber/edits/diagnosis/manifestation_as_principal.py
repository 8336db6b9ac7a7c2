"""A manifestation code is used as the principal diagnosis."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._position import first_position
from scrubber.edits.edit import diagnosis_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, no_data
from scrubber.reference.diagnosis_codes import DiagnosisView


@diagnosis_edit(
    id="manifestation-as-principal",
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
    status_code=("A7:254",),
    carc=("16",),
    source="I/OCE edit 86; MCE manifestation as principal; ICD-10-CM Guidelines I.A.13",
    checked=date(2026, 11, 24),
    message="Diagnosis {code} is a manifestation and cannot stand first.",
    fix="List the underlying disease first.",
)
def manifestation_as_principal(
    claim: Claim, diagnosis: Diagnosis, _first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    A manifestation code is used as the principal diagnosis.

    A manifestation is the effect of another disease, which stands before it.
    """
    if not diagnosis.code or diagnosis.code_system not in ("", "ICD-10-CM"):
        return PASS
    stated = last.manifestation(diagnosis.code)
    if stated is False:
        return PASS
    place = first_position(claim, diagnosis)
    if not place:
        return PASS
    if stated is None:
        return no_data("icd-10-cm", last.day) if place == "claim" else PASS
    severity: Severity | None = "warn" if place == "line" else None
    return fail(diagnosis.at("code"), severity=severity, code=diagnosis.code)
