"""Providers whom federal programs do not pay."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._providers import EVERY_FIELD, LINE_FIELDS, last_day, named
from scrubber.edits.verdict import Fail, Verdict, fail, several
from scrubber.reference.exclusions import ExclusionView


@claim_edit(
    id="provider-excluded",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider.npi",
        "rendering_provider.npi",
        "referring_provider.npi",
        "ordering_provider.npi",
        "lines[].service_from",
    ),
    data=("leie",),
    source="42 CFR 1001.1901; OIG LEIE",
    checked=date(2026, 11, 26),
    message="NPI {npi} ({role}) matches an exclusion entry dated {date}.",
    fix="Stop and send the claim to compliance; do not bill until it is cleared.",
)
def provider_excluded(claim: Claim, exclusions: ExclusionView) -> Verdict:
    """
    A provider is on the federal exclusion list.

    Nothing that an excluded provider furnishes, orders or prescribes is paid, so every NPI of
    the claim counts, on the last day of service. Most entries of the list have no NPI; a name
    alone proves nothing, and names are not kept.
    """
    complaints: list[Fail] = []
    for role, at, provider, lines in named(claim, EVERY_FIELD, LINE_FIELDS):
        npi = provider.npi
        if exclusions.lists(npi) and (since := exclusions.excluded(npi, last_day(claim))):
            complaints.append(fail(f"{at}/npi", *lines, npi=npi, role=role, date=since))
    return several(complaints)
