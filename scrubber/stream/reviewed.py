"""Claims in review, read back from their topic: the state keeps no claim, only where it stands."""

import asyncio
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from scrubber.stream.connection import committed_reader

_WAIT_MS: Final = 10_000
_FETCH_BYTES: Final = 4 << 20  # the largest record and some more


class ReviewedClaims:
    """Reads outcomes of `claims-review` by their offset, over one connection made when needed."""

    def __init__(self, options: dict[str, Any], topic: str, partitions: int) -> None:
        """Keep the parts; `topic` is the name on the broker."""
        self._options = options
        self._places = [TopicPartition(topic, number) for number in range(partitions)]
        self._consumer: AIOKafkaConsumer | None = None
        self._one_at_a_time = asyncio.Lock()

    async def read(self, partition: int, offset: int) -> bytes | None:
        """Return the outcome at an offset, `None` when retention has taken it."""
        async with self._one_at_a_time:
            consumer = await self._connected()
            place = self._places[partition]
            if offset < (await consumer.beginning_offsets([place]))[place]:
                return None
            consumer.seek(place, offset)
            consumer.resume(place)
            found = await consumer.getmany(place, timeout_ms=_WAIT_MS, max_records=1)
            consumer.pause(place)
            records = found.get(place)
            return records[0].value if records and records[0].offset == offset else None

    async def close(self) -> None:
        """Close the connection."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = committed_reader(self._options, max_partition_fetch_bytes=_FETCH_BYTES)
            await consumer.start()
            # Once for all: aiokafka 0.14 may hang in stop() after a new assignment.
            consumer.assign(self._places)
            consumer.pause(*self._places)
            self._consumer = consumer
        return self._consumer
