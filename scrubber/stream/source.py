"""
The consumer group's member: which tasks are ours, and the batches of their records.

aiokafka only logs what its rebalance listener raises, and sends no heartbeat while
`on_partitions_assigned` runs: so both callbacks end the process on any error, and assignment
returns at once while the tasks become ready in the background.
"""

import asyncio
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.connection import committed_reader
from scrubber.stream.state import StateStore
from scrubber.stream.stop import fail_stop
from scrubber.stream.task import INPUTS, Task
from scrubber.stream.topics import Topic
from scrubber.stream.transaction import PartitionBatch
from scrubber.stream.turns import Turns
from scrubber.telemetry import metrics
from scrubber.telemetry.log import log

_RESTORES: Final = 4  # tasks that restore at the same time
_FETCH_BYTES: Final = 2 << 20
_TICK_S: Final = 1.0


class ClaimSource(ConsumerRebalanceListener):  # type: ignore[misc]
    """The inputs of the worker; agents take batches with `next`."""

    def __init__(
        self,
        settings: StreamSettings,
        options: dict[str, Any],
        topics: Mapping[str, Topic],
        state_folder: Path,
    ) -> None:
        """Keep the parts; nothing is connected before `start`."""
        self.tasks: dict[int, Task] = {}
        self.joined = False
        self.rebalancing = True
        self.draining = False
        self.tick = time.monotonic()
        self._settings = settings
        self._options = options
        self._topics = topics
        self._folder = state_folder
        self._kept: dict[int, StateStore] = {}
        self._restores = asyncio.Semaphore(_RESTORES)
        self._turns = Turns()
        self._queues: dict[str, asyncio.Queue[PartitionBatch]] = {
            topic: asyncio.Queue() for topic in INPUTS
        }
        self._ticking: asyncio.Task[None] | None = None
        self._consumer: AIOKafkaConsumer | None = None

    async def start(self) -> None:
        """Join the group."""
        self._consumer = committed_reader(
            self._options,
            group_id=self._settings.app_id,
            group_instance_id=self._settings.instance_id or None,
            # Range alone gives each member the same partition numbers of every topic; a second
            # assignor would also be joined with, one request each.
            partition_assignment_strategy=[RangePartitionAssignor],
            session_timeout_ms=self._settings.session_timeout_ms,
            heartbeat_interval_ms=max(100, self._settings.session_timeout_ms // 15),
            rebalance_timeout_ms=self._settings.rebalance_timeout_ms,
            max_partition_fetch_bytes=_FETCH_BYTES,
            fetch_max_wait_ms=100,
        )
        self._consumer.subscribe(
            [self._settings.topic_prefix + topic for topic in INPUTS], listener=self
        )
        await self._consumer.start()
        self.joined = True
        self._ticking = asyncio.create_task(self._tick())

    async def next(self, topic: str) -> PartitionBatch:
        """Return the next batch of an input, when there is one."""
        batch = await self._queues[topic].get()
        batch.handed_out = time.monotonic()
        return batch

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Finish what is in flight and leave; heartbeats go on meanwhile."""
        try:
            if revoked:
                log("worker.revoked", tasks=len(self.tasks))
            self.rebalancing = True
            await self._leave()
        except BaseException as error:  # noqa: BLE001
            fail_stop("revoking failed", error)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Make the tasks and return at once: no heartbeat is sent while this runs."""
        try:
            self._assign(assigned)
        except BaseException as error:  # noqa: BLE001
            fail_stop("assignment failed", error)

    async def drain(self) -> None:
        """Take no new batches, finish those in flight, leave the group."""
        self.draining = True
        await self._leave()
        for store in self._kept.values():
            store.close()
        self._kept.clear()
        if self._consumer is not None:
            # Our listener is called once more, with nothing left to leave.
            await self._consumer.stop()
        if self._ticking is not None:  # only now: the watchdog looks on until the end
            self._ticking.cancel()

    def _assign(self, assigned: Collection[TopicPartition]) -> None:
        if self.draining:  # the stop came while the group was being joined
            return
        numbers = {partition.partition for partition in assigned}
        wanted = {
            TopicPartition(self._settings.topic_prefix + topic, number)
            for topic in INPUTS
            for number in numbers
        }
        if wanted != set(assigned):
            fail_stop("the group's assignor split a task; all members must run the same release")
        metrics.REBALANCES.inc()
        log("worker.assigned", tasks=len(numbers))
        for number in self._kept.keys() - numbers:
            self._kept.pop(number).close()
        assert self._consumer is not None
        if assigned:
            self._consumer.pause(*assigned)  # until the position is known
        for number in sorted(numbers):
            task = Task(
                number, self._settings, self._options, self._topics,
                self._consumer, self._queues, self._turns,
            )  # fmt: skip
            self.tasks[number] = task
            # Each assignment fences anew, that of a partition we had before too: in between it
            # may have been another's.
            task.start(self._folder, self._kept.pop(number, None), self._restores)
        self.rebalancing = False

    async def _leave(self) -> None:
        tasks = list(self.tasks.values())
        # Before any batch is taken back: a task that still reads would take that for an answer,
        # and hand over the batch behind it.
        await asyncio.gather(*(task.stop_reading() for task in tasks))
        for queue in self._queues.values():
            while not queue.empty():
                queue.get_nowait().task.take_back()
        await asyncio.gather(*(task.stop(self._settings.revoke_deadline_s) for task in tasks))
        self._kept |= {task.number: task.store for task in tasks}
        self.tasks.clear()

    def _state_of(self, task: Task) -> str:
        stuck = time.monotonic() - task.progress > self._settings.stall_s / 2
        return "stuck" if stuck else task.state

    async def _tick(self) -> None:
        """Show the watchdog that the loop runs, and measure how far behind each input is."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(_TICK_S)
        except Exception as error:  # noqa: BLE001 (nobody awaits it: the watchdog would need long)
            fail_stop("looking at the tasks failed", error)

    async def _look(self) -> None:
        self.tick = time.monotonic()
        for task in list(self.tasks.values()):
            await task.measure()
        states = [self._state_of(task) for task in self.tasks.values()]
        for state in ("restoring", "ready", "stuck"):
            metrics.PARTITIONS.labels(state).set(states.count(state))
