"""
A deployment under test: topics and group of its own, workers as processes, an oracle that counts.

The oracle reads every output as a read-committed reader does and says of each submission sent
whether it is lost, repeated, in the wrong place or out of its patient's order, and whether the
histories are exact.
"""

import asyncio
import os
import signal
import subprocess
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from scrubber.claim import history
from scrubber.stream.histories import read_history
from scrubber.stream.state import without_expiry
from scrubber.stream.topics import Topic, create_topics, load_topics
from tests.conftest import ROOT
from tests.faults.forks import Forked
from tests.faults.load import SECRET, TOPIC_OF, Sent, answered
from tests.kafka.cluster import free_ports

OUTPUTS = ("claims-clean", "claims-rejected", "claims-review", "claims-dead-letter")
#: A worker measures so often how far behind it is, and a little.
LAG_S = 1.2
#: The largest record that a test sends.
MOST_BYTES = 16 << 20
#: Short enough that a test need not wait; in the order that the settings demand of each other.
SHORT = {
    "SCRUBBER_COMMIT_DEADLINE_S": "5",
    "SCRUBBER_LOOP_BLOCK_S": "5",
    "SCRUBBER_REBALANCE_TIMEOUT_MS": "12000",
    "SCRUBBER_REVOKE_DEADLINE_S": "8",
    "SCRUBBER_SESSION_TIMEOUT_MS": "6000",
    "SCRUBBER_STALL_S": "10",
    "SCRUBBER_TRANSACTION_TIMEOUT_MS": "15000",
}


class Worker:
    """One worker process, started again under the same name as often as asked."""

    def __init__(
        self, name: str, environment: dict[str, str], folder: Path, command: Sequence[str]
    ) -> None:
        """Keep the parts; `folder` takes its log and its state."""
        self.name = name
        self.port = free_ports(1)[0]
        self.log_file = folder / f"{name}.log"
        self.exits: list[int] = []
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SCRUBBER_")},
            **environment,
            "SCRUBBER_STATE_DIR": str(folder / f"{name}-state"),
            "SCRUBBER_HTTP_PORT": str(self.port),
        }
        self._command = command
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self.started = 0.0

    def start(self, hook: str = "", command: Sequence[str] | None = None) -> Self:
        """Start the process, with a fault of `hooked_worker` built in, or by another command."""
        self.started = time.monotonic()
        self._command = self._command if command is None else command
        if not self._command:
            self._process = Forked(hook, self._environment, self.log_file)
            return self
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, cwd=ROOT
            )
        return self

    @property
    def alive(self) -> bool:
        """The process is there; one that has ended is noted with its exit code."""
        if self._process is None:
            return False
        code = self._process.poll()
        if code is not None:
            self.exits.append(code)
            self._process = None
        return code is None

    @property
    def pid(self) -> int:
        """The process's number while it is there."""
        assert self._process is not None
        return self._process.pid

    @property
    def stands_still(self) -> bool:
        """The process is stopped, by SIGSTOP (Linux)."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self, timeout_s: float = 30.0) -> int:
        """Wait for the end of the process and return its exit code."""
        assert self._process is not None
        code = self._process.wait(timeout_s)
        self.exits.append(code)
        self._process = None
        return code

    def kill(self) -> None:
        """Kill -9, and wait until it is gone."""
        if self.alive:
            self.send(signal.SIGKILL)
            self.wait()

    def stop(self, timeout_s: float = 10.0) -> int:
        """Ask to stop (SIGTERM) and return the exit code; the limit is the one that we promise."""
        self.send(signal.SIGTERM)
        return self.wait(timeout_s)

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Return what it logged, or the lines of one event."""
        if not self.log_file.exists():
            return []
        found = []
        for line in self.log_file.read_bytes().splitlines():
            try:
                one = orjson.loads(line)
            except orjson.JSONDecodeError:  # a line of a library that is none of ours
                continue
            if not event or one.get("event") == event:
                found.append(one)
        return found

    def metric(self, name: str, **labels: str) -> float:
        """Return what the worker shows of a metric now, summed over labels that are not named."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        found = [line.rsplit(" ", 1) for line in lines if line.split("{")[0].split(" ")[0] == name]
        return sum(
            float(value)
            for series, value in found
            if all(f'{label}="{wanted}"' in series for label, wanted in labels.items())
        )

    def idle(self) -> bool:
        """Tell whether it is ready and nothing that it has been assigned waits."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                pass
            return self.metric("scrubber_lag_records") == 0
        except OSError:
            return False

    async def until_idle(self, timeout_s: float = 60.0) -> None:
        """Wait until nothing waits, and for the next look at how far behind it is."""
        await eventually(self.idle, f"{self.name}: idle", timeout_s)
        await asyncio.sleep(LAG_S)
        await eventually(self.idle, f"{self.name}: idle", timeout_s)

    async def until(self, event: str, count: int = 1, timeout_s: float = 60.0) -> None:
        """Wait until it has logged an event so often; fails when it ends or takes too long."""
        await eventually(
            lambda: len(self.lines(event)) >= count, f"{self.name}: {count} x {event}", timeout_s
        )


