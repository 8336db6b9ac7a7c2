"""What stands on topics, read to the end that they have when it is opened, and no further."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from scrubber.pipeline.intake import Record
from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.connection import committed_reader, reach
from scrubber.stream.handling import OUTPUTS
from scrubber.stream.producer import ClaimProducer
from scrubber.stream.topics import UnreachableError, partition_count

_WAIT_MS = 200  # the end may be a control record, after which nothing comes
_FETCH_BYTES = 4 << 20  # the largest record and some more


async def submitted(settings: StreamSettings, since: datetime | None) -> AsyncIterator[Record]:
    """Yield the records of `claims-submitted`, from a moment on."""
    async for one in _read(settings, (ClaimProducer.topic,), since):
        place = f"{one.topic} partition {one.partition}"
        yield Record(place, one.offset, 0, one.value or b"", "" if one.value else "no value")


async def answered(settings: StreamSettings, since: datetime | None) -> AsyncIterator[bytes]:
    """Yield the outcomes on their three topics, from a moment on."""
    async for one in _read(settings, OUTPUTS.values(), since):
        yield one.value


async def sent_on(settings: StreamSettings) -> AsyncIterator[tuple[str, bytes]]:
    """Yield patient key and outcome of every clean claim: whose remittances come back."""
    async for one in _read(settings, (OUTPUTS["clean"],), None):
        if one.key is not None and one.value is not None:
            yield one.key.decode("ascii", "replace"), one.value


async def _read(
    settings: StreamSettings, topics: Iterable[str], since: datetime | None
) -> AsyncIterator[ConsumerRecord]:
    """
    Yield what has committed.

    Raises `UnreachableError`, or `TopicError` when a topic is not there.
    """
    options = await reach(settings)
    names = [settings.topic_prefix + topic for topic in topics]
    places = [
        TopicPartition(name, number)
        for name in names
        for number in range(await partition_count(options, name))
    ]
    try:
        async with committed_reader(options, max_partition_fetch_bytes=_FETCH_BYTES) as reader:
            ends = await reader.end_offsets(places)
            starts = await reader.beginning_offsets(places)
            if since is not None:
                moment = int(since.timestamp() * 1000)
                found = await reader.offsets_for_times(dict.fromkeys(places, moment))
                starts = {one: found[one].offset if found[one] else ends[one] for one in places}
            reader.assign(places)
            for place in places:
                reader.seek(place, starts[place])
            left = {place for place in places if starts[place] < ends[place]}
            reader.pause(*(set(places) - left))
            while left:
                batches = await reader.getmany(*left, timeout_ms=_WAIT_MS)
                for place, records in batches.items():
                    for record in records:
                        if record.offset < ends[place]:
                            yield record
                done = {one for one in left if await reader.position(one) >= ends[one]}
                reader.pause(*done)
                left -= done
    except KafkaError as error:
        raise UnreachableError(
            f"{settings.bootstrap_servers}: {', '.join(names)} cannot be read"
            f" ({type(error).__name__})"
        ) from error
