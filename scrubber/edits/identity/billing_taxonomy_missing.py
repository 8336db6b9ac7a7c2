"""The taxonomy that a payer tells enrollments apart by."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data


class Enrollment(Params):
    """How a payer finds the enrollment of the billing provider."""

    taxonomy_required: bool | None = None
    """The payer wants the billing taxonomy; unknown until its pack says."""


@claim_edit(
    id="billing-taxonomy-missing",
    severity="warn",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("billing_provider.taxonomy", "payers[].payer_id"),
    params=Enrollment(),
    status_code=("A6:145:85",),
    source="837P/837I 2000A PRV03; payer companion guides (most Medicaid programs)",
    checked=date(2026, 11, 26),
    message="Payer {payer_id} requires the billing taxonomy code.",
    fix="Add the taxonomy code under which the provider is enrolled with this payer.",
)
def billing_taxonomy_missing(claim: Claim, params: Enrollment) -> Verdict:
    """
    The payer wants a taxonomy code and none is given.

    Where one NPI is enrolled several times, the payer finds the enrollment by the taxonomy.
    Whether it does, its pack says.

    Not checked here: a code that does not exist (`taxonomy-code-invalid`).
    """
    if claim.billing_provider.taxonomy or params.taxonomy_required is False:
        return PASS
    if params.taxonomy_required is None:
        return no_data("payer-profile", claim.day)
    payer_id = claim.destination.payer_id or "the payer"
    return fail("/billing_provider/taxonomy", payer_id=payer_id)
