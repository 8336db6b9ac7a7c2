"""A text value is longer than its 837 element."""

from datetime import date

from scrubber.claim.model import Claim, Line, Payer
from scrubber.contracts.claim import Address, Patient, Provider, Subscriber
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.structure._texts import parts
from scrubber.edits.verdict import PASS, Verdict, fail, several

# 005010 elements 1035, 1036, 166, 19, 116, 67, 127 and 352, in characters.
NAME, FIRST_NAME, STREET, CITY, ZIP, IDENTIFIER, AUTHORIZATION, TEXT = (
    60,
    35,
    55,
    30,
    15,
    80,
    50,
    80,
)
LIMITS = {
    "organization_name": NAME,
    "last_name": NAME,
    "first_name": FIRST_NAME,
    "line1": STREET,
    "line2": STREET,
    "city": CITY,
    "zip": ZIP,
    "member_id": IDENTIFIER,
    "payer_id": IDENTIFIER,
    "prior_authorization": AUTHORIZATION,
    "description": TEXT,
}


def _fits(party: Provider | Subscriber) -> bool:
    """Tell whether names and address of an organization or insured person have room."""
    address = party.address
    return (
        len(party.organization_name) <= NAME
        and len(party.last_name) <= NAME
        and len(party.first_name) <= FIRST_NAME
        and (address is None or _address_fits(address))
    )


def _address_fits(address: Address) -> bool:
    return (
        len(address.line1) <= STREET
        and len(address.line2) <= STREET
        and len(address.city) <= CITY
        and len(address.zip) <= ZIP
    )


def _patient_fits(patient: Patient | Subscriber) -> bool:
    return (
        len(patient.last_name) <= NAME
        and len(patient.first_name) <= FIRST_NAME
        and (patient.address is None or _address_fits(patient.address))
    )


def _payer_fits(payer: Payer) -> bool:
    return (
        len(payer.payer_id) <= IDENTIFIER
        and len(payer.prior_authorization) <= AUTHORIZATION
        and len(payer.subscriber.member_id) <= IDENTIFIER
        and _fits(payer.subscriber)
    )


def _lines_fit(lines: tuple[Line, ...]) -> bool:
    for line in lines:
        if len(line.description) > TEXT or len(line.prior_authorization) > AUTHORIZATION:
            return False
    return True


@claim_edit(
    id="element-length-exceeded",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider",
        "patient",
        "payers[].subscriber",
        "payers[].prior_authorization",
        "lines[].description",
    ),
    status_code=("A7:512",),
    source="837P 2010AA NM103/NM104/N301/N401, 2010BA NM109, 2300 REF02, 2400 SV101-7",
    checked=date(2026, 11, 26),
    message="Field {pointer} has {length} characters, the limit is {limit}.",
    fix="Shorten the value.",
)
def element_length_exceeded(claim: Claim) -> Verdict:
    """
    A text value is longer than its 837 element.

    A writer would have to cut it, and a cut name or number is another one.

    Not checked here: the claim's own number (`patient-control-number-invalid`).
    """
    if (
        _fits(claim.billing_provider)
        and all(map(_payer_fits, claim.payers))
        and (claim.patient is claim.destination.subscriber or _patient_fits(claim.patient))
        and _lines_fit(claim.lines)
    ):
        return PASS
    return several(
        [
            fail(at, pointer=at, length=len(value), limit=LIMITS[field])
            for part in parts(claim)
            for field, value in zip(part.fields, part.values, strict=True)
            if field in LIMITS and len(value) > LIMITS[field]
            for at in (f"{part.at}/{field}",)
        ]
    )
