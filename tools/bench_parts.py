"""
The processes that `tools/bench_stream.py` measures, each started by name.

`raw` is the floor: a plain aiokafka transactional copy loop that knows nothing of claims.
The workers are the product's own, `run_worker` with one part changed in this process; the product
has no switch for it. `check` is the command, from its settings to its summary, and `restore` a
task's start.
"""

import asyncio
import gc
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from scrubber.cli.check import HELD
from scrubber.cli.main import COLLECTED_EVERY, main
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import Settings, StreamSettings, read_stream_settings
from scrubber.stream import worker
from scrubber.stream.claims import Claims
from scrubber.stream.connection import client_options
from scrubber.stream.restore import restore
from scrubber.stream.state import StateStore
from scrubber.stream.transaction import HISTORY, Transaction

BATCH = 500
BATCH_BYTES = 900_000
FETCH_BYTES = 2 << 20
INPUT = "claims-submitted"
OUTPUT = "claims-clean"


class PassThrough(Claims):
    """Answers a claim as the raw loop does: parsed, written again, to one output."""

    async def handle(self, records: Sequence[ConsumerRecord], topic: str, tx: Transaction) -> None:  # noqa: ARG002
        """Copy records."""
        for record in records:
            body = orjson.loads(record.value)
            tx.put(OUTPUT, record.key, orjson.dumps(body))


def work() -> None:
    """Run the worker as it is shipped."""
    worker.run_worker(read_stream_settings(os.environ))


def work_passing_through() -> None:
    """Run the worker's transport alone: source, tasks, transactions, positions."""
    worker.Claims = PassThrough
    work()


def work_without_edits() -> None:
    """Run all of the worker but the edits: decode, keys, histories, submissions, outcomes."""

    def without_edits(settings: Settings) -> Scrubber:
        return build_scrubber(settings).with_edits(())

    worker.build_scrubber = without_edits
    work()


def copy() -> None:
    """Copy with one producer and one transaction for all partitions, a batch at a time."""
    settings = read_stream_settings(os.environ)
    asyncio.run(_copy(settings, list(range(settings.partitions or 1)), "raw"))


def copy_by_partition() -> None:
    """Copy with a producer, and transactions, for each partition, all at the same time."""
    settings = read_stream_settings(os.environ)

    async def all_of_them() -> None:
        numbers = range(settings.partitions or 1)
        await asyncio.gather(*(_copy(settings, [one], f"raw-{one}") for one in numbers))

    asyncio.run(all_of_them())


async def _copy(settings: StreamSettings, numbers: list[int], name: str) -> None:
    options = client_options(settings)
    group = f"{settings.app_id}-{name}"
    partitions = [TopicPartition(settings.topic_prefix + INPUT, one) for one in numbers]
    consumer = AIOKafkaConsumer(
        **options,
        group_id=group,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_wait_ms=100,
    )
    producer = AIOKafkaProducer(
        **options,
        transactional_id=group,
        acks="all",
        compression_type="zstd",
        max_batch_size=BATCH_BYTES,
        linger_ms=0,
    )
    await consumer.start()
    await producer.start()
    consumer.assign(partitions)
    output = settings.topic_prefix + OUTPUT
    while True:
        found = await consumer.getmany(*partitions, timeout_ms=1000, max_records=BATCH)
        if not found:
            continue
        await producer.begin_transaction()
        sent = []
        for partition, records in found.items():
            batch = producer.create_batch()
            for record in records:
                part = {
                    "key": record.key,
                    "value": orjson.dumps(orjson.loads(record.value)),
                    "timestamp": None,
                }
                if batch.append(**part) is None:
                    sent.append(
                        await producer.send_batch(batch, output, partition=partition.partition)
                    )
                    batch = producer.create_batch()
                    batch.append(**part)
            sent.append(await producer.send_batch(batch, output, partition=partition.partition))
        await asyncio.gather(*sent)
        offsets = {partition: records[-1].offset + 1 for partition, records in found.items()}
        await producer.send_offsets_to_transaction(offsets, group)
        await producer.commit_transaction()


def check() -> None:
    """Run `scrubber check` on a file, what it says thrown away; print wall and CPU seconds."""
    file, output = sys.argv[2], os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    wall, spent = time.perf_counter(), time.process_time()
    code = main(["check", file, "--format", "jsonl", "--no-progress"])
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    os.dup2(output, 1)
    assert code == HELD, f"scrubber check ended with {code}"
    _say(claims=Path(file).read_bytes().count(b"\n") + 1, wall=wall, cpu=spent)


def restore_state() -> None:
    """Bring a store up to date; print seconds, keys, and what it takes of memory and disk."""
    settings = read_stream_settings(os.environ)
    folder = Path(sys.argv[2])
    store = StateStore(folder, "bench")
    before = store.applied
    wall, spent = time.perf_counter(), time.process_time()
    changelog = TopicPartition(settings.topic_prefix + HISTORY, 0)
    asyncio.run(restore(store, client_options(settings), changelog, lambda: None))
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    _say(
        wall=wall,
        cpu=spent,
        keys=store.count(),
        records=store.applied - before,
        rss_kib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        disk=sum(file.stat().st_blocks * 512 for file in folder.iterdir()),
    )
    store.close()


def _say(**what: Any) -> None:
    print(orjson.dumps(what).decode())


PARTS: dict[str, Callable[[], None]] = {
    "check": check,
    "raw": copy,
    "raw-by-partition": copy_by_partition,
    "restore": restore_state,
    "worker": work,
    "worker-passing-through": work_passing_through,
    "worker-without-edits": work_without_edits,
}

if __name__ == "__main__":
    gc.set_threshold(COLLECTED_EVERY)  # as the command does
    PARTS[sys.argv[1]]()
