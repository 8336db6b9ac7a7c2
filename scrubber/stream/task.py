"""
Task p: partition p of every input, their common state, and one transactional producer.

The order of its start is what makes it safe: the producer's start fences the earlier owner and
ends its open transaction; only then are state and positions read, since they are final.
"""

import asyncio
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.restore import restore
from scrubber.stream.state import StateStore, without_expiry
from scrubber.stream.stop import NEEDS_A_PERSON, fail_stop
from scrubber.stream.suspects import Suspects
from scrubber.stream.topics import Topic
from scrubber.stream.transaction import HISTORY, PartitionBatch, position_key
from scrubber.stream.turns import Turns
from scrubber.telemetry import metrics
from scrubber.telemetry.log import log

#: The inputs, those first that a person or a payer waits for.
INPUTS: Final = ("review-decisions", "remittances", "claims-rekeyed", "claims-submitted")

_BATCH_BYTES: Final = 900_000  # a record batch; below max.message.bytes of every topic
_BATCH_SECONDS: Final = 1.0  # a batch that takes longer is halved the next time
_READ_MS: Final = 1000

State = Literal["restoring", "ready", "leaving"]


class Task:
    """One task while it is assigned to this process; `positions` are the next offsets to read."""

    def __init__(
        self,
        number: int,
        settings: StreamSettings,
        options: dict[str, Any],
        topics: Mapping[str, Topic],
        consumer: AIOKafkaConsumer,
        queues: Mapping[str, asyncio.Queue[PartitionBatch]],
        turns: Turns,
    ) -> None:
        """Keep the parts; `turns` are those of all tasks of the process."""
        self.number = number
        self.settings = settings
        self.state: State = "restoring"
        self.positions: dict[str, int] = {}
        self.max_bytes = {name: topic.max_message_bytes for name, topic in topics.items()}
        self.in_flight: PartitionBatch | None = None
        self.progress = time.monotonic()
        self._options = options
        self._consumer = consumer
        self._queues = queues
        self._turns = turns
        self._entered = False
        self._free = asyncio.Event()
        self._free.set()
        self._limit = settings.batch_records
        self._read = dict.fromkeys(INPUTS, 0)
        self._given: dict[str, int] = {}
        self._suspects = Suspects(settings.batch_records)
        self._work: asyncio.Task[None] | None = None
        self._noting: asyncio.Task[None] | None = None
        self.producer = AIOKafkaProducer(
            **options,
            transactional_id=f"{settings.app_id}-{number}",
            transaction_timeout_ms=settings.transaction_timeout_ms,
            acks="all",
            # A transaction may find the one before it not quite ended, and asks again after this.
            retry_backoff_ms=20,
            compression_type="zstd",
            max_batch_size=_BATCH_BYTES,
            linger_ms=0,
        )
        self.store: StateStore

    def wire_name(self, topic: str) -> str:
        """Return a topic's name on the broker."""
        return self.settings.topic_prefix + topic

    def partition(self, topic: str) -> TopicPartition:
        """Return this task's partition of a topic."""
        return TopicPartition(self.wire_name(topic), self.number)

    def start(self, folder: Path, kept: StateStore | None, restores: asyncio.Semaphore) -> None:
        """Activate in the background, then read on; `kept` is a store still open here."""
        self.store = kept or self._open_store(folder)
        self._work = asyncio.create_task(self._run(restores))

    async def stop_reading(self) -> None:
        """Hand over no more batches."""
        self.state = "leaving"
        self.progress = min(self.progress, time.monotonic())  # watched from now, if not yet
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait((self._work,))

    async def stop(self, deadline_s: float) -> None:
        """Wait for the batch in flight, then leave the partitions; `stop_reading` comes first."""
        try:
            async with asyncio.timeout(deadline_s):
                if self._noting is not None:
                    await self._noting
                await self._free.wait()
        except TimeoutError as error:
            fail_stop("a batch did not end before its partition was given up", error)
        await self.producer.stop()
        for topic in INPUTS:
            for gauge in (metrics.LAG, metrics.OLDEST_AGE):
                with suppress(KeyError):  # not measured yet
                    gauge.remove(topic, self.number)

    def take_back(self) -> None:
        """Drop the batch that no agent has taken; it will be read again."""
        self.in_flight = None
        self._leave_turn()
        self._free.set()

    def committed(self, batch: PartitionBatch) -> None:
        """Note that a batch is answered, and free the way for the next."""
        self.progress = time.monotonic()
        seconds = self.progress - batch.begun
        if batch.records:
            self.positions[batch.topic] = batch.next_offset
            metrics.BATCH_SECONDS.observe(seconds)
            metrics.BATCH_RECORDS.observe(len(batch.records))
            metrics.RECORDS.labels(batch.topic).inc(len(batch.records))
            now = time.time()
            for record in batch.records:
                metrics.LATENCY.observe(max(0.0, now - record.timestamp / 1000))
            if seconds > _BATCH_SECONDS:
                self._limit = max(1, self._limit // 2)
            else:
                self._limit = min(self.settings.batch_records, self._limit * 2)
        metrics.TRANSACTIONS.inc()
        if batch is self.in_flight:
            self.in_flight = None
            self._leave_turn()
            self._free.set()

    async def _run(self, restores: asyncio.Semaphore) -> None:
        try:
            # Nothing is expected of it before its turn; those whose turn it is are watched.
            self.progress = math.inf
            async with restores:
                self._progressed()
                await self._activate()
            await self._pump()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 (a task that stops by itself is a silent stall)
            fail_stop(f"task {self.number} failed while {self.state}", error)

    async def _activate(self) -> None:
        started = time.monotonic()
        await self.producer.start()
        # A rebalance cancels this task, and nobody may close the store before the thread is done.
        self._noting = asyncio.create_task(asyncio.to_thread(self.store.check))
        await asyncio.shield(self._noting)
        await restore(self.store, self._options, self.partition(HISTORY), self._progressed)
        partitions = [self.partition(topic) for topic in INPUTS]
        beginnings = await self._consumer.beginning_offsets(partitions)
        found = await self._consumer.end_offsets(partitions)
        ends = {topic: found[self.partition(topic)] for topic in INPUTS}
        for topic in INPUTS:
            self.positions[topic] = await self._position(
                topic, beginnings[self.partition(topic)], ends[topic]
            )
        await self._count_start(ends)
        self._given = dict(self.positions)
        for topic in INPUTS:
            self._consumer.seek(self.partition(topic), self.positions[topic])
        self._consumer.resume(*partitions)
        self.state = "ready"
        self._progressed()
        log(
            "task.ready",
            task=self.number,
            seconds=round(time.monotonic() - started, 3),
            keys=self.store.count(),
        )

    def _open_store(self, folder: Path) -> StateStore:
        return StateStore(
            folder / f"{self.wire_name(HISTORY)}-{self.number}",
            f"{self.settings.app_id} {self.partition(HISTORY)}",
        )

    async def _position(self, topic: str, beginning: int, end: int) -> int:
        """
        Return where to read on; ends the process where records are gone that nobody has read.

        Transactional offsets may become visible a little after their transaction; the changelog
        is read after the fence and holds the position too, so the greater one counts.
        """
        stored = self.store.get(position_key(topic))
        known = -1 if stored is None else int.from_bytes(without_expiry(stored))
        committed = await self._consumer.committed(self.partition(topic))
        committed = -1 if committed is None else committed
        if committed != known:
            metrics.POSITION_DIFFERENCES.inc()
            log(
                "task.positions_differ",
                topic=topic,
                partition=self.number,
                committed=committed,
                changelog=known,
            )
        position = max(known, committed)
        if position < 0:
            return beginning  # the first start of all
        if not beginning <= position <= end:
            fail_stop(
                f"{topic} partition {self.number}: the next record to read is {position}, "
                f"but the topic holds {beginning} to {end}: records were lost to retention, "
                "or the topic was made anew",
                code=NEEDS_A_PERSON,
            )
        return position

    async def _count_start(self, ends: Mapping[str, int]) -> None:
        if notes := self._suspects.count_start(self.store, self.number, self.positions, ends):
            await self._note(notes)

    async def _note(self, notes: Mapping[bytes, bytes]) -> None:
        # A rebalance cancels the task; a transaction under way is still ended in order.
        self._noting = asyncio.create_task(self._write(notes))
        await asyncio.shield(self._noting)

    async def _write(self, notes: Mapping[bytes, bytes]) -> None:
        async with PartitionBatch(self, "", []).transaction() as tx:
            for key, value in notes.items():
                tx.set(key, value)

    async def measure(self) -> None:
        """Show how far each input is behind; a task that has nothing to do is not stuck."""
        if self.state != "ready":
            return
        waiting = self.in_flight is not None
        for topic in INPUTS:
            partition = self.partition(topic)
            highwater = self._consumer.highwater(partition)
            if highwater is None:  # not fetched from yet
                continue
            position = self.positions[topic]
            if position >= self._read[topic]:
                # All that was read is answered. What may lie between is no record: the marks
                # that transactions leave behind.
                position = await self._consumer.position(partition)
            stable = self._consumer.last_stable_offset(partition)
            # Beyond the stable offset lies somebody else's open transaction, not our work.
            waiting = waiting or position < (highwater if stable is None else stable)
            metrics.LAG.labels(topic, self.number).set(max(0, highwater - position))
            metrics.OLDEST_AGE.labels(topic, self.number).set(self._oldest_age(topic))
        if not waiting:
            self._progressed()

    def _oldest_age(self, topic: str) -> float:
        batch = self.in_flight
        if batch is None or batch.topic != topic:
            return 0.0
        age: float = time.time() - batch.records[0].timestamp / 1000
        return max(0.0, age)

    def _progressed(self) -> None:
        self.progress = time.monotonic()

    async def _pump(self) -> None:
        """Read the inputs, one batch ahead of the one in flight."""
        partitions = [self.partition(topic) for topic in INPUTS]
        while True:
            found = await self._consumer.getmany(
                *partitions, timeout_ms=_READ_MS, max_records=self._limit
            )
            for topic, partition in zip(INPUTS, partitions, strict=True):
                records = found.get(partition)
                if records:
                    self._read[topic] = records[-1].offset + 1
                    await self._free.wait()
                    await self._hand_over(topic, records)

    async def _hand_over(self, topic: str, records: list[ConsumerRecord]) -> None:
        while records and (size := self._suspects.batch_size(topic, records[0].offset)):
            batch = PartitionBatch(self, topic, records[:size])
            records = records[size:]
            if size == 1:
                await self._try_alone(batch)
            else:
                await self._enter_turn()
                self._give(batch)
            await self._free.wait()
        if records:
            await self._enter_turn()
            self._give(PartitionBatch(self, topic, records))

    async def _try_alone(self, batch: PartitionBatch) -> None:
        """Name a record before it is tried, or park it if it was named when the process ended."""
        async with self._turns.alone():
            offset = batch.records[0].offset
            batch.parked = self._suspects.found(batch.topic, offset)
            if not batch.parked:
                await self._note(self._suspects.name(batch.topic, offset))
            self._give(batch)
            await self._free.wait()

    async def _enter_turn(self) -> None:
        await self._turns.enter()
        self._entered = True

    def _leave_turn(self) -> None:
        if self._entered:
            self._entered = False
            self._turns.leave()

    def _give(self, batch: PartitionBatch) -> None:
        self.in_flight = batch
        self._free.clear()
        batch.follows = self._given[batch.topic]
        self._given[batch.topic] = batch.next_offset
        self._queues[batch.topic].put_nowait(batch)
