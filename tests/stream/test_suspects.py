"""How a record that ends the process is narrowed down, start by start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scrubber.stream.state import NEVER, StateStore, with_expiry
from scrubber.stream.suspects import Notes, Suspects
from scrubber.telemetry import metrics

TOPIC = "claims-submitted"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    """Return an empty state."""
    store = StateStore(tmp_path, "a")
    yield store
    store.close()


def keep(store: StateStore, notes: Notes) -> None:
    """Let the state hold what was noted."""
    store.apply({key: with_expiry(NEVER, value) for key, value in notes.items()}, 1)


def start(store: StateStore, position: int, end: int = 1_000, batch: int = 64) -> Suspects:
    """Start once more at a position, and note it."""
    suspects = Suspects(batch)
    keep(store, suspects.count_start(store, 0, {TOPIC: position}, {TOPIC: end}))
    return suspects


def without_progress() -> float:
    """Return the count so far."""
    counted: float = metrics.STARTS_WITHOUT_PROGRESS.labels(TOPIC)._value.get()
    return counted


def test_a_start_counts_that_finds_nothing_answered_since_the_one_before(store: StateStore) -> None:
    """Neither the first one, nor one that is further, nor one without anything to read."""
    before = without_progress()
    for position, end, counted in (
        (10, 1_000, 0), (10, 1_000, 1), (10, 1_000, 2), (400, 1_000, 2), (400, 400, 2),
        (400, 401, 3), (401, 402, 3),
    ):  # fmt: skip
        start(store, position, end)
        assert without_progress() - before == counted, position


def test_batches_become_smaller_from_the_third_start_on(store: StateStore) -> None:
    """By an eighth each time, and only as far as the ones before reached."""
    sizes = []
    for _ in range(5):
        suspects = start(store, 10)
        sizes.append([suspects.batch_size(TOPIC, offset) for offset in (10, 17, 18, 73, 74)])
    assert sizes == [
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [8, 8, 8, 8, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 0],
    ]


def test_a_search_goes_on_where_a_smaller_batch_got_on(store: StateStore) -> None:
    """Progress within what is searched is none of the kind that ends the search."""
    for _ in range(3):
        start(store, 10)
    assert start(store, 18).batch_size(TOPIC, 18) == 1
    assert start(store, 26).batch_size(TOPIC, 26) == 0


def test_who_was_tried_alone_twice_is_the_one(store: StateStore) -> None:
    """Another one tried in between begins anew; once found, nothing is suspected any more."""
    for _ in range(4):
        suspects = start(store, 10)
    for offset in (10, 11, 10):
        assert not suspects.found(TOPIC, offset)
        keep(store, suspects.name(TOPIC, offset))
        suspects = start(store, 10)
    assert not suspects.found(TOPIC, 11)
    assert not suspects.found(TOPIC, 10)
    keep(store, suspects.name(TOPIC, 10))
    suspects = start(store, 10)
    assert not suspects.found(TOPIC, 11)
    assert suspects.batch_size(TOPIC, 11) == 1
    assert suspects.found(TOPIC, 10)
    assert suspects.batch_size(TOPIC, 11) == 0
