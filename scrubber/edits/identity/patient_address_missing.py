"""The postal address of the patient."""

from datetime import date

from scrubber.claim.model import NO_ADDRESS, NO_PATIENT, Claim
from scrubber.contracts.claim import Address
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._insured import PROPERTY_AND_CASUALTY, insurer, patient_at
from scrubber.edits.verdict import PASS, Severity, Verdict, fail


def _lacks(address: Address) -> tuple[str, ...]:
    in_us = address.country in ("", "US")
    needed = (
        ("street", address.line1),
        ("city", address.city),
        ("state", address.state or not in_us),
        ("ZIP code", address.zip or not in_us),
    )
    return tuple(part for part, stated in needed if not stated)


@claim_edit(
    id="patient-address-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("patient.address", "payers[].subscriber.address", "payers[].relationship"),
    status_code=("A6:503:QC", "A6:502:QC"),
    source=(
        "837P/837I/837D 2010CA N3, N4; 2010BA N3, N4 (required when the patient is the subscriber)"
    ),
    checked=date(2026, 11, 26),
    message="The patient's address lacks {missing}.",
    fix="Complete the registration address.",
)
def patient_address_missing(claim: Claim) -> Verdict:
    """
    The patient has no postal address.

    Needed of the patient record, and of the subscriber to whose payer the claim goes when that
    is the patient; no other address is. State and ZIP code belong to addresses in the US. A
    patient without home has the shelter's or the provider's address.

    Not checked here: a claim that says of nobody that he is the patient
    (`relationship-inconsistent`), a state that does not exist (`address-state-invalid`).
    """
    patient = claim.patient
    address = patient.address or NO_ADDRESS
    if address.line1 and address.city and address.state and address.zip:
        return PASS
    missing = _lacks(address)
    payer = insurer(claim)
    if patient is NO_PATIENT or not missing or payer not in (None, claim.destination):
        return PASS
    noted = claim.destination.filing_indicator in PROPERTY_AND_CASUALTY
    severity: Severity | None = "warn" if noted else None
    return fail(f"{patient_at(claim)}/address", severity=severity, missing=missing)
