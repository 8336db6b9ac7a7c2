"""A service facility that is the billing provider."""

from datetime import date

from scrubber.claim.model import NO_ADDRESS, Claim
from scrubber.contracts.claim import Address
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail

ZIP_DIGITS = 5


class Loop(Params):
    """Payers that want the facility named always."""

    always_wanted: bool = False
    """Take a service facility that is the billing provider."""


def _normalized(address: Address) -> tuple[str, ...]:
    parts = (address.line1, address.line2, address.city, address.state)
    plain = (part.upper().replace(".", "").replace(",", " ") for part in parts)
    return (*(" ".join(part.split()) for part in plain), address.zip[:ZIP_DIGITS])


@claim_edit(
    id="service-facility-redundant",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "service_facility.npi",
        "service_facility.address",
        "billing_provider.npi",
        "billing_provider.address",
    ),
    can_bypass=True,
    params=Loop(),
    status_code=("A8:562:77",),
    source="837P 2310C and 837I 2310E situational rule",
    checked=date(2026, 11, 26),
    message=(
        "The service facility is the same as the billing provider; the loop should be left out."
    ),
    fix="Drop the service facility, or give the real place.",
)
def service_facility_redundant(claim: Claim, params: Loop) -> Verdict:
    """
    The service facility repeats the billing provider.

    The place is named where it is another than the billing address. Same NPI and same address,
    case, punctuation and the last four digits of the ZIP code aside, is the same place.
    """
    facility, billing = claim.service_facility, claim.billing_provider
    if not facility.npi or facility.npi != billing.npi:
        return PASS
    if _normalized(facility.address or NO_ADDRESS) != _normalized(billing.address or NO_ADDRESS):
        return PASS
    if params.always_wanted:
        return bypassed("the payer wants the service facility always")
    return fail("/service_facility")
