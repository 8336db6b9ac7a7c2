"""The patient of a claim, its payers and whom they insure."""

from scrubber.claim.model import Claim, Payer

#: Workers' compensation, automobile, liability: the insured is an employer or another party.
PROPERTY_AND_CASUALTY = frozenset(("WC", "AM", "LM"))


def insurer(claim: Claim) -> Payer | None:
    """Return the payer whose subscriber is the patient; `None` for a patient record, or nobody."""
    patient, destination = claim.patient, claim.destination
    if destination.subscriber is patient:
        return destination
    return next((payer for payer in claim.payers if payer.subscriber is patient), None)


def patient_at(claim: Claim) -> str:
    """Return the JSON Pointer of the patient: the patient record, or a payer's subscriber."""
    payer = insurer(claim)
    return "/patient" if payer is None else payer.at("subscriber")


def position(payer: Payer) -> str:
    """Return the payer's place in the order, as a message may show it."""
    return payer.responsibility[:1] or "unmarked"
