"""The decision event: what a reviewer decided, on `review-decisions`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from scrubber.contracts.outcome import Counts, Digest, Event, Share, Versions
from scrubber.contracts.values import Moment, SubmissionId


class Actor(Event):
    """Who decided; `id` is opaque."""

    id: str
    kind: Literal["person", "service"]
    role: str


class Answer(Event):
    """What the reviewer says of one finding."""

    edit: str
    path: str
    lines: list[int]
    answer: Literal["accepted", "resolved", "overridden", "not_applicable"]
    reason: str | None = None


class Change(Event):
    """One correction of the claim, with the provenance of what it replaces."""

    op: Literal["add", "remove", "replace"]
    path: str
    from_: Any = Field(default=None, alias="from")
    to: Any = None
    reason: str
    origin_before: str | None = None
    model: str | None = None
    model_version: str | None = None
    confidence: Share | None = None


class Recheck(Event):
    """What the scrub says of the corrected claim."""

    disposition: Literal["clean", "rejected", "review"]
    outcome_id: Digest
    counts: Counts


class Attestation(Event):
    """The text that the reviewer agreed to."""

    text_id: str
    text_sha256: str
    at: Moment


class AuditedCode(Event):
    """One code of an audit: the AI's, the auditor's, and who was right."""

    target: str
    ai: str | None
    auditor: str | None
    result: Literal["agree", "wrong", "missing", "extra"]
    direction: Literal["over", "under", "none"]
    charge_difference: str


class Audit(Event):
    """The result of a quality audit."""

    stratum: str
    inclusion_probability: Share
    period: str
    plan: str
    codes: list[AuditedCode]
    claim_error: bool
    blind: bool


class DecisionEvent(Event):
    """A reviewer's decision on one outcome; `claim` is the whole corrected claim, or null."""

    schema_version: Literal[1]
    decision_id: str
    item_id: str
    item_version: int
    submission_id: SubmissionId
    outcome_id: Digest
    revision: Annotated[int, Field(ge=0)]
    kind: Literal["release", "correct", "return", "override", "escalate", "documents", "audit"]
    terminal: bool
    decided_at: Moment
    actor: Actor
    second_actor: Actor | None = None
    reason: str
    note_sha256: str | None = None
    findings: list[Answer]
    changes: list[Change]
    claim_sha256_before: str
    claim_sha256_after: str
    claim: dict[str, Any] | None = None
    recheck: Recheck | None = None
    attestation: Attestation | None = None
    documents: list[str]
    return_to: str | None = None
    queue_to: str | None = None
    due_at: Moment | None = None
    bulk_id: str | None = None
    break_glass: bool
    self_review_bypass: bool
    audit: Audit | None = None
    lease_s: int
    versions: Versions
