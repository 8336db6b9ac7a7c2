"""The claims that went out, as they stand on `claims-clean`: whose remittances come back."""

from collections.abc import AsyncIterator
from typing import Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.connection import committed_reader, reach
from scrubber.stream.topics import UnreachableError, partition_count

TOPIC: Final = "claims-clean"
_WAIT_MS: Final = 200  # the end may be a control record, after which nothing comes


async def sent_claims(settings: StreamSettings) -> AsyncIterator[tuple[str, bytes]]:
    """
    Yield patient key and outcome of every claim that stands there when this begins.

    Raises `UnreachableError`, or `TopicError` without the topic.
    """
    options = await reach(settings)
    topic = settings.topic_prefix + TOPIC
    count = await partition_count(options, topic)
    partitions = [TopicPartition(topic, one) for one in range(count)]
    try:
        async with committed_reader(options) as consumer:
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            for partition, first in (await consumer.beginning_offsets(partitions)).items():
                consumer.seek(partition, first)
            left = set(partitions)
            while left:
                found = await consumer.getmany(*left, timeout_ms=_WAIT_MS)
                for records in found.values():
                    for record in records:
                        if record.key is not None and record.value is not None:
                            yield record.key.decode("ascii", "replace"), record.value
                left = {one for one in left if await consumer.position(one) < ends[one]}
    except KafkaError as error:
        raise UnreachableError(
            f"{settings.bootstrap_servers}: {topic} cannot be read ({type(error).__name__})"
        ) from error
