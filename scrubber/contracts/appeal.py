"""The appeal: a work item for a denied claim: what was denied, by when, and what came of it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from scrubber.contracts.outcome import Digest, Event, Money, Share
from scrubber.contracts.values import Day, Moment, SubmissionId


class DeniedService(Event):
    """What the payer denied of one line (null: of the claim), group, CARC and RARCs included."""

    line: int | None
    procedure: str
    charge: Money
    denied_amount: Money
    group: str
    carc: str
    rarcs: list[str]


class CoverageText(Event):
    """The row of a coverage article on which the appeal rests."""

    table: str
    article: str
    version: str
    group: str
    code: str


class Letter(Event):
    """The letter's template and the facts that fill it; a fact without value is null."""

    template: str
    version: str
    facts: dict[str, str | None]


class Document(Event):
    """One document that the appeal needs."""

    document: str
    state: str


class Place(Event):
    """Where the item came from: a topic's offset, or a file's record."""

    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    file: str | None = None
    record: int | None = None


class AppealEvent(Event):
    """An appeal as the console hands it on: the work item's fields and the appeal's own."""

    schema_version: Literal[1]
    item_id: str
    kind: Literal["appeal"]
    submission_id: SubmissionId
    outcome_id: Digest
    revision: Annotated[int, Field(ge=0)]
    patient_key: Digest
    site: str
    queue: str
    state: Literal[
        "open", "leased", "second", "documents", "decided", "published", "closed", "superseded"
    ]
    version: Annotated[int, Field(ge=1)]
    """Rises by one with each change of the item."""
    rank_key: int
    priority: Annotated[int, Field(ge=1, le=5)]
    expected_loss: Money
    dollars_at_risk: Money
    due_at: Moment
    hard_due_at: Moment | None = None
    reasons: list[str]
    worst_edit: str | None = None
    payer_id: str
    billing_npi: str
    specialty: str | None = None
    claim_type: Literal["professional", "institutional", "dental"]
    model: str | None = None
    model_version: str | None = None
    sample: bool
    stratum: str | None = None
    inclusion_probability: Share | None = None
    holder: str | None = None
    """An opaque staff id."""
    lease_until: Moment | None = None
    lease_started: Moment | None = None
    second_required: list[str]
    first_decision_id: str | None = None
    draft: Any = None
    """Encrypted."""
    received_at: Moment
    closed_at: Moment | None = None
    source: Place
    remittance_id: str
    payer_claim_control_number: str
    level: str
    denied: list[DeniedService]
    findings_at_submission: list[str]
    """Ids of the edits that failed when the claim was sent."""
    foreseen: bool
    """True when one of those edits names the denial's CARC."""
    coverage: list[CoverageText]
    received_on: Day
    deadline: Day
    deadline_rule: str
    letter: Letter
    checklist: list[Document]
    result: Literal["open", "sent", "won", "part", "lost", "dropped"]
    recovered: Money | None = None
