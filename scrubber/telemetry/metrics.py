"""
All metrics, in one table: name, kind, unit, one sentence.

Labels come from closed sets. Where the set is known here, each of its series is there from the
start with 0, so that the first event already is a rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for every counter, which nobody reads

REGISTRY = CollectorRegistry()


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table; a label's values are a tuple, or words for a set known elsewhere."""

    name: str
    kind: str
    unit: str
    what: str
    labels: dict[str, tuple[str, ...] | str]


METRICS: list[Metric] = []


def _row(
    kind: str, name: str, unit: str, what: str, labels: dict[str, tuple[str, ...] | str]
) -> None:
    METRICS.append(Metric(name, kind, unit, what, labels))


def _start_at_zero(metric: Counter | Gauge, labels: dict[str, tuple[str, ...] | str]) -> None:
    known = [values for values in labels.values() if isinstance(values, tuple)]
    if labels and len(known) == len(labels):
        for values in product(*known):
            metric.labels(*values)


def _counter(name: str, unit: str, what: str, **labels: tuple[str, ...] | str) -> Counter:
    _row("counter", name, unit, what, labels)
    metric = Counter(name, what, tuple(labels), registry=REGISTRY)
    _start_at_zero(metric, labels)
    return metric


def _gauge(name: str, unit: str, what: str, **labels: tuple[str, ...] | str) -> Gauge:
    _row("gauge", name, unit, what, labels)
    metric = Gauge(name, what, tuple(labels), registry=REGISTRY)
    _start_at_zero(metric, labels)
    return metric


def _histogram(name: str, unit: str, what: str, buckets: Sequence[float]) -> Histogram:
    _row("histogram", name, unit, what, {})
    return Histogram(name, what, registry=REGISTRY, buckets=buckets)


_DISPOSITIONS = ("clean", "rejected", "review")
_EDIT = "an edit's id"
_TOPIC = "a topic's name"
_PARTITION = "a partition's number"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

CLAIMS = _counter(
    "scrubber_claims_total",
    "claims",
    "Claims that got an outcome.",
    disposition=_DISPOSITIONS,
)
CHARGES = _counter(
    "scrubber_charges_dollars_total",
    "US dollars",
    "Total charges of claims that got an outcome; a negative total counts as 0.",
    disposition=_DISPOSITIONS,
)
FINDINGS = _counter(
    "scrubber_findings_total",
    "findings",
    "Findings on outcomes.",
    edit=_EDIT,
    severity=("reject", "review", "warn", "info"),
)
NO_DATA = _counter(
    "scrubber_no_data_total",
    "verdicts",
    "Edits that could not answer because a reference table was missing.",
    edit=_EDIT,
)
RECORDS = _counter(
    "scrubber_records_total", "records", "Input records whose batch was committed.", topic=_TOPIC
)
LATENCY = _histogram(
    "scrubber_latency_seconds",
    "seconds",
    "From an input record's timestamp to the commit of its outcome.",
    _SECONDS,
)
BATCH_RECORDS = _histogram(
    "scrubber_batch_records",
    "records",
    "Input records in a transaction.",
    (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
)
BATCH_SECONDS = _histogram(
    "scrubber_batch_seconds", "seconds", "From the start of a batch to its commit.", _SECONDS
)
TRANSACTIONS = _counter("scrubber_transactions_total", "transactions", "Transactions committed.")
STARTS_WITHOUT_PROGRESS = _counter(
    "scrubber_starts_without_progress_total",
    "starts",
    "Starts of a partition that found an input no further than the first batch of the start "
    "before: a transaction that this one had begun was aborted.",
    topic=_TOPIC,
)
LAG = _gauge(
    "scrubber_lag_records",
    "records",
    "Records of an assigned partition that wait.",
    topic=_TOPIC,
    partition=_PARTITION,
)
OLDEST_AGE = _gauge(
    "scrubber_oldest_record_age_seconds",
    "seconds",
    "Age of the oldest record that waits; 0 when none does.",
    topic=_TOPIC,
    partition=_PARTITION,
)
RESTORE_SECONDS = _histogram(
    "scrubber_restore_seconds",
    "seconds",
    "Time to restore a partition's claim history.",
    (0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600),
)
RESTORED = _counter(
    "scrubber_restored_records_total", "records", "History records read while restoring."
)
DEAD_LETTERS = _counter(
    "scrubber_dead_letters_total",
    "records",
    "Records that could not be processed.",
    topic=_TOPIC,
    error_type="a dead letter's error type",
)
REKEYED = _counter(
    "scrubber_rekeyed_total",
    "records",
    "Claims sent on to their patient's partition, for a wrong key or a wrong partition.",
    reason=("key", "partition"),
)
REPEATED = _counter(
    "scrubber_repeated_submissions_total",
    "records",
    "Submissions that were delivered again.",
)
DECISIONS = _counter(
    "scrubber_decisions_total",
    "decisions",
    "Review decisions.",
    kind=("release", "correct", "return", "override", "escalate", "documents", "audit"),
    result=("answered", "recorded", "repeated", "refused"),
)
REMITTANCES = _counter(
    "scrubber_remittances_total",
    "remittances",
    "Remittances.",
    result=("matched", "waiting", "unbalanced", "repeated"),
)
POSITION_DIFFERENCES = _counter(
    "scrubber_position_differences_total",
    "partitions",
    "Assignments at which the committed offset differed from the position in the history.",
)
REBALANCES = _counter("scrubber_rebalances_total", "rebalances", "Rebalances of the group.")
PARTITIONS = _gauge(
    "scrubber_partitions",
    "partitions",
    "Assigned partitions by their state.",
    state=("restoring", "ready", "stuck"),
)
DROPPED_FIELDS = _counter(
    "scrubber_log_fields_dropped_total",
    "fields",
    "Log fields that were not written because they are not on the list or not of its shape.",
)
