"""
Dead letters put back to where they came from, each at most once.

The record and the mark that it was replayed are written in one transaction. The producer's start
ends what an earlier run left open; the marks are read after that, so none is missed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, KafkaError

from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.connection import reach
from scrubber.stream.dead_letter_reader import (
    DeadLetter,
    DeadLetters,
    mark_headers,
    open_dead_letters,
)
from scrubber.stream.dead_letters import ATTEMPTS, TOPIC, original_headers
from scrubber.stream.producer import stop_within
from scrubber.stream.task import INPUTS
from scrubber.stream.topics import UnreachableError, load_topics, partition_count

MOST_ATTEMPTS: Final = 3
ALREADY: Final = "was replayed before"
_OVERHEAD: Final = 200
_CHUNK_BYTES: Final = 4 << 20
_BATCH_BYTES: Final = 900_000  # below max.message.bytes of every topic

Place = tuple[int, int]


class Replay:
    """
    One run; `told` hears of each dead letter when it is settled, and in words why it stays.

    "" stands for "replayed", `ALREADY` for "replayed by an earlier run".
    """

    #: So many are replayed in one transaction.
    chunk = 100

    def __init__(
        self, settings: StreamSettings, told: Callable[[DeadLetter, str], None], *, force: bool
    ) -> None:
        """Keep the parts; `force` replays what was tried too often, too."""
        self._settings = settings
        self._told = told
        self._force = force
        self._limits = {
            name: topic.max_message_bytes for name, topic in load_topics().items() if name in INPUTS
        }
        self._partitions: dict[str, int] = {}
        self._waiting: list[DeadLetter] = []
        self._waiting_bytes = 0
        self._sent: list[asyncio.Future[Any]] = []
        self._producer: AIOKafkaProducer

    async def run(self, *, place: Place | None = None, error_type: str | None = None) -> None:
        """
        Replay the dead letter of a place, those of one error type, or all that are there now.

        Raises `UnreachableError` when the brokers fail, or when another run has taken over; what
        was told as replayed is, and running again does the rest.
        """
        options = await reach(self._settings)
        for topic in INPUTS:
            self._partitions[topic] = await partition_count(options, self._wire_name(topic))
        self._producer = AIOKafkaProducer(
            **options,
            transactional_id=f"{self._settings.app_id}-dead-letter-replay",
            transaction_timeout_ms=self._settings.transaction_timeout_ms,
            acks="all",
            compression_type="zstd",
            max_batch_size=_BATCH_BYTES,
            max_request_size=max(self._limits.values()),
        )
        try:
            async with asyncio.timeout(self._settings.commit_deadline_s):
                await self._producer.start()
            async with open_dead_letters(self._settings) as letters:
                async for letter in _chosen(letters, place, error_type):
                    await self._take(letter)
                await self._settle()
        except (KafkaError, IllegalOperation, TimeoutError) as error:
            raise UnreachableError(
                f"the replay stopped ({type(error).__name__}): the brokers failed, or another "
                "replay has begun; run it again, nothing is replayed twice"
            ) from error
        finally:
            await stop_within(self._producer, self._settings.commit_deadline_s)

    async def _take(self, letter: DeadLetter) -> None:
        if reason := self._stays(letter):
            self._told(letter, reason)
            return
        self._waiting.append(letter)
        self._waiting_bytes += _size(letter)
        if len(self._waiting) == self.chunk or self._waiting_bytes > _CHUNK_BYTES:
            await self._settle()

    def _stays(self, letter: DeadLetter) -> str:
        """Return why a dead letter is not replayed, "" when it is."""
        if letter.replayed_at:
            return ALREADY
        topic, partition = letter.header("source_topic"), letter.header("source_partition")
        if topic not in INPUTS or not partition.isdecimal():
            return "it does not say where it came from"
        if int(partition) >= self._partitions[topic]:
            return f"{topic} has no partition {partition} any more"
        if letter.record.key is None and letter.record.value is None:
            return "it has neither key nor value"
        if _size(letter) > self._limits[topic]:
            return f"its {_size(letter)} bytes are over the limit of {topic}"
        if letter.attempts > MOST_ATTEMPTS and not self._force:
            return f"it was tried {letter.attempts} times; --force tries it again"
        return ""

    async def _settle(self) -> None:
        """Replay what is waiting, in one transaction."""
        letters, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if not letters:
            return
        async with asyncio.timeout(self._settings.commit_deadline_s):
            await self._begin()
            for letter in letters:
                await self._put_back(letter)
            for letter in letters:
                await self._mark(letter)
            # A commit flushes and passes over failed records: each one's answer must be seen.
            sent, self._sent = self._sent, []
            await asyncio.gather(*sent)
            await self._end()
        for letter in letters:
            self._told(letter, "")

    async def _begin(self) -> None:
        await self._producer.begin_transaction()

    async def _put_back(self, letter: DeadLetter) -> None:
        await self._send(
            letter.header("source_topic"),
            letter.record.value,
            letter.record.key,
            int(letter.header("source_partition")),
            [*original_headers(letter.record), (ATTEMPTS, str(letter.attempts).encode())],
        )

    async def _mark(self, letter: DeadLetter) -> None:
        await self._send(TOPIC, b"", None, letter.record.partition, mark_headers(letter))

    async def _send(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        partition: int,
        headers: list[tuple[str, bytes]],
    ) -> None:
        sent = await self._producer.send(
            self._wire_name(topic), value, key, partition=partition, headers=headers
        )
        sent.add_done_callback(_seen)
        self._sent.append(sent)

    async def _end(self) -> None:
        await self._producer.commit_transaction()

    def _wire_name(self, topic: str) -> str:
        return self._settings.topic_prefix + topic


async def _chosen(
    letters: DeadLetters, place: Place | None, error_type: str | None
) -> AsyncIterator[DeadLetter]:
    if place is not None:
        if (letter := await letters.one(*place)) is not None:
            yield letter
        return
    async for letter in letters.all():
        if error_type in (None, letter.header("error_type")):
            yield letter


def _seen(sent: asyncio.Future[Any]) -> None:
    """Look at a failure once more than those do who give up at the first."""
    if not sent.cancelled():
        sent.exception()


def _size(letter: DeadLetter) -> int:
    record = letter.record
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers + _OVERHEAD
