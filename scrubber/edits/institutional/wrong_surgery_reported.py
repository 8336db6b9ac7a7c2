"""A wrong-procedure event is coded."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import Verdict, fail, several

DIAGNOSES = frozenset(("Y6551", "Y6552", "Y6553"))
MODIFIERS = frozenset(("PA", "PB", "PC"))  # wrong body part, patient, surgery


@claim_edit(
    id="wrong-surgery-reported",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code", "lines[].modifiers", "type_of_bill"),
    carc=("233",),
    source=(
        "NCD 140.6 to 140.8; MCE wrong procedure performed; Medicare Claims Processing Manual"
        " ch. 32 section 230"
    ),
    checked=date(2026, 11, 26),
    message="A wrong-surgery code ({code}) is on the claim.",
    fix="Route to risk management; bill by the no-pay rule (bill type 110).",
)
def wrong_surgery_reported(claim: Claim) -> Verdict:
    """
    A wrong-procedure event is coded.

    An operation on the wrong patient or side, or the wrong one, is not paid and has consequences
    beyond the bill: the claim does not leave without a person's decision.
    """
    complaints = []
    for diagnosis in claim.diagnoses:
        if diagnosis.code in DIAGNOSES:
            at = diagnosis.at("code")
            complaints.append(fail(at, code=diagnosis.code))
    for line in claim.lines:
        if line.modifiers and not MODIFIERS.isdisjoint(line.modifiers):
            wrong = next(modifier for modifier in line.modifiers if modifier in MODIFIERS)
            complaints.append(fail(line.at("modifiers"), line, code=wrong))
    return several(complaints)
