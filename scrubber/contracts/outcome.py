"""The outcome event: what workers answer, as clients read it (the hot path writes it itself)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scrubber.contracts.values import Moment, SubmissionId

Severity = Literal["reject", "review", "warn", "info"]
Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class Event(BaseModel):
    """A part of an event: unknown members are kept, refused values are never quoted."""

    model_config = ConfigDict(
        extra="allow", hide_input_in_errors=True, use_attribute_docstrings=True
    )


class Finding(Event):
    """One complaint of one edit, in words that the submitter can act on."""

    edit: str
    result: Literal["fail"]
    severity: Severity
    path: str
    """JSON Pointer into `claim`; empty for the claim as a whole."""
    lines: list[int]
    """Line numbers, for people."""
    message: str
    fix: str
    source: str
    status_code: list[str]
    """Claim status category:status[:entity], as a 277CA carries it."""
    carc: list[str]
    """Adjustment reasons that a payer would deny with."""
    evidence: dict[str, str]
    severity_before: Severity | None = None
    """After a release: the severity with which it held the claim."""
    answer: Literal["accepted", "resolved", "overridden", "not_applicable"] | None = None
    """After a release: what the reviewer said of it."""
    answer_reason: str | None = None


class MissingData(Event):
    """An edit that could not answer, and the tables (`kind@date`) it needs."""

    edit: str
    needs: list[str]


class BypassedEdit(Event):
    """An edit that would have failed but for the reason given."""

    edit: str
    lines: list[int]
    reason: str


class Counts(Event):
    """How many edits passed, failed, were bypassed or had no data."""

    passed: int = Field(alias="pass")
    fail: int
    bypassed: int
    no_data: int


class Sampling(Event):
    """How a claim came to be drawn for audit."""

    stratum: str
    rate: Share
    period: str
    plan: str


class Review(Event):
    """What a reviewer is told besides the findings."""

    reasons: list[str]
    priority: Annotated[int, Field(ge=1, le=5)]
    dollars_at_risk: Money
    queue: str
    due_at: Moment
    sample: bool
    expected_loss: Money | None = None
    denial_probability: Share | None = None
    hard_due_at: Moment | None = None
    sampling: Sampling | None = None


class Shadow(Event):
    """What a payer pack that only looks on would have done; it changed nothing."""

    payer_pack: str
    disposition: Literal["clean", "rejected", "review"]
    added: list[Finding]
    """Findings that it alone would have given."""
    removed: list[Finding]
    """Findings that it would not have given, or not so."""


class Versions(Event):
    """All that decides an outcome besides the submission."""

    scrubber: str
    edits: str
    payer_pack: str
    reference: dict[str, str]
    shadow_pack: str | None = None
    """The pack that wrote `shadow`."""


class OutcomeEvent(Event):
    """
    The one answer to a submission, and to each later revision of it.

    `decision_id` and `revision` are absent on the first outcome.
    """

    schema_version: Literal[1]
    outcome_id: Digest
    submission_id: SubmissionId
    disposition: Literal["clean", "rejected", "review"]
    findings: list[Finding]
    no_data: list[MissingData]
    bypassed: list[BypassedEdit]
    counts: Counts
    review: Review | None
    versions: Versions
    claim: Any
    """As submitted."""
    decision_id: str | None = None
    revision: Annotated[int, Field(ge=1)] | None = None
    shadow: Shadow | None = None
    """Where a payer pack in shadow holds for the claim."""
