"""The names of patient and insured."""

from datetime import date

from scrubber.claim.model import NO_PATIENT, Claim
from scrubber.contracts.claim import Patient, Subscriber
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._insured import PROPERTY_AND_CASUALTY, patient_at
from scrubber.edits.verdict import Fail, Verdict, fail, several


def _complaint(person: Patient | Subscriber, at: str, who: str, *, needed: bool) -> Fail:
    if person.last_name:
        return fail(f"{at}/first_name", severity="warn", who=who)
    return fail(f"{at}/last_name", severity=None if needed else "warn", who=who)


@claim_edit(
    id="member-name-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "payers[].subscriber.last_name",
        "payers[].subscriber.first_name",
        "payers[].relationship",
        "patient.last_name",
        "patient.first_name",
    ),
    status_code=("A6:125:IL", "A6:125:QC"),
    source="837 2010BA NM103, 2010CA NM103",
    checked=date(2026, 11, 26),
    message="The {who} name is missing.",
    fix="Enter the name exactly as on the card.",
)
def member_name_missing(claim: Claim) -> Verdict:
    """
    The subscriber or patient has no name.

    The payer the claim goes to must know both. A name that another payer's subscriber lacks is
    worth a note, and so is a first name: some people have one name only. In property and
    casualty cases the insured is an employer or another party, and only the patient counts.

    Not checked here: a claim that says of nobody that he is the patient
    (`relationship-inconsistent`).
    """
    complaints = []
    patient = claim.patient
    if not (patient.last_name and patient.first_name) and patient is not NO_PATIENT:
        complaints.append(_complaint(patient, patient_at(claim), "patient", needed=True))
    for payer in claim.payers:
        subscriber = payer.subscriber
        if (
            (subscriber.last_name and subscriber.first_name)
            or subscriber.organization_name
            or subscriber is patient
            or payer.filing_indicator in PROPERTY_AND_CASUALTY
        ):
            continue
        at, needed = payer.at("subscriber"), payer is claim.destination
        complaints.append(_complaint(subscriber, at, "subscriber", needed=needed))
    return several(complaints)
