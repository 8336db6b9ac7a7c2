"""Which contractor's rules hold for a claim: by part of Medicare, and by place."""

from scrubber.claim.model import NO_ADDRESS, Claim
from scrubber.claim.places import service_address
from scrubber.contracts.claim import Address

#: Second and third character of the bill types of home health agencies and hospices.
HOME_HEALTH = frozenset(("32", "33", "34", "81", "82"))


def part_of_medicare(claim: Claim) -> str:
    """Return `A`, `B`, `HHH` (home health and hospice) or `DME`."""
    if claim.is_dme:
        return "DME"
    if claim.type != "institutional":
        return "B"
    return "HHH" if claim.bill_type[1:3] in HOME_HEALTH else "A"


def deciding_address(claim: Claim) -> Address:
    """Return the address whose state decides: of the service, for equipment the patient's home."""
    # Medicare Claims Processing Manual ch. 1 section 10.1.5.
    return (claim.patient.address or NO_ADDRESS) if claim.is_dme else service_address(claim)
