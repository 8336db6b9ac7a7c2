"""The texts of a claim that an 837 carries as they were typed, part by part."""

from operator import attrgetter
from typing import NamedTuple

from scrubber.claim.model import Claim
from scrubber.contracts.claim import Address

_NAMES = ("organization_name", "last_name", "first_name")
_PROVIDER = ("npi", "taxonomy", "tax_id", *_NAMES)
_ADDRESS = ("line1", "line2", "city", "state", "zip")
_PATIENT = ("last_name", "first_name")
_PAYER = (
    "payer_id", "name", "claim_number", "group_number", "prior_authorization", "referral_number",
)  # fmt: skip
_SUBSCRIBER = ("member_id", *_NAMES)
_LINE = ("description", "prior_authorization")
_CLAIM = ("patient_control_number",)

_provider, _address, _patient = attrgetter(*_PROVIDER), attrgetter(*_ADDRESS), attrgetter(*_PATIENT)
_payer, _subscriber, _line = attrgetter(*_PAYER), attrgetter(*_SUBSCRIBER), attrgetter(*_LINE)


class Part(NamedTuple):
    """One object of the claim: its JSON Pointer, and its texts by field."""

    at: str
    fields: tuple[str, ...]
    values: tuple[str, ...]


def parts(claim: Claim) -> list[Part]:
    """Return the claim's number, billing provider, patient, payers and the lines with a text."""
    billing, patient = claim.billing_provider, claim.patient
    found = [
        Part("", _CLAIM, (claim.patient_control_number,)),
        Part("/billing_provider", _PROVIDER, _provider(billing)),
    ]
    _add_address(found, "/billing_provider", billing.address)
    if all(patient is not payer.subscriber for payer in claim.payers):
        found.append(Part("/patient", _PATIENT, _patient(patient)))
        _add_address(found, "/patient", patient.address)
    for payer in claim.payers:
        at = f"/payers/{payer.index}"
        found.append(Part(at, _PAYER, _payer(payer)))
        found.append(Part(f"{at}/subscriber", _SUBSCRIBER, _subscriber(payer.subscriber)))
        _add_address(found, f"{at}/subscriber", payer.subscriber.address)
    found += [
        Part(f"/lines/{line.index}", _LINE, _line(line))
        for line in claim.lines
        if line.description or line.prior_authorization
    ]
    return found


def whole_text(claim: Claim) -> str:
    """Return all texts of the parts, one behind the other."""
    billing, patient = claim.billing_provider, claim.patient
    values = [claim.patient_control_number, *_provider(billing), *_patient(patient)]
    addresses = [billing.address, patient.address]
    for payer in claim.payers:
        subscriber = payer.subscriber
        values += _payer(payer)
        values += _subscriber(subscriber)
        if subscriber is not patient:
            addresses.append(subscriber.address)
    for address in addresses:
        if address is not None:
            values += _address(address)
    for line in claim.lines:
        if line.description or line.prior_authorization:
            values += _line(line)
    return "".join(values)


def _add_address(found: list[Part], at: str, address: Address | None) -> None:
    if address is not None:
        found.append(Part(f"{at}/address", _ADDRESS, _address(address)))
