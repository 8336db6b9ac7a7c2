"""A sequela code stands before the residual condition."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

INJURY_LETTERS = ("S", "T")
SEVEN = 7


@claim_edit(
    id="sequela-code-first-listed",
    severity="info",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code", "diagnoses[].role"),
    source="ICD-10-CM Guidelines I.B.10",
    checked=date(2026, 11, 26),
    message="Sequela code {code} stands first; the residual condition normally comes first.",
    fix="List the present condition first.",
)
def sequela_code_first_listed(claim: Claim) -> Verdict:
    """
    A sequela code stands before the residual condition.

    What the patient has today stands first, and the injury it comes from after it.
    """
    principal = claim.principal
    if principal is None or principal.code[:1] not in INJURY_LETTERS:
        return PASS
    if len(principal.code) != SEVEN or principal.code[-1] != "S" or len(claim.diagnoses) == 1:
        return PASS
    return fail(principal.at("code"), code=principal.code)
