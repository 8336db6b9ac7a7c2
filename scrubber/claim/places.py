"""Where a service was done."""

from scrubber.claim.model import NO_ADDRESS, Claim
from scrubber.contracts.claim import Address


def service_address(claim: Claim) -> Address:
    """Return the service facility's address when it names a state, else the billing provider's."""
    facility = claim.service_facility.address
    if facility is not None and facility.state:
        return facility
    return claim.billing_provider.address or NO_ADDRESS
