"""The plan needs a referral and none is given."""

from datetime import date

from scrubber.claim.model import NO_PROVIDER, Claim
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data


class Referrals(Params):
    """For whom the plan wants a referral."""

    taxonomies: tuple[str, ...] | None = None
    """Taxonomies of who renders; an empty list says that the plan wants none from anybody."""


@claim_edit(
    id="referral-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "payers[].referral_number",
        "referring_provider.npi",
        "rendering_provider.taxonomy",
        "payers[].payer_id",
    ),
    params=Referrals(),
    status_code=("A6:761",),
    carc=("288",),
    source="837P/837I 2300 REF*9F",
    checked=date(2026, 11, 26),
    message="Payer {payer_id} wants a referral for this specialty.",
    fix="Enter the referral number.",
)
def referral_missing(claim: Claim, params: Referrals) -> Verdict:
    """
    The plan needs a referral and none is given.

    Plans with a gatekeeper pay specialists when the patient's own physician sent the patient;
    the claim says so by the referral's number, or at least by who referred.
    """
    if not params.taxonomies:
        return PASS if params.taxonomies is not None else no_data("payer-profile", claim.day)
    rendering = claim.rendering_provider
    if rendering is NO_PROVIDER:
        rendering = claim.billing_provider
    payer, referring = claim.destination, claim.referring_provider
    if rendering.taxonomy not in params.taxonomies or payer.referral_number:
        return PASS
    if referring.npi or referring.last_name or referring.organization_name:
        return PASS
    return fail(payer.at("referral_number"), payer_id=payer.payer_id or "the payer")
