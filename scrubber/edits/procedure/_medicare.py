"""Which claims a rule of Medicare's for physicians and outpatient departments is about."""

from collections.abc import Container

from scrubber.claim.model import Claim


def is_outpatient_medicare(claim: Claim, bills: Container[str]) -> bool:
    """Tell whether a claim is Part B's, or a bill of one of the types (two digits) for Part A."""
    if claim.type == "professional":
        return claim.destination.filing_indicator == "MB"
    return claim.destination.filing_indicator == "MA" and claim.bill_type[1:3] in bills
