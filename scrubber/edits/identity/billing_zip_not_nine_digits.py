"""The billing ZIP code is not ZIP+4."""

from datetime import date

from scrubber.claim.model import NO_ADDRESS, Claim
from scrubber.claim.states import US_STATES
from scrubber.contracts.claim import Address
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, fail

ZIP_DIGITS = 9
FILLERS = ("0000", "9998", "9999")


class Fillers(Params):
    """Which fillers of the last four digits a payer refuses."""

    refused_fillers: tuple[str, ...] = ()
    """Refused among 0000, 9998 and 9999; the others are a note."""


def _zip_fault(address: Address, role: str, at: str, params: Fillers) -> Fail | None:
    digits = address.zip.replace("-", "", 1)
    if len(digits) == ZIP_DIGITS and digits.isdecimal() and digits[5:] not in FILLERS:
        return None
    abroad = address.country not in ("", "US") or (address.state and address.state not in US_STATES)
    if abroad:
        return None
    count = sum(digit.isdecimal() for digit in digits)
    filled = count == len(digits) == ZIP_DIGITS and digits[5:] not in params.refused_fillers
    return fail(at, severity="warn" if filled else None, role=role, digits=count)


@claim_edit(
    id="billing-zip-not-nine-digits",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider.address.zip",
        "billing_provider.address.state",
        "billing_provider.address.country",
        "service_facility.address.zip",
    ),
    params=Fillers(),
    status_code=("A7:500:85", "A7:500:77"),
    source="837P/837I 2010AA N403, 2310C N403 (9 digits in 005010)",
    checked=date(2026, 11, 24),
    message="The {role} ZIP code has {digits} digits; nine are required.",
    fix="Look up the +4 of the street address. Some payers accept 9998 when none exists.",
)
def billing_zip_not_nine_digits(claim: Claim, params: Fillers) -> Verdict:
    """
    The billing ZIP code is not ZIP+4.

    Version 005010 asks for ZIP+4 of billing provider and service facility. Where the postal
    service has no last four digits, senders fill them; payers differ on which filler they take.
    """
    billing = claim.billing_provider.address or NO_ADDRESS
    complaint = _zip_fault(billing, "billing", "/billing_provider/address/zip", params)
    facility = claim.service_facility.address
    if facility is None:
        return complaint or PASS
    other = _zip_fault(facility, "service facility", "/service_facility/address/zip", params)
    return tuple(one for one in (complaint, other) if one) or PASS
