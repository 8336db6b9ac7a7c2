"""A payer pack as its YAML file states it; a misspelt key is an error, never a default."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from scrubber.contracts.claim import ClaimType
from scrubber.contracts.values import Day
from scrubber.edits.verdict import Severity

Name = Annotated[str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
PackName = Annotated[
    str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*@[0-9]{4}-[0-9]{2}-[0-9]{2}$")
]
Words = Annotated[str, StringConstraints(min_length=1)]


class Strict(BaseModel):
    """Every key is known, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Applies(Strict):
    """
    The claims a pack is for; an empty list asks nothing, and without any list it is for none.

    Payers and filing indicators are those of the destination, states those of the service.
    """

    payer_ids: tuple[Words, ...] = ()
    filing_indicators: tuple[Words, ...] = ()
    claim_types: tuple[ClaimType, ...] = ()
    states: tuple[Words, ...] = ()


class Reference(Strict):
    """Tables: may the latest edition stand in for a missing one, and which must be there."""

    latest_when_missing: bool = False
    must_have: tuple[Name, ...] = ()


class Deviation(Strict):
    """One change, with the reason and source an auditor asks for, and its dates of service."""

    edit: Name
    reason: Words
    source: Words
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise PydanticCustomError("period", "until is before since")
        return self


class OtherSeverity(Deviation):
    """Another severity for an edit."""

    severity: Severity


class OtherParams(Deviation):
    """Other thresholds for an edit; which there are, the edit says."""

    params: dict[str, Any]


class Edits(Strict):
    """
    All changes to edits.

    `on` takes back what an inherited pack switched off, and lets a preview edit decide.
    `follows_medicare_editors` names edits for which a claim counts as Medicare's.
    """

    off: tuple[Deviation, ...] = ()
    on: tuple[Deviation, ...] = ()
    severity: tuple[OtherSeverity, ...] = ()
    params: tuple[OtherParams, ...] = ()
    follows_medicare_editors: tuple[Deviation, ...] = ()


class PackDocument(Strict):
    """
    One version of one payer's pack, in force from the day `version` on.

    `inherits` is the pack (`payer@version`) whose changes hold where this one states none; only
    `base` has no such pack. A pack in `shadow` decides nothing and is reported beside the outcome.
    `is_profile` says that somebody has looked at what the payer asks for, and that all of it that
    is known is here; a pack that names its payers need not say so.
    """

    payer: Name
    version: Day
    inherits: PackName | None = None
    shadow: bool = False
    is_profile: bool = False
    applies: Applies = Field(default_factory=Applies)
    reference: Reference = Field(default_factory=Reference)
    edits: Edits = Field(default_factory=Edits)

    @property
    def name(self) -> str:
        """The name that is stamped on outcomes."""
        return f"{self.payer}@{self.version.isoformat()}"
