"""A payer pack as its YAML file states it; a misspelt key is an error, never a default."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from scrubber.contracts.claim import ClaimType
from scrubber.contracts.values import Day
from scrubber.edits.verdict import Severity

Name = Annotated[str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, StringConstraints(min_length=1)]


class Strict(BaseModel):
    """Every key is known, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Applies(Strict):
    """The claims a pack is for, by their destination; an empty list asks nothing."""

    payer_ids: tuple[str, ...] = ()
    filing_indicators: tuple[str, ...] = ()
    claim_types: tuple[ClaimType, ...] = ()


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


class OtherSeverity(Deviation):
    """Another severity for an edit."""

    severity: Severity


class OtherParams(Deviation):
    """Other thresholds for an edit; which there are, the edit says."""

    params: dict[str, Any]


class Edits(Strict):
    """All changes to edits."""

    off: tuple[Deviation, ...] = ()
    severity: tuple[OtherSeverity, ...] = ()
    params: tuple[OtherParams, ...] = ()


class PackDocument(Strict):
    """One version of one payer's pack, in force from the day `version` on."""

    payer: Name
    version: Day
    applies: Applies = Field(default_factory=Applies)
    reference: Reference = Field(default_factory=Reference)
    edits: Edits = Field(default_factory=Edits)
