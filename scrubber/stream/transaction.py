"""
One batch, one Kafka transaction: outputs, state and position commit together or not at all.

Nothing is caught here that could be tried again. After a failure the truth is in Kafka: the
process ends, and the next owner fences this producer before it reads where to go on.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from aiokafka import ConsumerRecord, TopicPartition

from scrubber.claim.history import HistoryFormatError
from scrubber.stream.state import NEVER, with_expiry, without_expiry
from scrubber.stream.stop import NEEDS_A_PERSON, fail_stop

if TYPE_CHECKING:
    from scrubber.stream.task import Task

Headers = Sequence[tuple[str, bytes]]

HISTORY: Final = "claims-history"
EXPIRED_A_BATCH: Final = 200  # keys forgotten beside the batch's own changes
_RECORD_OVERHEAD: Final = 200
_OFFSET_BYTES: Final = 8


class RecordTooLargeError(ValueError):
    """A record that its topic would refuse; `size` and `limit` in bytes."""

    def __init__(self, topic: str, size: int, limit: int) -> None:
        """Keep the parts."""
        super().__init__(f"{topic}: {size} bytes; the limit is {limit}")
        self.size = size
        self.limit = limit


class PartitionBatch:
    """
    Records of one input partition, in their order, and the transaction that answers them.

    `topic` is the name in `topics/`, without a prefix. A batch without records changes state only.
    A `parked` batch holds the one record that ended the process again and again.
    """

    def __init__(self, task: "Task", topic: str, records: list[ConsumerRecord]) -> None:
        """Keep the parts."""
        self.task = task
        self.topic = topic
        self.records = records
        # Not the count of records: control records take offsets too.
        self.next_offset = records[-1].offset + 1 if records else 0
        # Where the batch before it ended; between may lie offsets that are no records.
        self.follows = 0
        self.parked = False
        self.handed_out = 0.0
        self.begun = 0.0

    def transaction(self) -> "Transaction":
        """Return the transaction of this batch; leaving it commits, any error ends the process."""
        return Transaction(self)


class _Builder:
    """A record batch under way to one partition."""

    __slots__ = ("base_offset", "batch", "partition", "records", "topic")

    def __init__(self, topic: str, partition: int, batch: Any) -> None:
        self.topic = topic
        self.partition = partition
        self.batch = batch
        self.records = 0
        self.base_offset = -1

    def append(self, key: bytes | None, value: bytes | None, headers: Headers) -> bool:
        # The broker's clock counts on all our topics, not this one.
        added = self.batch.append(timestamp=None, key=key, value=value, headers=list(headers))
        if added is None:
            return False
        self.records += 1
        return True


class Place(NamedTuple):
    """Where a record was put; its offset is known once the outputs are with the broker."""

    builder: _Builder
    relative: int

    @property
    def offset(self) -> int:
        """The record's offset in its partition."""
        return self.builder.base_offset + self.relative


