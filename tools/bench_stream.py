"""
Measure the worker against a raw transactional loop and against the embedded check, on a real Kafka.

Runs are interleaved, and figures are medians; quote the ratios, since machines differ and drift.
Wall-clock ratios come first; those of CPU time (user and system of the process) stand beside them,
since they hold on a busy machine too. `KAFKA_BOOTSTRAP_SERVERS` names a broker to use instead of
one started here, `SCRUBBER_REFERENCE` another reference folder than the bundled starter.

"Edits switched off" is measured twice. "Transport" is the worker with a handler that copies as the
raw loop does (parse, write, one output): source, tasks, batches, transactions and positions. "No
edits" is the whole worker but for the edits: decoding, keys, histories, submissions, outcomes.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.partitioner import murmur2

from scrubber.contracts.decode import SchemaInvalid, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.stream import submissions
from scrubber.stream.state import NEVER, with_expiry
from scrubber.stream.submissions import Submission
from scrubber.stream.topics import create_topics, load_topics
from scrubber.synthetic import generate
from tests.kafka.cluster import Cluster, free_ports

CLAIMS = 16_000
COPIED = 48_000
ROUNDS = 5
PARTITIONS = 4
SEED = 7
SECRET = b"a secret of the bench"
RATES = (300, 1_500)
LATENCY_S = 25
WARM_S = 3
ENTRIES = 1_000_000
CORES_FOR_TWO = 4  # two workers, the broker, and who looks on

AIM_TRANSPORT = 0.9
AIM_CHECK = 0.75
AIM_P99_MS = 500.0
AIM_RESTORE_S = 30.0

INPUT = "claims-submitted"
OUTPUTS = ("claims-clean", "claims-rejected", "claims-review", "claims-dead-letter")
HISTORY = "claims-history"
BATCH_BYTES = 900_000
POLL_S = 0.02
QUIET_S = 1.0
START_S = 120.0
TICKS = os.sysconf("SC_CLK_TCK")
NAMED = f'"submission_id":"syn-{SEED}-'.encode()


@dataclass(frozen=True, slots=True)
class Keyed:
    """A claim event's bytes under its patient's key."""

    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Drained:
    """What draining a backlog took, from the first commit that a reader saw to the last."""

    rate: float
    cpu_us: float


class Place:
    """Topics and a group of their own on the broker, and the processes that use them."""

    def __init__(self, servers: str, folder: Path, name: str) -> None:
        """Keep the parts."""
        self.servers = servers
        self.prefix = f"bench-{name}-{os.getpid()}-{time.monotonic_ns()}."
        self.folder = folder
        self.topics = load_topics(prefix=self.prefix, partitions=PARTITIONS, replication=1)
        self.processes: list[subprocess.Popen[bytes]] = []

    def part(self, name: str, *arguments: str) -> list[str]:
        """Return the command of a measured process."""
        return [sys.executable, "-m", "tools.bench_parts", name, *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a process of this place."""
        return os.environ | {
            "SCRUBBER_APP_ID": self.prefix.rstrip("."),
            "SCRUBBER_BOOTSTRAP_SERVERS": self.servers,
            "SCRUBBER_HTTP_PORT": str(free_ports(1)[0]),
            "SCRUBBER_KEY_SECRET": SECRET.decode(),
            "SCRUBBER_LOG_LEVEL": "error",
            "SCRUBBER_PARTITIONS": str(PARTITIONS),
            "SCRUBBER_REPLICATION": "1",
            "SCRUBBER_TOPIC_PREFIX": self.prefix,
        }

    def start(self, name: str) -> dict[str, str]:
        """Start a process and return its settings."""
        environment = self.environment
        self.processes.append(
            subprocess.Popen(  # noqa: S603 (our own command)
                self.part(name), env=environment, stdout=subprocess.DEVNULL
            )
        )
        return environment

    def cpu(self) -> float:
        """Return the CPU seconds that the processes have used, user and system."""
        spent = 0
        for process in self.processes:
            assert process.poll() is None, f"a process ended with {process.returncode}"
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            spent += int(fields[11]) + int(fields[12])
        return spent / TICKS

    async def ready(self, environment: dict[str, str]) -> None:
        """Wait until a worker says that it is ready."""
        url = f"http://127.0.0.1:{environment['SCRUBBER_HTTP_PORT']}/readyz"

        def asked() -> bool:
            try:
                with urlopen(url, timeout=1) as answer:
                    return b'"partition"' in answer.read()
            except (URLError, OSError):
                return False

        end = time.monotonic() + START_S
        while not await asyncio.to_thread(asked):
            assert time.monotonic() < end, "the worker did not become ready"
            await asyncio.sleep(0.2)

    async def publish(self, claims: Iterable[Keyed]) -> None:
        """Put a backlog on the input, by the patients' keys."""
        now = time.time_ns() // 1_000_000
        async with producer(self.servers) as to:
            for number, own in enumerate(by_partition(claims)):
                await ship(to, self.prefix + INPUT, number, ((c.key, c.value) for c in own), now)


