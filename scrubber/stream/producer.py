"""Publishing claims and remittances: docs/publishing.md shows it in six lines."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import blake2b
from types import TracebackType
from typing import Any, ClassVar, Final, Self

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from scrubber.contracts.decode import Fault, SchemaInvalid, decode_claim_event
from scrubber.contracts.keys import KEY_BYTES, patient_key
from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.connection import reach
from scrubber.stream.topics import partition_count
from scrubber.stream.traces import Traces, open_traces

_REQUEST_BYTES: Final = 2 << 20  # the topic's own limit; an event has at most half of it
_BATCH_BYTES: Final = 256 << 10  # 16 KiB else: some ten claims a round trip


class UnfitClaimError(ValueError):
    """A claim that does not fit the schema; `faults` names each place, and no value."""

    def __init__(self, submission_id: str, faults: tuple[Fault, ...]) -> None:
        """Keep the parts."""
        places = "; ".join(f"{one.pointer}: {one.found}, not {one.expected}" for one in faults)
        super().__init__(f"{submission_id}: {places}")
        self.submission_id = submission_id
        self.faults = faults


class PublishError(RuntimeError):
    """Some records did not reach the brokers; publishing all of them again repeats none."""


class EventProducer:
    """
    Sends events to a topic, those of a patient in the order of the calls.

    Leaving the `async with` block waits until the brokers have every record, or raises
    `PublishError`. `published` then counts the records that they have.
    """

    topic: ClassVar[str]
    #: A silent broker is waited for so long.
    deadline_s: ClassVar[float] = 60

    def __init__(self, settings: StreamSettings) -> None:
        """Keep the settings; nothing is connected yet."""
        self.published = 0
        self._settings = settings
        self._topic = settings.topic_prefix + self.topic
        self._failure: BaseException | None = None
        self._producer: AIOKafkaProducer
        self._send: Callable[..., Awaitable[Any]]
        self._traces: Traces | None = None

    async def __aenter__(self) -> Self:
        """Connect; raises `UnreachableError`, `TopicError` or `SettingsError`."""
        self._traces = open_traces(self._settings)
        options = await reach(self._settings)
        await partition_count(options, self._topic)
        self._producer = AIOKafkaProducer(
            **options,
            enable_idempotence=True,
            acks="all",
            compression_type="zstd",
            max_batch_size=_BATCH_BYTES,
            max_request_size=_REQUEST_BYTES,
        )
        try:
            await self._producer.start()
        except BaseException:
            await self._producer.stop()
            raise
        self._send = self._producer.send
        if self._traces is not None:
            self._send = partial(self._traces.send, self._producer.send)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what is under way, then disconnect."""
        if not await stop_within(self._producer, self.deadline_s):
            self._failure = self._failure or TimeoutError()
        await asyncio.sleep(0)  # for `_delivered` of the last records
        if self._traces is not None:
            await self._traces.close()
        if error is None:
            self._raise_failure()

    async def send(self, raw: bytes, key: str) -> "asyncio.Future[RecordMetadata]":
        """
        Send a record under a patient key and return its place to be.

        Raises `PublishError` once an earlier record has failed.
        """
        self._raise_failure()
        try:
            sent: asyncio.Future[RecordMetadata] = await self._send(self._topic, raw, key.encode())
        except KafkaError as error:
            self._failure = error
            self._raise_failure()
        sent.add_done_callback(self._delivered)
        return sent

    def _delivered(self, sent: "asyncio.Future[RecordMetadata]") -> None:
        if sent.cancelled():
            self._failure = self._failure or asyncio.CancelledError()
        elif error := sent.exception():
            self._failure = self._failure or error
        else:
            self.published += 1

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise PublishError(
                f"the brokers did not take every record ({type(self._failure).__name__}); "
                "publish all of them again, none is answered twice"
            ) from self._failure


class ClaimProducer(EventProducer):
    """Sends claim events to `claims-submitted`."""

    topic = "claims-submitted"

    async def publish(
        self, event: bytes | dict[str, Any], *, even_unfit: bool = False
    ) -> "asyncio.Future[RecordMetadata]":
        """
        Send one event (JSON text, or a dict of JSON's types) and return its place to be.

        `await` the answer for topic, partition and offset; waiting for each in turn is slow, and
        the end of the block waits for all. Raises before anything is sent: `Undecodable` for
        what is no claim event at all, `UnfitClaimError` for a claim that does not fit the schema.
        With `even_unfit` such a claim is sent, and the worker answers it with a rejected outcome.
        Raises `PublishError` once an earlier record has failed.
        """
        raw = event if isinstance(event, bytes) else orjson.dumps(event)
        secret = self._settings.key_secret
        try:
            key = patient_key(decode_claim_event(raw).event, secret)
        except SchemaInvalid as invalid:
            if not even_unfit:
                raise UnfitClaimError(invalid.submission_id, invalid.faults) from None
            # Whose claim it is cannot be told. Sent again, it must meet its first answer.
            stands_in = blake2b(invalid.submission_id.encode(), key=secret, digest_size=KEY_BYTES)
            key = stands_in.hexdigest()
        return await self.send(raw, key)


class RemittanceProducer(EventProducer):
    """Sends remittance events to `remittances`, under the patient keys of their claims."""

    topic = "remittances"


async def stop_within(producer: AIOKafkaProducer, deadline_s: float) -> bool:
    """Deliver what is under way and disconnect; return whether there was time enough for it."""
    try:
        async with asyncio.timeout(deadline_s):
            await producer.stop()
    except TimeoutError:
        # Its own stop would wait for ever: an idempotent record never expires.
        await producer._sender.close()  # noqa: SLF001
        await producer.client.close()
        return False
    return True
