"""A companion code that the tabular asks for is not on the claim."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.diagnosis_codes import DiagnosisView

MOST_SHOWN = 8


@claim_edit(
    id="use-additional-code-missing",
    severity="info",
    status="preview",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code",),
    data=("icd-10-cm",),
    source="ICD-10-CM Guidelines I.A.13, I.A.17",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} usually comes with one of {named}.",
    fix="Check the record for the companion condition.",
)
def use_additional_code_missing(claim: Claim, codes: DiagnosisView) -> Verdict:
    """
    A companion code that the tabular asks for is not on the claim.

    Only notes that ask for one thing are looked at, such as the stage of a kidney disease or the
    organism of an infection. What may apply or not, and lists of habits and histories of which a
    patient may have none, are never missing.
    """
    if not claim.diagnoses:
        return PASS
    notes = codes.tabular
    if notes is None:
        return no_data("icd-10-cm", codes.day)
    complaints = []
    for one in claim.diagnoses:
        for asked in notes.companions(one.code):
            if all(
                asked.beginnings.isdisjoint(notes.beginnings(each.code)) for each in claim.diagnoses
            ):
                named = asked.printed[:MOST_SHOWN]
                complaints.append(
                    fail(one.at("code"), code=one.code, named=named, edition=notes.version)
                )
    return several(complaints)
