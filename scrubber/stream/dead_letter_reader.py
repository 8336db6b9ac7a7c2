"""
Dead letters as an operator sees them: what stands in their topic, and what was replayed of it.

A replayed dead letter stays where it is. The mark that it was replayed is a record after it, in
the same partition of the same topic: see docs/decisions/0006-replay-marks.md.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.connection import committed_reader, reach
from scrubber.stream.dead_letters import TOPIC, attempts_of
from scrubber.stream.topics import UnreachableError, partition_count

REPLAYED_OFFSET: Final = "replayed_offset"
REPLAYED_AT: Final = "replayed_at"
_WAIT_MS: Final = 200  # the end may be a control record, after which nothing comes
_FETCH_BYTES: Final = 4 << 20  # the largest record and some more


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter; `replayed_at` is the time at which it was replayed, "" if never."""

    record: ConsumerRecord
    replayed_at: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """Its partition and offset."""
        return self.record.partition, self.record.offset

    @property
    def attempts(self) -> int:
        """How often the record was tried."""
        return attempts_of(self.record)

    def header(self, name: str) -> str:
        """Return one header, "" when it is not there."""
        return next((_printable(value) for key, value in self.record.headers if key == name), "")

    def headers(self) -> list[tuple[str, str]]:
        """Return all headers, those that the record came with too."""
        return [
            (_printable(name.encode()), _printable(value)) for name, value in self.record.headers
        ]


def _printable(value: bytes) -> str:
    """Return text without what could steer a terminal."""
    text = (value or b"").decode("utf-8", "replace")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def mark_headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    """Return the headers of the record that marks a dead letter as replayed now."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return [(REPLAYED_OFFSET, str(letter.record.offset).encode()), (REPLAYED_AT, now.encode())]


def marked(record: ConsumerRecord) -> tuple[int, str] | None:
    """Return which offset a record marks as replayed, and when; `None` for a dead letter."""
    headers = dict(record.headers)
    offset = headers.get(REPLAYED_OFFSET, b"")
    # A dead letter keeps the headers that it came with, whatever their names.
    if "error_type" in headers or not offset.isdigit():
        return None
    return int(offset), _printable(headers.get(REPLAYED_AT, b""))


class DeadLetters:
    """The dead letters as they are when this is opened; what is added later is not seen."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        beginnings: dict[TopicPartition, int],
        ends: dict[TopicPartition, int],
    ) -> None:
        """Take the consumer over; `open_dead_letters` makes the parts."""
        self._consumer = consumer
        self._beginnings = beginnings
        self._ends = dict(sorted(ends.items()))
        # All are assigned at once and read one by one. A consumer that is assigned anew for each
        # may never stop: aiokafka 0.14 loses the cancellation while it drops the last assignment.
        consumer.assign(list(ends))
        consumer.pause(*ends)
        for partition, offset in beginnings.items():
            consumer.seek(partition, offset)

    async def all(self) -> AsyncIterator[DeadLetter]:
        """Yield every dead letter: by partition, the oldest first."""
        for partition, end in self._ends.items():
            async for letter in self._read(partition, None, end):
                yield letter

    async def one(self, partition: int, offset: int) -> DeadLetter | None:
        """Return the dead letter of a place, `None` when there is none."""
        for held, end in self._ends.items():
            if held.partition == partition and offset < end:
                async for letter in self._read(held, offset, offset + 1):
                    return letter
        return None

    async def _read(
        self, partition: TopicPartition, start: int | None, end: int
    ) -> AsyncIterator[DeadLetter]:
        first = self._beginnings[partition]
        start = first if start is None else max(first, start)
        # The marks come after what they mark, so they are looked for before.
        marks: dict[int, str] = {}
        async for record in self._records(partition, start, self._ends[partition]):
            if mark := marked(record):
                marks[mark[0]] = mark[1]
        async for record in self._records(partition, start, end):
            if not marked(record):
                yield DeadLetter(record, marks.get(record.offset, ""))

    async def _records(
        self, partition: TopicPartition, start: int, end: int
    ) -> AsyncIterator[ConsumerRecord]:
        self._consumer.seek(partition, start)
        self._consumer.resume(partition)
        try:
            while start < end:
                found = await self._consumer.getmany(partition, timeout_ms=_WAIT_MS)
                start = await self._consumer.position(partition)
                for record in found.get(partition, ()):
                    if record.offset < end:
                        yield record
        finally:
            self._consumer.pause(partition)


@asynccontextmanager
async def open_dead_letters(settings: StreamSettings) -> AsyncIterator[DeadLetters]:
    """Yield the dead letters; raises `UnreachableError`, or `TopicError` without their topic."""
    options = await reach(settings)
    topic = settings.topic_prefix + TOPIC
    partitions = [
        TopicPartition(topic, one) for one in range(await partition_count(options, topic))
    ]
    try:
        async with (
            AIOKafkaConsumer(**options, isolation_level="read_uncommitted") as looking,
            committed_reader(options, max_partition_fetch_bytes=_FETCH_BYTES) as reading,
        ):
            # Beyond somebody's open transaction a mark may stand: the reader waits for its end.
            ends = await looking.end_offsets(partitions)
            yield DeadLetters(reading, await looking.beginning_offsets(partitions), ends)
    except KafkaError as error:
        raise UnreachableError(
            f"{settings.bootstrap_servers}: {topic} cannot be read ({type(error).__name__})"
        ) from error