class Transaction:
    """
    What a handler may do: put records, read and change state, count.

    It hands out no producer, so nothing can be sent beside the transaction. Counts reach the
    metrics only after the commit.
    """

    def __init__(self, batch: PartitionBatch) -> None:
        """Keep the batch; nothing happens before it is entered."""
        self._batch = batch
        self._task = batch.task
        self._overlay: dict[bytes, bytes | None] = {}
        self._places: dict[bytes, Place] = {}
        self._unsent: list[_Builder] = []
        self._open: dict[tuple[str, int], _Builder] = {}
        self._changelog_end = 0
        self._counts: Counter[Callable[[float], None]] = Counter()
        self.today = datetime.now(UTC).date()

    async def __aenter__(self) -> Self:
        """Begin; the records may now be handled."""
        batch = self._batch
        if batch.records and batch.follows != self._task.positions[batch.topic]:
            fail_stop("a batch does not follow the last one that was answered")
        batch.begun = time.monotonic()
        await self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit, or end the process: a cancelled batch is as unfinished as a failed one."""
        if isinstance(error, HistoryFormatError):
            # State of a later release stays unreadable, however often this one starts.
            fail_stop(str(error), error, code=NEEDS_A_PERSON)
        if error is not None:
            fail_stop("the handling of a batch failed", error)
        try:
            async with asyncio.timeout(self._task.settings.commit_deadline_s):
                await self._commit()
        except BaseException as failure:  # noqa: BLE001 (see the module's docstring)
            fail_stop("a transaction did not commit", failure)
        for add, amount in self._counts.items():
            add(amount)
        self._task.committed(self._batch)

    def get(self, key: bytes) -> bytes | None:
        """Return the value under `key`, this transaction's own changes included."""
        stored = self._overlay[key] if key in self._overlay else self._task.store.get(key)
        return None if stored is None else without_expiry(stored)

    def set(
        self, key: bytes, value: bytes, *, days: int | None = None, place: Place | None = None
    ) -> None:
        """
        Keep `value` under `key` for `days` from today, or for ever.

        With a `place`, the last eight bytes of the value become that record's offset.
        """
        expires = NEVER if days is None else self.today.toordinal() + days
        self._overlay[key] = with_expiry(expires, value)
        if place is not None:
            self._places[key] = place
        elif self._places:
            self._places.pop(key, None)

    def put(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        *,
        headers: Headers = (),
        partition: int | None = None,
    ) -> Place:
        """
        Add a record to a topic, in the task's own partition unless another is named.

        Raises `RecordTooLargeError` before anything is added.
        """
        # An empty record batch takes any size, and the broker's refusal would come too late.
        size = _RECORD_OVERHEAD + (len(key) if key else 0) + (len(value) if value else 0)
        for name, text in headers:
            size += len(name) + len(text)
        limit = self._task.max_bytes[topic]
        if size > limit:
            raise RecordTooLargeError(topic, size, limit)
        to = self._task.number if partition is None else partition
        builder = self._open.get((topic, to))
        if builder is None or not builder.append(key, value, headers):
            builder = _Builder(topic, to, self._task.producer.create_batch())
            self._open[topic, to] = builder
            self._unsent.append(builder)
            builder.append(key, value, headers)
        return Place(builder, builder.records - 1)

    def count(self, add: Callable[[float], None], amount: float = 1) -> None:
        """Add to a metric once the batch has committed; `add` is a child's `inc`."""
        self._counts[add] += amount  # type: ignore[assignment]

    async def _begin(self) -> None:
        await self._task.producer.begin_transaction()

    async def _commit(self) -> None:
        offsets = asyncio.ensure_future(self._send_offsets())
        if self._batch.records:
            self._forget()
        self._put_changelog()
        await self._ship()
        if self._places:
            self._put_places()
            await self._ship()
        await offsets
        await self._end()
        self._apply()

    def _forget(self) -> None:
        """Delete what has expired, a little with each batch."""
        for key in self._task.store.expired(self.today, EXPIRED_A_BATCH):
            self._overlay.setdefault(key, None)

    def _put_changelog(self) -> None:
        if self._batch.records:
            position = self._batch.next_offset.to_bytes(_OFFSET_BYTES)
            self.set(position_key(self._batch.topic), position)
        for key, value in self._overlay.items():
            if key not in self._places:
                self.put(HISTORY, key, value)

    def _put_places(self) -> None:
        """Add what names an output's offset; the changelog is in the transaction by now."""
        for key, place in self._places.items():
            value = self._overlay[key]
            assert value is not None
            value = value[:-_OFFSET_BYTES] + place.offset.to_bytes(_OFFSET_BYTES)
            self._overlay[key] = value
            self.put(HISTORY, key, value)

    async def _ship(self) -> None:
        """Send what is not sent yet, and wait until the brokers have all of it."""
        unsent, self._unsent = self._unsent, []
        self._open.clear()
        # A commit flushes and passes over failed batches: each one's own answer must be seen.
        sent = [
            await self._task.producer.send_batch(
                one.batch, self._task.wire_name(one.topic), partition=one.partition
            )
            for one in unsent
        ]
        for builder, delivered in zip(unsent, await asyncio.gather(*sent), strict=True):
            builder.base_offset = delivered.offset
            if builder.topic == HISTORY:
                self._changelog_end = delivered.offset + builder.records

    async def _send_offsets(self) -> None:
        if not self._batch.records:
            return
        partition = TopicPartition(self._task.wire_name(self._batch.topic), self._task.number)
        await self._task.producer.send_offsets_to_transaction(
            {partition: self._batch.next_offset}, self._task.settings.app_id
        )

    async def _end(self) -> None:
        await self._task.producer.commit_transaction()

    def _apply(self) -> None:
        self._task.store.apply(self._overlay, self._changelog_end)


def position_key(topic: str) -> bytes:
    """Return the state key under which the next offset to read of an input is kept."""
    return b"\0position:" + topic.encode()
