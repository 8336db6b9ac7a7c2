"""The diagnosis does not fit the patient's sex (retired)."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import NOT_EDITED
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data, several
from scrubber.reference.mce import FEMALE, MALE, MceView

OTHER_SEX = {"F": MALE, "M": FEMALE}
AMBIGUOUS_GENDER = "45"  # condition code


@claim_edit(
    id="diagnosis-sex-conflict",
    severity="info",
    status="retired",
    added="next",
    applies_to=("institutional",),
    until=date(2024, 9, 30),
    fields=(
        "diagnoses[].code",
        "patient.sex",
        "payers[].subscriber.sex",
        "condition_codes",
        "statement_to",
    ),
    data=("mce",),
    partial_data=True,
    can_bypass=True,
    status_code=("A7:86",),
    carc=("10",),
    source="MCE sex conflict, deactivated 2024-10-01; I/OCE edit 3 (inactive)",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} was limited by sex under the edit in force until 2024-09-30.",
    fix="Nothing for dates from 2024-10-01; for older dates use condition code 45 when correct.",
)
def diagnosis_sex_conflict(claim: Claim, editor: MceView | None) -> Verdict:
    """
    The diagnosis does not fit the patient's sex (retired).

    The editors compared codes of one sex with the patient's until CMS took the edit away on
    2024-10-01. It is kept so that old findings can be read, and never runs.
    """
    other = OTHER_SEX.get(claim.patient.sex)
    if other is None:
        return bypassed("sex is unknown") if claim.patient.sex == "U" else PASS
    limited = editor.lists.get(other) if editor else None
    if limited is None:
        return no_data("mce", claim.day)
    complaints = [
        fail(diagnosis.at("code"), code=diagnosis.code)
        for diagnosis in claim.diagnoses
        if diagnosis.code in limited and diagnosis.role not in NOT_EDITED
    ]
    if complaints and AMBIGUOUS_GENDER in claim.condition_codes:
        return bypassed("condition code 45")
    return several(complaints)
