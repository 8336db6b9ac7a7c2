"""A pregnancy code has no weeks-of-gestation code."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

WEEKS = "Z3A"
#: Guidelines I.C.21.c.11: not for abortive outcomes (O00-O08), nor after the delivery (O85-O94).
WITHOUT_WEEKS = (
    *(f"O0{digit}" for digit in range(9)),
    "O80",
    *(f"O{number}" for number in range(85, 95)),
)


@claim_edit(
    id="gestation-weeks-missing",
    severity="info",
    status="preview",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code",),
    source=("ICD-10-CM chapter 15 note (use additional code from Z3A); Guidelines I.C.21.c.11"),
    checked=date(2026, 11, 26),
    message="Pregnancy code {code} has no Z3A code for the week of gestation.",
    fix="Add the Z3A code if the week is known.",
)
def gestation_weeks_missing(claim: Claim) -> Verdict:
    """
    A pregnancy code has no weeks-of-gestation code.

    Codes O09 to O9A ask for one. A pregnancy that was lost or ended has no week, and after the
    delivery it is over.
    """
    for one in claim.diagnoses:
        if one.code[:1] == "O" and not one.code.startswith(WITHOUT_WEEKS):
            if any(each.code.startswith(WEEKS) for each in claim.diagnoses):
                return PASS
            return fail(one.at("code"), code=one.code)
    return PASS
