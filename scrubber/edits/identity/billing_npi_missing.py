"""The billing provider has no NPI."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail


class Eligibility(Params):
    """Who may bill without an NPI."""

    review_indicators: tuple[str, ...] = ("MC", "16", "WC", "AM", "LM", "VA", "OF", "11", "ZZ")
    """Filing indicators of programs that enroll providers without an NPI."""
    atypical_taxonomies: tuple[str, ...] = (
        "343900000X",
        "344600000X",
        "347C00000X",
        "3747P1801X",
        "171W00000X",
    )
    """Taxonomies that are not eligible for an NPI."""


@claim_edit(
    id="billing-npi-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("billing_provider.npi", "billing_provider.taxonomy", "payers[].filing_indicator"),
    can_bypass=True,
    params=Eligibility(),
    status_code=("A6:562:85",),
    carc=("206",),
    source="837P/837I 2010AA NM109; 45 CFR 162.410",
    checked=date(2026, 11, 24),
    message="The billing provider NPI is missing.",
    fix="Add the 10-digit NPI of the billing group or person.",
)
def billing_npi_missing(claim: Claim, params: Eligibility) -> Verdict:
    """
    The billing provider has no NPI.

    Every payer needs an NPI from those who can have one. Some programs also enroll providers
    who cannot (transport, personal care): there a person looks.

    Not checked here: an NPI that is not valid (`billing-npi-invalid`).
    """
    provider = claim.billing_provider
    if provider.npi:
        return PASS
    if provider.taxonomy in params.atypical_taxonomies:
        return bypassed("the taxonomy is not eligible for an NPI")
    atypical = claim.destination.filing_indicator in params.review_indicators
    return fail("/billing_provider/npi", severity="review" if atypical else None)
