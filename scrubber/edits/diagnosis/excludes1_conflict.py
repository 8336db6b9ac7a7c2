"""Two diagnoses exclude each other by an Excludes1 note."""

from datetime import date
from itertools import combinations

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import coded_together
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.diagnosis_codes import DiagnosisView


@claim_edit(
    id="excludes1-conflict",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code",),
    data=("icd-10-cm",),
    source="ICD-10-CM Guidelines I.A.12.a (with the 2015 exception for unrelated conditions)",
    checked=date(2026, 11, 26),
    message="Diagnoses {code_a} and {code_b} exclude each other (note at {note_code}).",
    fix="Keep one, or document that the conditions are unrelated.",
)
def excludes1_conflict(claim: Claim, codes: DiagnosisView) -> Verdict:
    """
    Two diagnoses exclude each other by an Excludes1 note.

    The note stands at one code, or at its category, block or chapter, and binds both. Unrelated
    conditions may stand together all the same, so a person looks. What was suspected at the
    admission, and diagnoses of different days, are not reported together.
    """
    if len(claim.diagnoses) < 2:  # noqa: PLR2004 (two of them)
        return PASS
    notes = codes.tabular
    if notes is None:
        return no_data("icd-10-cm", codes.day)
    complaints = []
    for one, two in combinations(coded_together(claim), 2):
        at = notes.conflict(one.code, two.code)
        if at and _meet(one, two):
            complaints.append(
                fail(
                    two.at("code"),
                    code_a=one.code,
                    code_b=two.code,
                    note_code=at,
                    edition=notes.version,
                )
            )
    return several(complaints)


def _meet(one: Diagnosis, two: Diagnosis) -> bool:
    """Tell whether there is a day for which both diagnoses stand, as far as is known."""
    if (
        one.first_day is None
        or one.last_day is None
        or two.first_day is None
        or two.last_day is None
    ):
        return True
    return one.first_day <= two.last_day and two.first_day <= one.last_day
