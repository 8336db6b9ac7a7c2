"""An inpatient claim has no admitting diagnosis."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import ACUTE, VOID, frequency_of, kind_of_bill
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail

WITH_ADMISSION = ("12", "18", "21")


@claim_edit(
    id="admitting-diagnosis-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("diagnoses[].role", "diagnoses[].code", "type_of_bill", "claim_frequency_code"),
    can_bypass=True,
    status_code=("A6:232",),
    carc=("16",),
    source="837I 2300 HI*ABJ",
    checked=date(2026, 11, 26),
    message="The admitting diagnosis is missing.",
    fix="Add the diagnosis given at admission.",
)
def admitting_diagnosis_missing(claim: Claim) -> Verdict:
    """
    An inpatient claim has no admitting diagnosis.

    What the physician thought on admission, beside what it turned out to be. Hospital inpatient
    bills have it; on other bills with an admission date a person looks. A void needs none.
    """
    kind = kind_of_bill(claim)
    if kind != ACUTE and not (kind in WITH_ADMISSION and claim.admission.date):
        return PASS
    for diagnosis in claim.diagnoses:
        if diagnosis.role == "admitting":
            return PASS
    if frequency_of(claim) == VOID:
        return bypassed("frequency 8 voids an earlier bill")
    return fail("/diagnoses", severity=None if kind == ACUTE else "review")