@asynccontextmanager
async def place(servers: str, folder: Path, name: str) -> AsyncIterator[Place]:
    """Create topics, and end processes and topics."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    made = Place(servers, folder, name)
    try:
        await create_topics(admin, made.topics)
        yield made
    finally:
        for process in made.processes:
            process.kill()
            process.wait()
        await admin.delete_topics([topic.name for topic in made.topics.values()])
        await admin.close()


@asynccontextmanager
async def producer(servers: str, **options: Any) -> AsyncIterator[AIOKafkaProducer]:
    """Return a producer for the length of a block."""
    one = AIOKafkaProducer(
        bootstrap_servers=servers,
        enable_idempotence=True,
        compression_type="zstd",
        max_batch_size=BATCH_BYTES,
        **options,
    )
    await one.start()
    try:
        yield one
    finally:
        await one.stop()


@asynccontextmanager
async def reader(servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Return a read-committed reader for the length of a block."""
    one = AIOKafkaConsumer(
        bootstrap_servers=servers,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20,
    )
    await one.start()
    try:
        yield one
    finally:
        await one.stop()


async def ship(
    to: AIOKafkaProducer,
    topic: str,
    partition: int,
    records: Iterable[tuple[bytes, bytes]],
    now: int,
) -> None:
    """Send records to a partition in large batches."""
    sent = []
    batch = to.create_batch()
    for key, value in records:
        if batch.append(key=key, value=value, timestamp=now) is None:
            sent.append(await to.send_batch(batch, topic, partition=partition))
            batch = to.create_batch()
            batch.append(key=key, value=value, timestamp=now)
    sent.append(await to.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*sent)


def partition_of(key: bytes) -> int:
    """Return the partition that Kafka's default partitioner chooses."""
    number: int = (murmur2(key) & 0x7FFFFFFF) % PARTITIONS
    return number


def by_partition(claims: Iterable[Keyed]) -> list[list[Keyed]]:
    """Return the claims of each partition."""
    found: list[list[Keyed]] = [[] for _ in range(PARTITIONS)]
    for one in claims:
        found[partition_of(one.key)].append(one)
    return found


def make_claims(count: int) -> list[Keyed]:
    """Return synthetic claims that are no test claims, so that histories keep them."""
    made = []
    for number, one in enumerate(generate(count, SEED)):
        value = orjson.dumps(one.event | {"test": False})
        try:
            key = patient_key(decode_claim_event(value).event, SECRET)
        except SchemaInvalid:
            key = blake2b(str(number).encode(), digest_size=16).hexdigest()
        made.append(Keyed(key.encode(), value))
    return made


async def drain(
    servers: str, folder: Path, part: str, claims: Sequence[Keyed], workers: int = 1
) -> Drained:
    """
    Let processes answer a backlog that lies ready, and return what it took.

    What a read-committed reader may see is asked, not read: that costs the machine nothing.
    """
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(place(servers, folder, part))
        eyes = await stack.enter_async_context(reader(servers))
        await here.publish(claims)
        for _ in range(workers):
            here.start(part)
        outputs = [
            TopicPartition(here.prefix + topic, number)
            for topic in OUTPUTS
            for number in range(PARTITIONS)
        ]
        seen: list[tuple[int, float, float]] = []  # offsets, time, CPU
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            count = sum((await eyes.end_offsets(outputs)).values())
            now, spent = time.monotonic(), here.cpu()
            if count and (not seen or count > seen[-1][0]):
                seen.append((count, now, spent))
            elif seen and count >= len(claims) and now - seen[-1][1] > QUIET_S:
                break
            await asyncio.sleep(POLL_S)
        assert seen, f"{part}: nothing was committed"
        assert seen[-1][0] >= len(claims), f"{part}: {seen[-1][0]} of {len(claims)} committed"
    first, last = seen[0], seen[-1]
    # Offsets count the transactions' marks too, evenly enough.
    answered = len(claims) * (last[0] - first[0]) / last[0]
    return Drained(answered / (last[1] - first[1]), (last[2] - first[2]) / answered * 1e6)


async def embedded(servers: str, folder: Path, file: Path) -> Drained:
    """Answer the claims of a file in a process without Kafka."""
    here = Place(servers, folder, "check")
    found = await finished(here.part("check", str(file)), here.environment)
    return Drained(found["claims"] / found["wall"], found["cpu"] / found["claims"] * 1e6)


