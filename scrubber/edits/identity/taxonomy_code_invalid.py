"""The specialties that providers give."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._providers import named
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.taxonomy import TaxonomyView

FIELDS = ("billing_provider", "rendering_provider", "attending_provider")
LENGTH = 10


@claim_edit(
    id="taxonomy-code-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider.taxonomy",
        "rendering_provider.taxonomy",
        "attending_provider.taxonomy",
        "lines[].rendering_provider.taxonomy",
    ),
    data=("taxonomy",),
    partial_data=True,
    status_code=("A7:145",),
    source="837P/837I 2000A PRV03, 2310B PRV03; NUCC Health Care Provider Taxonomy",
    checked=date(2026, 11, 26),
    message="Taxonomy code {value} ({role}) is not a valid code.",
    fix="Use the 10-character code from the provider's enrollment.",
)
def taxonomy_code_invalid(claim: Claim, taxonomies: TaxonomyView | None) -> Verdict:
    """
    A taxonomy code is malformed or not in the NUCC set.

    Ten letters or digits, in any loaded edition: a retired code stays in the enrollments of
    old. What no edition holds may be newer than they are, unless one of them was current when
    the claim was received.
    """
    said: list[Fail | NoData] = []
    for role, at, provider, lines in named(claim, FIELDS, FIELDS[1:2]):
        code = provider.taxonomy
        if not code or (taxonomies is not None and taxonomies.has(code)):
            continue
        well_formed = len(code) == LENGTH and code.isascii() and code.isalnum()
        if well_formed and not (taxonomies is not None and taxonomies.covers(claim.received)):
            said.append(no_data("taxonomy", claim.received))
        else:
            said.append(fail(f"{at}/taxonomy", *lines, value=code, role=role))
    return several(said)
