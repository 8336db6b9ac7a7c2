"""The claim has no principal (first-listed) diagnosis."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail

EMERGENCY_TRANSPORT = frozenset(
    ("A0225", "A0422", "A0424", "A0425", "A0427", "A0429", "A0430", "A0431", "A0433", "A0434",
     "A0435", "A0436")
)  # fmt: skip


def _is_emergency_transport(claim: Claim) -> bool:
    return bool(claim.lines) and all(line.procedure in EMERGENCY_TRANSPORT for line in claim.lines)


@claim_edit(
    id="principal-diagnosis-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code", "diagnoses[].role", "lines[].procedure", "type"),
    can_bypass=True,
    status_code=("A6:254",),
    carc=("16",),
    source="837P/837I 2300 HI (ABK); I/OCE edit 1",
    checked=date(2026, 11, 24),
    message="The claim has {count} principal diagnoses; exactly one is needed.",
    fix="Mark the main reason for the encounter as principal.",
)
def principal_diagnosis_missing(claim: Claim) -> Verdict:
    """
    The claim has no principal (first-listed) diagnosis.

    On professional claims the first entry is the principal, marked or not; institutional claims
    mark it. Emergency ambulance transport may be billed without a diagnosis.
    """
    marked = [one.index for one in claim.diagnoses if one.role == "principal"]
    if claim.diagnoses and (marked == [0] or (not marked and claim.type == "professional")):
        return PASS
    if claim.type == "institutional" and len(marked) == 1:
        return PASS
    if not claim.diagnoses and claim.type == "professional" and _is_emergency_transport(claim):
        return bypassed("every line is emergency ambulance transport")
    return fail("/diagnoses", count=len(marked))
