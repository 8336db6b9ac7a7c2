"""A diagnosis leaves the side open although left and right codes exist."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.diagnosis_codes import DiagnosisView


@claim_edit(
    id="unspecified-side-diagnosis",
    severity="warn",
    status="active",
    added="0.1.0",
    applies_to=("professional",),
    fields=("diagnoses[].code",),
    data=("icd-10-cm",),
    source="ICD-10-CM Guidelines I.B.13 (laterality), I.B.18 (unspecified codes)",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} leaves the side open; {candidates} name it.",
    fix="Take the side from the record.",
)
def unspecified_side_diagnosis(claim: Claim, codes: DiagnosisView) -> Verdict:
    """
    A diagnosis leaves the side open although left and right codes exist.

    The titles say it: "unspecified" stands where the codes beside it have right and left.

    Not checked here: inpatient bills (`mce-unspecified-code`).
    """
    if not claim.diagnoses:
        return PASS
    notes = codes.tabular
    if notes is None:
        return no_data("icd-10-cm", codes.day)
    complaints = []
    for one in claim.diagnoses:
        if sides := notes.sided(one.code):
            at = one.at("code")
            complaints.append(fail(at, code=one.code, candidates=sides, edition=notes.version))
    return several(complaints)
