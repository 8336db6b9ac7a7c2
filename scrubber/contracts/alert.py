"""The alert event: a coding model, provider or site that needs a look, on `oversight-alerts`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from scrubber.contracts.outcome import Event, Money
from scrubber.contracts.values import Moment


class Subject(Event):
    """What the alert is about."""

    type: str
    id: str
    version: str | None = None


class Scope(Event):
    """The part of the claims that was looked at; null is all."""

    site: str | None = None
    payer_class: str | None = None
    specialty: str | None = None
    claim_type: str | None = None


class Window(Event):
    """The events counted, by event time; `n` of them."""

    from_: Moment = Field(alias="from")
    to: Moment
    n: int


class Measure(Event):
    """A figure with its interval, its baseline and the limit it broke."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    limit: float | None = None


class Detector(Event):
    """What raised the alert, with its parameters."""

    name: str
    version: str
    params: dict[str, Any]


class Statistic(Event):
    """The detector's statistic and the threshold it passed."""

    value: float
    threshold: float
    q: float | None = None


class Affected(Event):
    """How much is concerned."""

    claims: int
    dollars: Money


class AlertEvent(Event):
    """One alert; the same data give the same `alert_id`, so a replay raises nothing new."""

    schema_version: Literal[1]
    alert_id: str
    kind: Literal[
        "drift", "levels", "unspecified", "wrong_pair", "bias", "denial", "canary", "breaker",
        "deadline", "audit_chain", "break_glass",
    ]  # fmt: skip
    subject: Subject
    scope: Scope
    level: Literal["info", "warn", "page"]
    raised_at: Moment
    window: Window
    measure: Measure
    detector: Detector
    statistic: Statistic
    expected_false_per_year: float
    state_before: str
    state_after: str
    affected: Affected
    items: Annotated[list[str], Field(max_length=20)]
    link: str | None = None
    supersedes: str | None = None
