"""The name of the billing provider."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@claim_edit(
    id="billing-name-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider.organization_name",
        "billing_provider.last_name",
        "billing_provider.first_name",
    ),
    status_code=("A6:125:85",),
    source="837P/837I 2010AA NM102, NM103, NM104",
    checked=date(2026, 11, 26),
    message="The billing provider needs an organization name or a last name.",
    fix="Give exactly one, as enrolled with the payer.",
)
def billing_name_missing(claim: Claim) -> Verdict:
    """
    The billing provider has no name.

    A claim is billed by an organization or by a person. Both names at once, or a person without
    a first name, are worth a note: one of them will not be sent.
    """
    provider = claim.billing_provider
    if provider.organization_name:
        if not provider.last_name:
            return PASS
        return fail("/billing_provider/last_name", severity="warn")
    if not provider.last_name:
        return fail("/billing_provider/organization_name")
    if not provider.first_name:
        return fail("/billing_provider/first_name", severity="warn")
    return PASS
