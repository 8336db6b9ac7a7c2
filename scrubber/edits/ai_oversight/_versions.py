"""Which model versions set the codes of a claim, and what a tenant's registry says of them."""

from datetime import date
from functools import cached_property
from typing import Literal

from scrubber.claim.model import Claim
from scrubber.contracts.claim import ClaimType
from scrubber.edits.edit import Params

#: What a claim needs where no registry is configured.
REGISTRY = "model-registry"

Version = tuple[str, str]


class ModelVersion(Params):
    """One model version; where types, payers or specialties are left out, it is for all."""

    model: str
    model_version: str
    status: Literal["approved", "canary", "retired"]
    approved_from: date | None = None
    approved_to: date | None = None
    claim_types: tuple[ClaimType, ...] = ()
    payers: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    share: float = 1.0


class ModelRegistry(Params):
    """The model versions of a tenant."""

    models: tuple[ModelVersion, ...] = ()
    """Each with its status, the days of submission, types, payers (ids) and specialties
    (taxonomies) that it is approved for, and on trial the share of claims that people check."""

    @cached_property
    def by_version(self) -> dict[Version, ModelVersion]:
        """The entries by model and version."""
        return {(one.model, one.model_version): one for one in self.models}


def unattended(claim: Claim) -> dict[Version, int]:
    """
    Return the versions that set codes which nobody looked at, each with its first code's place.

    A code that lacks model or version is the business of `ai-provenance-missing`.
    """
    found: dict[Version, int] = {}
    for i, one in enumerate(claim.coding.codes):
        if one.origin == "ai" and one.model and one.model_version:
            found.setdefault((one.model, one.model_version), i)
    return found
