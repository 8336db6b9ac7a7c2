"""How the patient is related to the subscriber."""

from datetime import date

from scrubber.claim.model import NO_PATIENT, Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import Verdict, fail, several

SELF = "18"
RELATIONSHIPS = frozenset(("01", SELF, "19", "20", "21", "39", "40", "53", "G8"))
KNOWN_SEX = ("F", "M")


def _differs(claim: Claim) -> bool:
    """Tell whether a patient record is of another person than the subscriber."""
    patient, subscriber = claim.patient, claim.destination.subscriber
    if patient is subscriber:
        return False
    born = patient.birth_date
    return bool(born and subscriber.birth_date and born != subscriber.birth_date) or (
        patient.sex in KNOWN_SEX and subscriber.sex in KNOWN_SEX and patient.sex != subscriber.sex
    )


def _fault(claim: Claim) -> str:
    """Return why the destination's relationship does not fit, or `""`."""
    relationship = claim.destination.relationship
    if not relationship:
        return "it must be stated"
    if claim.is_medicare and relationship != SELF:
        return "a Medicare patient is the subscriber"
    if claim.patient is NO_PATIENT:
        return "the claim has no record of the patient"
    if relationship == SELF and _differs(claim):
        return "the patient record differs in birth date or sex"
    return ""


@claim_edit(
    id="relationship-inconsistent",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "payers[].relationship",
        "payers[].filing_indicator",
        "payers[].subscriber.birth_date",
        "payers[].subscriber.sex",
        "patient.birth_date",
        "patient.sex",
    ),
    status_code=("A7:156",),
    source="837 2000B SBR02, 2000C PAT01; Medicare patients are always the subscriber",
    checked=date(2026, 11, 26),
    message=(
        "Relationship {relationship} does not fit the patient and subscriber records ({reason})."
    ),
    fix="Set 18 when the patient is the insured, otherwise send the patient record.",
)
def relationship_inconsistent(claim: Claim) -> Verdict:
    """
    Patient, subscriber and relationship do not fit together.

    The patient may be the subscriber of one payer and a dependent of another: only the entry of
    the payer to whom the claim goes is held against the patient, and of all others only the
    code. Somebody must be the patient: a subscriber with 18, or a patient record.

    Not checked here: a claim without payers (`payer-sequence-invalid`).
    """
    complaints = []
    for payer in claim.payers:
        relationship = payer.relationship
        reason = ""
        if relationship and relationship not in RELATIONSHIPS:
            reason = "not a known code"
        elif payer is claim.destination:
            reason = _fault(claim)
        if reason:
            at = payer.at("relationship")
            complaints.append(fail(at, relationship=relationship or "missing", reason=reason))
    return several(complaints)
