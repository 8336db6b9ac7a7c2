"""The same diagnosis is listed twice."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several

FINAL_ROLES = ("principal", "other", "")


@claim_edit(
    id="diagnosis-duplicate",
    severity="warn",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("diagnoses[].code", "diagnoses[].role"),
    status_code=("A7:255",),
    source="MCE duplicate of principal diagnosis; 837 TR3 HI notes",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} appears at positions {positions}.",
    fix="Remove the repeat and correct the pointers that used it.",
)
def diagnosis_duplicate(claim: Claim) -> Verdict:
    """
    The same diagnosis is listed twice.

    An admitting diagnosis or a reason for the visit may be the principal again. Pointers are
    positions: whoever takes an entry out shifts those behind it.
    """
    diagnoses = claim.diagnoses
    if len({one.code for one in diagnoses}) == len(diagnoses):
        return PASS
    positions: dict[str, list[int]] = {}
    for one in diagnoses:
        if one.code and one.role in FINAL_ROLES:
            positions.setdefault(one.code, []).append(one.index)
    return several(
        [
            fail(
                diagnoses[found[1]].at("code"),
                code=code,
                positions=tuple(str(index + 1) for index in found),
            )
            for code, found in positions.items()
            if len(found) > 1
        ]
    )