async def eventually(true: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    """Wait until something is true, or fail with what was waited for."""
    end = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout_s:.0f} s: {what}")
        await asyncio.sleep(0.05)


#: The last verdict on each deployment of this session, by its prefix.
VERDICTS: "dict[str, Verdict]" = {}


@dataclass
class Verdict:
    """What the oracle found; each list names submissions."""

    claims: int
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        """Nothing lost, repeated, misplaced or out of order, and every history as it must be."""
        return not (self.lost or self.repeated or self.misplaced or self.disordered or self.history)

    def __str__(self) -> str:
        """Say the counts and the first few of each."""
        parts = [f"{self.claims} claims"]
        for name in ("lost", "repeated", "misplaced", "disordered", "history"):
            found = getattr(self, name)
            parts.append(f"{len(found)} {name}" + (f" ({', '.join(found[:5])})" if found else ""))
        return ", ".join(parts)


class Deployment:
    """Topics with a prefix, a consumer group, workers; `async with` creates and ends it all."""

    def __init__(
        self,
        bootstrap_servers: str,
        folder: Path,
        name: str,
        *,
        partitions: int = 8,
        replication: int = 1,
        settings: dict[str, str] | None = None,
        keep_outcomes: bool = True,
    ) -> None:
        """
        Keep the parts; `settings` win over the short ones of this module.

        Without the outcomes a million claims fit in memory, and `outcome` knows none.
        """
        self.bootstrap_servers = bootstrap_servers
        self.folder = folder
        # A broker that is borrowed may still hold what an earlier run left.
        name = f"{name}-{uuid4().hex[:8]}"
        self.prefix = f"{name}."
        self.partitions = partitions
        self.environment = {
            **SHORT,
            "SCRUBBER_APP_ID": name,
            "SCRUBBER_BOOTSTRAP_SERVERS": bootstrap_servers,
            "SCRUBBER_KEY_SECRET": SECRET.decode(),
            "SCRUBBER_PARTITIONS": str(partitions),
            "SCRUBBER_REPLICATION": str(replication),
            "SCRUBBER_TOPIC_PREFIX": self.prefix,
            **(settings or {}),
        }
        self.topics: dict[str, Topic] = load_topics(
            prefix=self.prefix, partitions=partitions, replication=replication
        )
        self.workers: dict[str, Worker] = {}
        self.sent: list[Sent] = []
        #: Topic, partition and offset of each answer, by submission.
        self.places: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        self._bodies: dict[str, dict[str, Any]] = {}
        self._keep_outcomes = keep_outcomes
        self._duplicates: set[str] = set()
        self._reader: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        """Create the topics."""
        self.folder.mkdir(parents=True, exist_ok=True)
        async with admin_of(self.bootstrap_servers) as admin:
            await create_topics(admin, self.topics)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every process."""
        for worker in self.workers.values():
            worker.send(signal.SIGCONT)
            worker.kill()
        if self._reader is not None:
            await self._reader.stop()

    def worker(
        self, name: str = "w1", *, hook: str = "", command: Sequence[str] = (), **settings: str
    ) -> Worker:
        """
        Start a worker, with a fault of `hooked_worker` built in.

        It is forked, which is quicker, unless `command` is what to run.
        """
        worker = Worker(name, {**self.environment, **settings}, self.folder, command)
        self.workers[name] = worker
        return worker.start(hook)

    def revive(self) -> None:
        """Start again what has ended, as a supervisor does."""
        for worker in self.workers.values():
            if not worker.alive:
                worker.start()

    async def publish(
        self,
        load: Iterable[Sent],
        rate: float = 0.0,
        topic: str = "claims-submitted",
        *,
        key: Callable[[Sent], bytes | None] = lambda one: one.key,
        partition: Callable[[Sent], int | None] = lambda _: None,
        compression: str | None = None,
    ) -> None:
        """
        Publish records in their order, at `rate` a second or as fast as it goes.

        `key` and `partition` stand in for the right ones.
        """
        load = list(load)
        self.sent += load
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap_servers,
            enable_idempotence=True,
            max_batch_size=200_000,
            max_request_size=MOST_BYTES,
            compression_type=compression,
            linger_ms=5,
        )
        try:
            await producer.start()
            started = time.monotonic()
            futures = []
            for number, one in enumerate(load):
                if rate and (early := started + number / rate - time.monotonic()) > 0:
                    await asyncio.sleep(early)
                futures.append(
                    await producer.send(
                        self.prefix + topic,
                        one.value,
                        key(one),
                        partition(one),
                        headers=list(one.headers),
                    )
                )
            await asyncio.gather(*futures)
        finally:
            await producer.stop()

    @property
    def seen(self) -> int:
        """How many submissions have been seen answered."""
        return len(self.places)

    async def read(self, at_most_s: float = inf) -> int:
        """
        Read what is new on the outputs, and return how many submissions are answered.

        While workers answer there is always something new: what must happen meanwhile needs a limit.
        """
        end = time.monotonic() + at_most_s
        if self._reader is None:
            self._reader = await self._open_reader(OUTPUTS)
        while found := await self._reader.getmany(timeout_ms=200, max_records=5000):
            for place, records in found.items():
                topic = place.topic.removeprefix(self.prefix)
                for record in records:
                    body = self._note(topic, record)
                    self.places[body].append((topic, record.partition, record.offset))
            if time.monotonic() > end:
                break
        return len(self.places)

    def _note(self, topic: str, record: ConsumerRecord) -> str:
        """Return the submission that an output is about; a dead letter may say it in its key."""
        value: bytes = record.value or b""
        if topic == "claims-dead-letter":
            start = value.find(b'"submission_id":"')
            if start >= 0:
                return value[start + 17 :].split(b'"')[0].decode()
            return (record.key or value).decode(errors="replace")
        body = orjson.loads(value)
        del body["claim"]
        name: str = body["submission_id"]
        if any(finding["edit"] == "exact-duplicate-claim" for finding in body["findings"]):
            self._duplicates.add(name)
        if self._keep_outcomes:
            self._bodies[name] = body
        return name

    def outcome(self, submission_id: str) -> dict[str, Any]:
        """Return the last outcome read of a submission, without its claim."""
        return self._bodies[submission_id]

    async def until_answered(
        self,
        *,
        timeout_s: float = 120.0,
        meanwhile: Callable[[], None] | None = None,
        at_least: int | None = None,
    ) -> None:
        """
        Wait until all that was sent, or some, has an answer; `verdict` says what is missing.

        The wait ends when nothing more has been answered for `timeout_s`: how long the whole
        takes is the machine's affair, and what has not come yet is not lost.
        """
        wanted = len(answered(self.sent)) if at_least is None else at_least
        known = -1
        end = 0.0
        while (count := await self.read(at_most_s=0.2)) < wanted:
            if count > known:
                known, end = count, time.monotonic() + timeout_s
            if time.monotonic() > end:
                break
            if meanwhile is not None:
                meanwhile()
            await asyncio.sleep(0.1)
        if at_least is None:
            await self.read()

    async def until_dead_letters(self, count: int, timeout_s: float = 60.0) -> None:
        """Wait until so many records have been set aside."""
        end = time.monotonic() + timeout_s
        while await self.count("claims-dead-letter") < count:
            assert time.monotonic() < end, f"not within {timeout_s:.0f} s: {count} dead letters"
            await asyncio.sleep(0.2)
        await self.read()

    async def verdict(self) -> Verdict:
        """Return what became of all that was sent."""
        await self.read()
        wanted = answered(self.sent)
        verdict = Verdict(len(wanted))
        orders: dict[tuple[str, int, int], list[tuple[int, int]]] = defaultdict(list)
        for name, one in wanted.items():
            places = self.places.get(name, [])
            if not places:
                verdict.lost.append(name)
                continue
            if len(places) > 1:
                verdict.repeated.append(name)
            topic, partition, offset = places[0]
            if topic != TOPIC_OF[one.kind] or not self._as_planned(one):
                verdict.misplaced.append(name)
            if one.kind != "poison":
                orders[topic, partition, one.patient].append((offset, one.number))
        for entries in orders.values():
            numbers = [number for _, number in sorted(entries)]
            verdict.disordered += [
                f"{before} before {after}" for before, after in pairwise(numbers) if before > after
            ]
        verdict.repeated += [name for name in self.places if name not in wanted]
        verdict.history = await self._history_faults(wanted)
        VERDICTS[self.prefix] = verdict
        return verdict

    def _as_planned(self, one: Sent) -> bool:
        """Tell whether a rejection has the reason planned: no false duplicate, none missed."""
        if one.kind == "poison":
            return True
        return (one.submission_id in self._duplicates) == (one.kind == "duplicate")

    async def _history_faults(self, wanted: dict[str, Sent]) -> list[str]:
        planned: dict[bytes, dict[str, str]] = defaultdict(dict)
        states = {"clean": "accepted", "review": "pending"}
        for name, one in wanted.items():
            if one.kind != "poison":
                planned[one.key][name] = states.get(one.kind, "rejected")
        found = await self.state(of=planned)
        faults = []
        for key, claims in planned.items():
            past = read_history(without_expiry(found[key]))[0] if key in found else history.EMPTY
            kept = [(one.submission_id, str(one.state)) for one in past.claims]
            kept += [(one.submission_id, "rejected") for one in past.rejected]
            if sorted(kept) != sorted(claims.items()):
                faults += sorted({name for name, _ in set(kept) ^ set(claims.items())}) or [
                    f"twice in {key.decode()}"
                ]
        return faults

    async def state(self, of: Container[bytes] | None = None) -> dict[bytes, bytes]:
        """Return the last value of each key, or of these, as a read-committed reader sees it."""
        reader = await self._open_reader(("claims-history",))
        state: dict[bytes, bytes] = {}
        try:
            ends = await reader.end_offsets(reader.assignment())
            while any([await reader.position(one) < end for one, end in ends.items()]):
                for records in (await reader.getmany(timeout_ms=200, max_records=10_000)).values():
                    for record in records:
                        if of is not None and record.key not in of:
                            continue
                        if record.value is None:
                            state.pop(record.key, None)
                        else:
                            state[record.key] = record.value
        finally:
            await reader.stop()
        return state

    async def records(self, topic: str) -> list[ConsumerRecord]:
        """Return all that a read-committed reader of a topic gets."""
        reader = await self._open_reader((topic,))
        records: list[ConsumerRecord] = []
        try:
            ends = await reader.end_offsets(reader.assignment())
            while any([await reader.position(one) < end for one, end in ends.items()]):
                for found in (await reader.getmany(timeout_ms=200)).values():
                    records += found
        finally:
            await reader.stop()
        return records

    async def count(self, topic: str, *, isolation: str = "read_committed") -> int:
        """Return how many records a reader of a topic gets."""
        reader = await self._open_reader((topic,), isolation)
        count = 0
        try:
            ends = await reader.end_offsets(reader.assignment())
            while any([await reader.position(one) < end for one, end in ends.items()]):
                found = await reader.getmany(timeout_ms=200, max_records=10_000)
                count += sum(map(len, found.values()))
        finally:
            await reader.stop()
        return count

    async def aborted(self) -> int:
        """Return how many records of aborted transactions lie in the outputs and the history."""
        count = 0
        for topic in (*OUTPUTS, "claims-history"):
            count += await self.count(topic, isolation="read_uncommitted")
            count -= await self.count(topic)
        return count

    async def _open_reader(
        self, topics: Sequence[str], isolation: str = "read_committed"
    ) -> AIOKafkaConsumer:
        reader = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap_servers,
            isolation_level=isolation,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=8 << 20,
        )
        await reader.start()
        places = [
            TopicPartition(self.prefix + topic, number)
            for topic in topics
            for number in range(self.partitions)
        ]
        reader.assign(places)
        await reader.seek_to_beginning(*places)
        return reader


class admin_of:  # noqa: N801 (used as a function)
    """An admin client for the length of a block."""

    def __init__(self, bootstrap_servers: str) -> None:
        """Keep the address."""
        self._address = bootstrap_servers

    async def __aenter__(self) -> AIOKafkaAdminClient:
        """Connect."""
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._address)
        await self._admin.start()
        return self._admin

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self._admin.close()
