"""
Traces from the publishing of a claim to its outcome, for OpenTelemetry; none unless asked for.

The header `traceparent` (W3C Trace Context) goes from the publisher through the worker to the
outcome, where the reader goes on. A span says where a record lay, how it was disposed of and how
long that took; nothing of the claim, and no id of it. Without an endpoint nothing here runs: who
publishes and who answers are given their plain function once, and ask no record.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiokafka import ConsumerRecord

from scrubber import __version__
from scrubber.pipeline.outcome import Outcome
from scrubber.pipeline.review import FollowUp
from scrubber.pipeline.settings import SettingsError, StreamSettings
from scrubber.stream.dead_letters import event_id
from scrubber.stream.transaction import Place, Transaction

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

TRACEPARENT: Final = "traceparent"
CLOSE_S: Final = 3.0
_NS_A_MS: Final = 1_000_000
_SYSTEM: Final = {"messaging.system": "kafka"}


class PutOutcome(Protocol):
    """Puts an outcome on a topic; raises `RecordTooLargeError`."""

    def __call__(
        self, record: ConsumerRecord, outcome: Outcome | FollowUp, topic: str, key: bytes,
        tx: Transaction,
    ) -> Place:  # fmt: skip
        """Answer `record` in the transaction."""


def put_outcome(
    record: ConsumerRecord, outcome: Outcome | FollowUp, topic: str, key: bytes, tx: Transaction
) -> Place:
    """Put an outcome, named for readers by where its record lay."""
    return tx.put(
        topic, key, outcome.encode(), headers=(("event_id", event_id(record, "outcome")),)
    )


def open_traces(settings: StreamSettings) -> "Traces | None":
    """Return what makes traces, `None` when there is no endpoint; raises `SettingsError`."""
    if not settings.traces_endpoint:
        return None
    try:
        # Only here: an extra, and a second of a start that needs it not.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        fault = (
            "SCRUBBER_TRACES_ENDPOINT: traces need the extra `traces`:"
            " pip install 'claims-scrubber[traces]'"
        )
        raise SettingsError((fault,)) from error
    resource = Resource.create({"service.name": "claims-scrubber", "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=settings.traces_endpoint)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)


class Traces:
    """Makes the spans of this process; `close` sends those that are still here."""

    def __init__(self, provider: "TracerProvider") -> None:
        """Keep the provider."""
        from opentelemetry import trace  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        self._provider = provider
        self._tracer = provider.get_tracer("scrubber", __version__)
        self._trace = trace
        self._propagator = TraceContextTextMapPropagator()

    async def close(self) -> None:
        """Send what is left, but wait no longer than a stop may take."""
        # A thread of its own: the provider's waiting ends when its receiver lets it.
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, CLOSE_S)

    async def send(
        self, send: Callable[..., Awaitable[Any]], topic: str, value: bytes, key: bytes
    ) -> Any:
        """Send a record in a span of its own, below the caller's when there is one."""
        span = self._tracer.start_span(
            "publish",
            kind=self._trace.SpanKind.PRODUCER,
            attributes=_SYSTEM | {"messaging.destination.name": topic},
        )
        try:
            sent = await send(topic, value, key, headers=[(TRACEPARENT, self._text_of(span))])
        except BaseException:
            self._fail(span)
            raise
        sent.add_done_callback(partial(self._published, span))
        return sent

    def _published(self, span: Any, sent: "asyncio.Future[Any]") -> None:
        if sent.cancelled() or sent.exception() is not None:
            self._fail(span)
            return
        place = sent.result()
        span.set_attributes(_place(place.partition, place.offset))
        span.end()

    def _fail(self, span: Any) -> None:
        """End a span that came to nothing, without a word of the error."""
        span.set_status(self._trace.StatusCode.ERROR)
        span.end()

    def put_outcome(
        self,
        record: ConsumerRecord,
        outcome: Outcome | FollowUp,
        topic: str,
        key: bytes,
        tx: Transaction,
    ) -> Place:
        """
        Put an outcome with the header by which its reader goes on.

        The span begins when the record reached its topic and ends when the outcome can be read. Of
        a transaction that does not commit there is none.
        """
        now = time.time_ns()
        began = min(record.timestamp * _NS_A_MS, now)
        attributes = _SYSTEM | {
            "messaging.destination.name": record.topic,
            **_place(record.partition, record.offset),
            "scrubber.disposition": outcome.disposition,
            "scrubber.waited_ms": (now - began) // _NS_A_MS,
        }
        if isinstance(outcome, Outcome) and outcome.judged is not None:
            attributes["scrubber.claim_type"] = outcome.judged.type
        span = self._tracer.start_span(
            "scrub",
            self._context_of(record.headers),
            kind=self._trace.SpanKind.CONSUMER,
            attributes=attributes,
            start_time=began,
        )
        place = tx.put(
            topic,
            key,
            outcome.encode(),
            headers=(
                ("event_id", event_id(record, "outcome")),
                (TRACEPARENT, self._text_of(span)),
            ),
        )
        tx.count(lambda _: span.end())
        return place

    def _context_of(self, headers: Iterable[tuple[str, bytes]]) -> Any:
        """Return the context that a record came in; an empty one for none, and for nonsense."""
        # Not `tracestate`: what others put there, nobody has looked at.
        stated = next((value for name, value in headers if name == TRACEPARENT), b"")
        return self._propagator.extract({TRACEPARENT: stated.decode("ascii", "replace")})

    def _text_of(self, span: "Span") -> bytes:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, self._trace.set_span_in_context(span))
        return carrier[TRACEPARENT].encode()


def _place(partition: int, offset: int) -> dict[str, Any]:
    return {
        "messaging.destination.partition.id": str(partition),
        "messaging.kafka.offset": offset,
    }
