"""The billing provider's NPI."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.claim.npi import npi_fault
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@claim_edit(
    id="billing-npi-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("billing_provider.npi",),
    status_code=("A7:562:85",),
    carc=("207",),
    source="837P/837I 2010AA NM109; CMS NPI check digit specification (ISO/IEC 7812, prefix 80840)",
    checked=date(2026, 11, 24),
    message="Billing NPI {value} is not a valid NPI ({reason}).",
    fix="Look the NPI up in NPPES and correct the digits.",
)
def billing_npi_invalid(claim: Claim) -> Verdict:
    """
    The billing NPI fails the check digit.

    An NPI is ten digits, begins with 1 or 2, and ends in a Luhn digit over 80840 and the first
    nine. A number that is not so was mistyped; every payer returns the claim unread.

    Not checked here: an absent NPI (`billing-npi-missing`), an inactive one (`npi-deactivated`).
    """
    npi = claim.billing_provider.npi
    if npi and (fault := npi_fault(npi)):
        return fail("/billing_provider/npi", value=npi, reason=fault)
    return PASS
