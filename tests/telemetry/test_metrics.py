"""The metrics are one table."""

from typing import get_args

from prometheus_client import generate_latest

from scrubber.contracts.decision import DecisionEvent
from scrubber.telemetry import metrics
from scrubber.telemetry.metrics import METRICS, REGISTRY, Metric


def test_the_table_and_the_registry_hold_the_same() -> None:
    """Name, kind and sentence of each; no other series."""
    found = {family.name: family for family in REGISTRY.collect()}
    assert sorted(found) == sorted(row.name.removesuffix("_total") for row in METRICS)
    for row in METRICS:
        family = found[row.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (row.kind, row.what)
        assert row.name.endswith("_total") == (row.kind == "counter")
        assert row.what.endswith(".")
        assert row.unit


def test_series_of_closed_sets_start_at_zero() -> None:
    """The first event is a rate already; no series tells when it was made."""
    text = generate_latest(REGISTRY).decode()
    assert 'scrubber_decisions_total{kind="release",result="refused"}' in text
    assert 'scrubber_partitions{state="stuck"}' in text
    assert "_created" not in text


def test_latency_tells_half_a_second_and_five() -> None:
    """The limits that are promised are bounds of buckets."""
    text = generate_latest(REGISTRY).decode()
    for bound in ("0.005", "0.5", "5.0", "60.0"):
        assert f'scrubber_latency_seconds_bucket{{le="{bound}"}}' in text


def test_the_kinds_of_decisions_are_those_of_the_wire() -> None:
    """Telemetry imports no contract, so a test holds them together."""

    def row(name: str) -> Metric:
        return next(one for one in METRICS if one.name == name)

    kinds = get_args(DecisionEvent.model_fields["kind"].annotation)
    assert row("scrubber_decisions_total").labels["kind"] == kinds
    assert metrics.DECISIONS is not None
