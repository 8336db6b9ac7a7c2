"""Lines that do not say who performed the service."""

from datetime import date

from scrubber.claim.model import NO_PROVIDER, Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data
from scrubber.reference.taxonomy import INDIVIDUAL, TaxonomyView


@line_edit(
    id="rendering-provider-missing",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "billing_provider.organization_name",
        "billing_provider.taxonomy",
        "rendering_provider.npi",
        "lines[].rendering_provider.npi",
    ),
    data=("taxonomy",),
    partial_data=True,
    can_bypass=True,
    status_code=("A6:562:82",),
    source="837P 2310B situational rule (rendering differs from billing)",
    checked=date(2026, 11, 26),
    message="Line {line} has no rendering provider while a group bills.",
    fix="Add the individual who performed the service.",
)
def rendering_provider_missing(
    claim: Claim, line: Line, taxonomies: TaxonomyView | None
) -> Verdict:
    """
    A group bills without naming who performed the service.

    Laboratories, ambulances, suppliers and surgery centers perform it as organizations. Whether
    the billing provider is one of them, its taxonomy says.

    Not checked here: the NPI of the one who is named (`rendering-npi-invalid`).
    """
    if (
        claim.rendering_provider is not NO_PROVIDER
        or line.rendering_provider is not NO_PROVIDER
        or not claim.billing_provider.organization_name
    ):
        return PASS
    section = taxonomies.section(claim.billing_provider.taxonomy) if taxonomies else ""
    if not section:
        return no_data("taxonomy", claim.day)
    if section != INDIVIDUAL:
        return bypassed("the billing taxonomy is that of an organization", line)
    return fail(line.at("rendering_provider"), line, line=line.number)