async def finished(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """Run a process to its end and return what it said."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    found: dict[str, Any] = orjson.loads(said)
    return found


async def latency(servers: str, folder: Path, claims: Sequence[Keyed], rate: int) -> list[float]:
    """Return for each claim offered the milliseconds until a reader saw its outcome, sorted."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(place(servers, folder, f"latency-{rate}"))
        to = await stack.enter_async_context(producer(servers))
        eyes = await stack.enter_async_context(reader(servers))
        await here.ready(here.start("worker"))
        eyes.assign(
            [
                TopicPartition(here.prefix + topic, number)
                for topic in OUTPUTS
                for number in range(PARTITIONS)
            ]
        )
        offered = list(claims)[: rate * (LATENCY_S + WARM_S)]
        sent: list[float] = []
        waits: list[float] = []

        async def look() -> None:
            seen = 0
            while seen < len(offered):
                found = await eyes.getmany(timeout_ms=200)
                now = time.monotonic()
                for records in found.values():
                    seen += len(records)
                    waits.extend(now - sent[number_of(record.value)] for record in records)

        started = time.monotonic()
        looking = asyncio.create_task(look())
        for number, one in enumerate(offered):
            early = started + number / rate - time.monotonic()
            if early > 0:
                await asyncio.sleep(early)
            sent.append(time.monotonic())
            await to.send(here.prefix + INPUT, one.value, one.key, partition_of(one.key))
        async with asyncio.timeout(START_S):
            await looking
    return sorted(1000 * one for one in waits[rate * WARM_S :])


def number_of(outcome: bytes) -> int:
    """Return the place of a synthetic claim in its stream, by its submission id."""
    start = outcome.index(NAMED) + len(NAMED)
    return int(outcome[start : outcome.index(b'"', start)]) - 1


async def restored(servers: str, folder: Path) -> list[dict[str, Any]]:
    """Write a changelog and return what restoring it took, and then what a hundredth more did."""
    async with place(servers, folder, "restore") as here:
        found = []
        for first, count in ((0, ENTRIES), (ENTRIES - ENTRIES // 200, ENTRIES // 100)):
            await _write_changelog(here, first, count)
            command = here.part("restore", str(folder / "restored"))
            found.append(await finished(command, here.environment))
    return found


async def _write_changelog(here: Place, first: int, count: int) -> None:
    """Write entries as the worker does: half of them submissions, half histories."""
    chance = Random(first)  # noqa: S311 (nothing secret is drawn)
    expires = time.time_ns() // 86_400_000_000_000 + 719_163

    def entries() -> Iterable[tuple[bytes, bytes]]:
        for number in range(first, first + count, 2):
            patient = blake2b(str(number).encode(), digest_size=16).hexdigest()
            known = Submission(chance.randbytes(16), patient, "clean", chance.randbytes(16).hex())
            key = submissions.key_of(f"clearinghouse-{number:09d}")
            yield key, with_expiry(expires + 45, submissions.encode(known))
            yield patient.encode(), with_expiry(expires + 1100, chance.randbytes(300))
        yield b"\0began", with_expiry(NEVER, bytes(4))

    now = time.time_ns() // 1_000_000
    async with producer(here.servers, transactional_id=here.prefix) as to, to.transaction():
        await ship(to, here.prefix + HISTORY, 0, entries(), now)


def table(title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """Print three columns."""
    print(f"\n{title}   [load {os.getloadavg()[0]:.1f}]")
    for name, value, note in rows:
        print(f"  {name:<44} {value:>18}  {note}")
    sys.stdout.flush()


def of_each(runs: dict[str, list[Drained]]) -> list[tuple[str, str, str]]:
    """Return a row for each process that was measured."""
    return [
        (name, f"{median(runs[name]):,.0f} claims/s", f"{cpu(runs[name]):.0f} us CPU a claim")
        for name in runs
    ]


def median(runs: Iterable[Drained]) -> float:
    """Return the median rate."""
    return statistics.median(one.rate for one in runs)


def cpu(runs: Iterable[Drained]) -> float:
    """Return the median CPU time a claim."""
    return statistics.median(one.cpu_us for one in runs)


def compared(
    name: str, runs: dict[str, list[Drained]], one: str, other: str, aim: float | None
) -> tuple[str, str, str]:
    """Return the row of a ratio: the median of those of runs next to each other."""
    pairs = list(zip(runs[one], runs[other], strict=True))
    ratio = statistics.median(mine.rate / theirs.rate for mine, theirs in pairs)
    spent = statistics.median(theirs.cpu_us / mine.cpu_us for mine, theirs in pairs)
    note = f"by CPU time {spent:.2f}"
    return (name, f"{ratio:.2f}", note if aim is None else f"{note}; {against(ratio, aim)}")


def against(found: float, aim: float, *, below: bool = False) -> str:
    """Say whether an aim is reached."""
    reached = found < aim if below else found >= aim
    word = "below" if below else "at least"
    return f"aim {word} {aim:g}: {'reached' if reached else 'NOT reached'}"


async def transport(servers: str, folder: Path, claims: list[Keyed]) -> None:
    """Print the worker without its handler beside the raw loop."""
    many = (claims * (COPIED // len(claims) + 1))[:COPIED]
    parts = ("raw", "worker-passing-through", "raw-by-partition")
    runs: dict[str, list[Drained]] = {part: [] for part in parts}
    for number in range(ROUNDS):
        for part in parts if number % 2 else reversed(parts):
            runs[part].append(await drain(servers, folder, part, many))
    size = statistics.fmean(len(one.value) for one in claims)
    table(
        f"Transport: {COPIED:,} claims of {size:,.0f} bytes, {PARTITIONS} partitions",
        [
            *of_each(runs),
            compared("worker / raw", runs, "worker-passing-through", "raw", AIM_TRANSPORT),
            compared(
                "worker / raw, a producer a partition",
                runs, "worker-passing-through", "raw-by-partition", None,
            ),
        ],
    )  # fmt: skip


async def answers(servers: str, folder: Path, claims: list[Keyed]) -> None:
    """Print the worker, with edits and without, beside the embedded check; and two workers."""
    file = folder / "claims"
    file.write_bytes(b"\n".join(one.value for one in claims))
    names = ("check", "worker", "worker-without-edits", "two workers")
    runs: dict[str, list[Drained]] = {name: [] for name in names}
    for number in range(ROUNDS):
        for name in names if number % 2 else reversed(names):
            if name == "check":
                run = await embedded(servers, folder, file)
            elif name == "two workers":
                run = await drain(servers, folder, "worker", claims, workers=2)
            else:
                run = await drain(servers, folder, name, claims)
            runs[name].append(run)
    table(
        f"Answers: {CLAIMS:,} claims",
        [
            *of_each(runs),
            compared("worker / check", runs, "worker", "check", AIM_CHECK),
            compared("two workers / one", runs, "two workers", "worker", None),
        ],
    )
    cores = os.cpu_count() or 1
    if cores < CORES_FOR_TWO:
        print(f"  ({cores} cores for two workers, broker and reader: the last says nothing here)")


async def latencies(servers: str, folder: Path, claims: list[Keyed]) -> None:
    """Print how long a claim waits for its outcome."""
    rows = []
    for rate in RATES:
        waits = await latency(servers, folder, claims, rate)
        p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
        note = f"p99 {p99:.0f} ms, most {waits[-1]:.0f} ms"
        if rate == RATES[0]:
            note += f"; p99 {against(p99, AIM_P99_MS, below=True)}"
        rows.append((f"{rate:,} claims/s offered", f"p50 {p50:.0f} ms", note))
    table(f"Latency, from sending to a reader, {LATENCY_S} s each, one worker", rows)


async def restoring(servers: str, folder: Path) -> None:
    """Print how long a task takes to restore its state."""
    whole, more = await restored(servers, folder)
    table(
        "Restore into an empty store, and then what is new",
        [
            (
                f"{whole['keys']:,} keys",
                f"{whole['wall']:.1f} s",
                f"{whole['records'] / whole['wall']:,.0f} a second, {whole['cpu']:.1f} s CPU; "
                + against(whole["wall"], AIM_RESTORE_S, below=True),
            ),
            (f"{more['records']:,} more", f"{more['wall']:.1f} s", "half of them known keys"),
            (
                "peak memory, store on disk",
                f"{whole['rss_kib'] / 1024:.0f} MiB",
                f"{whole['disk'] / 2**20:.0f} MiB",
            ),
        ],
    )


async def measure(servers: str, folder: Path, wanted: Sequence[str]) -> None:
    """Print the tables that are wanted."""
    claims = make_claims(max(CLAIMS, RATES[-1] * (LATENCY_S + WARM_S)))
    if "transport" in wanted:
        await transport(servers, folder, claims[:CLAIMS])
    if "answers" in wanted:
        await answers(servers, folder, claims[:CLAIMS])
    if "latency" in wanted:
        await latencies(servers, folder, claims)
    if "restore" in wanted:
        await restoring(servers, folder)


TABLES = ("transport", "answers", "latency", "restore")


def main() -> int:
    """Print all tables, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], default=[])
    wanted = parser.parse_args().tables or TABLES
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "")
        if not servers:
            # Both of two workers join before the group begins.
            late = {"group.initial.rebalance.delay.ms": "2000"}
            cluster = stack.enter_context(Cluster(folder / "kafka", settings=late))
            servers = cluster.bootstrap_servers
        asyncio.run(measure(servers, folder, wanted))
    return 0


if __name__ == "__main__":
    sys.exit(main())
