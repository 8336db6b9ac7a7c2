"""Persons with the NPI of an organization, and the reverse."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.claim.npi import npi_fault
from scrubber.edits.edit import claim_edit
from scrubber.edits.identity._providers import named
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.npi_register import INDIVIDUAL, ORGANIZATION, NpiView

FIELDS = (
    "billing_provider",
    "rendering_provider",
    "referring_provider",
    "ordering_provider",
    "attending_provider",
    "operating_provider",
)
WORDS = {INDIVIDUAL: "an individual (type 1)", ORGANIZATION: "an organization (type 2)"}


@claim_edit(
    id="npi-entity-type-mismatch",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "billing_provider.npi",
        "billing_provider.organization_name",
        "rendering_provider.npi",
        "referring_provider.npi",
        "ordering_provider.npi",
        "attending_provider.npi",
        "operating_provider.npi",
    ),
    data=("nppes",),
    status_code=("A7:741:82", "A7:775:85"),
    source="837P 2310B NM102 (person); NPPES entity type",
    checked=date(2026, 11, 26),
    message="The {role} NPI {npi} is registered as {found}, expected {expected}.",
    fix="Use the individual's NPI for persons and the group NPI for organizations.",
)
def npi_entity_type_mismatch(claim: Claim, register: NpiView) -> Verdict:
    """
    The NPI belongs to the wrong kind of entity.

    Who renders, refers, orders, attends or operates is a person; a billing provider with the
    name of an organization is one. A sole proprietor may bill under a business name, so a
    person looks. Of a number that is switched off the register does not say whose it is.

    Not checked here: a number that is no NPI (`billing-npi-invalid` and its like).
    """
    said: list[Fail | NoData] = []
    for role, at, provider, _ in named(claim, FIELDS):
        npi = provider.npi
        expected = INDIVIDUAL
        if role == "billing":
            if not provider.organization_name:
                continue
            expected = ORGANIZATION
        if npi_fault(npi):
            continue
        found = register.find(npi)
        if found is None or not found.entity_type:
            said.append(no_data("nppes", claim.day))
        elif found.entity_type != expected:
            is_, should_be = WORDS[found.entity_type], WORDS[expected]
            said.append(fail(f"{at}/npi", npi=npi, role=role, found=is_, expected=should_be))
    return several(said)
