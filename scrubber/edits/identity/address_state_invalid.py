"""The state codes of a claim."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.claim.states import CANADIAN_PROVINCES, US_STATES
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._insured import insurer
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

#: JSON Pointer, words, state and country of a place that is in no US state.
Suspect = tuple[str, str, str, str]


def _suspects(claim: Claim) -> list[Suspect]:
    found: list[Suspect] = []
    address = claim.billing_provider.address
    if address is not None and address.state not in US_STATES:
        at = "/billing_provider/address/state"
        found.append((at, "the billing address", address.state, address.country))
    address = claim.service_facility.address
    if address is not None and address.state not in US_STATES:
        at = "/service_facility/address/state"
        found.append((at, "the service facility address", address.state, address.country))
    for payer in claim.payers:
        address = payer.subscriber.address
        if address is not None and address.state and address.state not in US_STATES:
            at = payer.at("subscriber/address/state")
            found.append((at, "a subscriber address", address.state, address.country))
    address = claim.patient.address
    if (
        address is not None
        and address.state
        and address.state not in US_STATES
        and insurer(claim) is None
    ):
        at = "/patient/address/state"
        found.append((at, "the patient address", address.state, address.country))
    state = claim.accident_state
    if state and state not in US_STATES:
        found.append(("/accident_state", "the accident record", state, claim.accident_country))
    return found


@claim_edit(
    id="address-state-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider.address.state",
        "billing_provider.address.country",
        "service_facility.address.state",
        "payers[].subscriber.address.state",
        "patient.address.state",
        "accident_state",
    ),
    status_code=("A7:501:85", "A7:501:IL"),
    source="837 N402 (code source 22)",
    checked=date(2026, 11, 26),
    message="State {value} in {where} is not a US state or territory code.",
    fix="Use the two-letter postal code.",
)
def address_state_invalid(claim: Claim) -> Verdict:
    """
    A state code is not a US state or territory.

    Territories, the freely associated states and the military districts have codes too. The
    billing address and a facility's must name one; an address abroad is not looked at. A
    Canadian province without its country is worth a note.
    """
    complaints: list[Fail] = []
    for at, where, state, country in _suspects(claim):
        if country in ("", "US"):
            severity: Severity | None = "warn" if state in CANADIAN_PROVINCES else None
            shown = state or "missing"
            complaints.append(fail(at, severity=severity, value=shown, where=where))
    return several(complaints)
