"""A facility place of service without a facility."""

from datetime import date

from scrubber.claim.model import NO_PROVIDER, Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.taxonomy import INDIVIDUAL, TaxonomyView

#: Hospitals and their outpatient departments, surgery, birthing, military, nursing, hospice,
#: psychiatric, rehabilitation and dialysis facilities.
FACILITIES = frozenset((
    "19", "21", "22", "23", "24", "26", "31", "32", "34", "51", "52", "54", "56", "61", "62", "65",
))  # fmt: skip


@claim_edit(
    id="service-facility-missing",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "place_of_service",
        "service_facility.npi",
        "service_facility.organization_name",
        "billing_provider.taxonomy",
    ),
    data=("taxonomy",),
    partial_data=True,
    status_code=("A6:562:77",),
    source="837P 2310C situational rule (place differs from the billing address)",
    checked=date(2026, 11, 26),
    message="Place {pos} is a facility, but no service facility is named.",
    fix="Add name, address and NPI of the facility.",
)
def service_facility_missing(claim: Claim, taxonomies: TaxonomyView | None) -> Verdict:
    """
    A facility place of service names no facility.

    A practitioner, or a group of them, works there and is not the place; a facility that bills
    is. Which of them the billing provider is, its taxonomy says.

    Not checked here: a facility that repeats the billing provider
    (`service-facility-redundant`).
    """
    place = claim.place_of_service
    if place not in FACILITIES or claim.service_facility is not NO_PROVIDER:
        return PASS
    section = taxonomies.section(claim.billing_provider.taxonomy) if taxonomies else ""
    if not section:
        return no_data("taxonomy", claim.day)
    return fail("/service_facility", pos=place) if section == INDIVIDUAL else PASS
