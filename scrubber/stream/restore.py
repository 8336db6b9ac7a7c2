"""A task's state, brought up to date from its changelog."""

import time
from collections.abc import Callable
from typing import Any, Final

from aiokafka import TopicPartition

from scrubber.stream.connection import committed_reader
from scrubber.stream.state import StateStore
from scrubber.stream.topic_id import topic_id
from scrubber.telemetry import metrics

_FETCH_BYTES: Final = 8 << 20
_RECORDS: Final = 10_000
_FIRST_FETCH_MS: Final = 500
_WAIT_MS: Final = 50  # the end may be a control record, after which nothing comes


async def restore(
    store: StateStore,
    options: dict[str, Any],
    changelog: TopicPartition,
    progress: Callable[[], None],
) -> None:
    """
    Apply what the changelog holds beyond the store; the task's producer must be fenced before.

    Only then is the end of the changelog final: no earlier owner can add to it any more.
    """
    started = time.monotonic()
    async with committed_reader(
        options, max_partition_fetch_bytes=_FETCH_BYTES, fetch_max_bytes=2 * _FETCH_BYTES
    ) as consumer:
        consumer.assign([changelog])
        beginning = (await consumer.beginning_offsets([changelog]))[changelog]
        end = (await consumer.end_offsets([changelog]))[changelog]
        if store.applied > end:  # records that brokers had acknowledged are gone
            store.wipe()
        # A client asks no question of ours but by its inner one.
        store.belong_to(await topic_id(consumer._client, changelog.topic))  # noqa: SLF001
        position = max(store.applied, beginning)
        consumer.seek(changelog, position)
        if end == 0:
            # Nothing to read yet: without the right to read it, say so now and not at the restart
            # that needs it.
            await consumer.getmany(changelog, timeout_ms=_FIRST_FETCH_MS)
        while position < end:
            records = (
                await consumer.getmany(changelog, timeout_ms=_WAIT_MS, max_records=_RECORDS)
            ).get(changelog, ())
            position = await consumer.position(changelog)
            store.apply({record.key: record.value for record in records}, position)
            metrics.RESTORED.inc(len(records))
            progress()
    metrics.RESTORE_SECONDS.observe(time.monotonic() - started)
