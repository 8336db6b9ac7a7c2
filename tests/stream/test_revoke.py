"""What a task hands over while its partitions are taken away: nothing past a batch taken back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream.source import ClaimSource
from scrubber.stream.task import Task
from scrubber.stream.topics import load_topics

TOPIC = "claims-submitted"
SETTINGS = read_stream_settings(
    {
        "SCRUBBER_APP_ID": "revoke",
        "SCRUBBER_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "SCRUBBER_KEY_SECRET": "a secret of the tests",
        "SCRUBBER_COMMIT_DEADLINE_S": "1",
        "SCRUBBER_REVOKE_DEADLINE_S": "2",
    }
)


def record(offset: int) -> ConsumerRecord:
    """Return a record of the input."""
    return ConsumerRecord(TOPIC, 0, offset, 0, 0, b"k", b"v", None, 1, 1, ())


class Consumer:
    """A consumer that has two reads to give, and then no more."""

    def __init__(self) -> None:
        """Hold ten records, five a read."""
        self.both_read = asyncio.Event()
        self.reads = [[record(n) for n in range(5)], [record(n) for n in range(5, 10)]]

    async def getmany(self, *_: Any, **__: Any) -> dict[TopicPartition, list[ConsumerRecord]]:
        """Return the next read."""
        if self.reads:
            read = self.reads.pop(0)
            if not self.reads:
                self.both_read.set()
            return {TopicPartition(TOPIC, 0): read}
        await asyncio.Event().wait()
        raise AssertionError


class Producer:
    """A producer that only stops."""

    def __init__(self, **_: Any) -> None:
        """Connect to nothing."""

    async def stop(self) -> None:
        """Do nothing."""


@pytest.fixture
async def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ClaimSource]:
    """Return a source with one task that has handed over a batch and read another ahead."""

    def ended(reason: str, *_: object, **__: object) -> None:
        raise SystemError(reason)

    for module in ("task", "transaction"):
        monkeypatch.setattr(f"scrubber.stream.{module}.fail_stop", ended)
    monkeypatch.setattr("scrubber.stream.task.AIOKafkaProducer", Producer)
    source = ClaimSource(SETTINGS, {}, {}, tmp_path)
    topics = load_topics()
    consumer = Consumer()
    task = Task(0, SETTINGS, {}, topics, consumer, source._queues, source._turns)
    task.positions = dict.fromkeys(task._read, 0)
    task._given = dict(task.positions)
    task.store = task._open_store(tmp_path)
    task.state = "ready"
    task._work = asyncio.create_task(task._pump())
    source.tasks[0] = task
    await consumer.both_read.wait()
    await asyncio.sleep(0)
    yield source
    task.store.close()


async def test_a_batch_that_nobody_took_is_not_followed_by_the_one_read_ahead(
    source: ClaimSource,
) -> None:
    """The next owner reads it again; one after it would move the position past it."""
    task = source.tasks[0]
    await source._leave()
    await asyncio.sleep(0)
    assert source._queues[TOPIC].empty()
    assert task.in_flight is None
