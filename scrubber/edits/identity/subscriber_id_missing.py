"""A payer has no member id."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._insured import PROPERTY_AND_CASUALTY, position
from scrubber.edits.verdict import PASS, Severity, Verdict, fail


@claim_edit(
    id="subscriber-id-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("payers[].subscriber.member_id", "payers[].responsibility"),
    status_code=("A6:164:IL",),
    carc=("31",),
    source="837 2010BA NM109, 2330A NM109",
    checked=date(2026, 11, 24),
    message="The member id of the {responsibility} payer is missing or too short.",
    fix="Copy the id from the card or from an eligibility response.",
)
def subscriber_id_missing(claim: Claim) -> Verdict:
    """
    A payer has no member id.

    The payer finds the insured by this id. Property and casualty payers find the case by its claim
    number, and their insured is often the employer.
    """
    complaints = []
    for payer in claim.payers:
        member_id = payer.subscriber.member_id
        if (
            member_id != member_id[:1] * len(member_id)
            or payer.filing_indicator in PROPERTY_AND_CASUALTY
        ):
            continue
        severity: Severity | None = "review" if len(member_id) > 1 else None
        complaints.append(
            fail(
                payer.at("subscriber/member_id"),
                severity=severity,
                responsibility=position(payer),
            )
        )
    return tuple(complaints) or PASS
