"""A trace leads from the publisher to the outcome, and nothing of a claim is in it."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import SettingsError, read_stream_settings
from scrubber.stream.claims import Claims
from scrubber.stream.decisions import Decisions
from scrubber.stream.producer import ClaimProducer
from scrubber.stream.traces import (
    CLOSE_S,
    TRACEPARENT,
    PutOutcome,
    Traces,
    open_traces,
    put_outcome,
)
from scrubber.stream.transaction import RecordTooLargeError
from tests.conftest import ROOT
from tests.faults.harness import Deployment
from tests.faults.load import SECRET
from tests.stream.conftest import Records

ENVIRONMENT = {
    "SCRUBBER_BOOTSTRAP_SERVERS": "broker:9092",
    "SCRUBBER_KEY_SECRET": SECRET.decode(),
}
SETTINGS = read_stream_settings(ENVIRONMENT)
LINES = (ROOT / "samples" / "claims.jsonl").read_bytes().splitlines()
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
#: All that a span may say.
ATTRIBUTES = {
    "messaging.system",
    "messaging.destination.name",
    "messaging.destination.partition.id",
    "messaging.kafka.offset",
    "scrubber.disposition",
    "scrubber.claim_type",
    "scrubber.waited_ms",
}

Headers = tuple[tuple[str, bytes], ...]


class Batch:
    """A transaction that keeps what is put, and does after its commit what is done then."""

    def __init__(self, *, limit: int = 1 << 30) -> None:
        """Hold nothing."""
        self.state: dict[bytes, bytes] = {}
        self.put_records: list[tuple[str, bytes | None, bytes | None, dict[str, bytes]]] = []
        self.counts: list[tuple[Callable[[float], None], float]] = []
        self.today = datetime.now(UTC).date()
        self._limit = limit

    def get(self, key: bytes) -> bytes | None:
        """Return a value."""
        return self.state.get(key)

    def set(self, key: bytes, value: bytes, **_: object) -> None:
        """Keep a value."""
        self.state[key] = value

    def put(
        self, topic: str, key: bytes | None, value: bytes | None, *, headers: Headers = (), **_: Any
    ) -> None:
        """Keep an output, or refuse it."""
        if topic != "claims-dead-letter" and len(value or b"") > self._limit:
            raise RecordTooLargeError(topic, len(value or b""), self._limit)
        self.put_records.append((topic, key, value, dict(headers)))

    def count(self, add: Callable[[float], None], amount: float = 1) -> None:
        """Keep it for the commit."""
        self.counts.append((add, amount))

    def commit(self) -> None:
        """Count."""
        for add, amount in self.counts:
            add(amount)


def traced(**options: Any) -> tuple[Traces, InMemorySpanExporter]:
    """Return what makes traces, and where their spans come out."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(**options)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Traces(provider), exporter


async def answer(
    lines: list[bytes], put: PutOutcome, headers: Headers = (), limit: int = 1 << 30
) -> Batch:
    """Return what comes of claims, not committed yet."""
    handler = Claims(build_scrubber(SETTINGS.scrub), SETTINGS, 1, put)
    tx: Any = Batch(limit=limit)
    records = []
    for offset, line in enumerate(lines):
        key = patient_key(decode_claim_event(line).event, SECRET).encode()
        records.append(
            ConsumerRecord(
                "own.claims-submitted", 0, offset, 1_000, 0, key, line, None, 1, 1, headers
            )
        )
    await handler.handle(records, "claims-submitted", tx)
    batch: Batch = tx
    return batch


def parent(flags: str = "01") -> Headers:
    """Return the headers of a record that was published in a trace."""
    return ((TRACEPARENT, f"00-{TRACE}-{PARENT}-{flags}".encode()),)


async def test_an_outcome_goes_on_in_the_trace_of_its_claim() -> None:
    """The span is the publisher's child, and the outcome's header names the span."""
    traces, exporter = traced()
    batch = await answer(LINES, traces.put_outcome, (*parent(), ("tracestate", b"vendor=SAMPLE")))
    assert exporter.get_finished_spans() == ()  # nothing can be read yet
    batch.commit()
    spans = exporter.get_finished_spans()
    assert len(spans) == len(LINES)
    for span, (topic, _, value, headers) in zip(spans, batch.put_records, strict=True):
        assert span.context is not None
        assert span.parent is not None
        assert f"{span.context.trace_id:032x}" == TRACE
        assert not span.context.trace_state
        assert f"{span.parent.span_id:016x}" == PARENT
        assert headers[TRACEPARENT] == f"00-{TRACE}-{span.context.span_id:016x}-01".encode()
        assert set(headers) == {"event_id", TRACEPARENT}
        attributes = span.attributes or {}
        assert set(attributes) == ATTRIBUTES
        assert f"claims-{attributes['scrubber.disposition']}" == topic
        assert attributes["scrubber.claim_type"] == orjson.loads(value or b"")["claim"]["type"]
        assert attributes["messaging.destination.name"] == "own.claims-submitted"
        assert span.start_time == 1_000_000_000
        assert (span.name, span.kind.name, list(span.events)) == ("scrub", "CONSUMER", [])


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((TRACEPARENT, b""),),
        ((TRACEPARENT, b"\xff\xfe"),),
        ((TRACEPARENT, f"00-{'0' * 32}-{PARENT}-01".encode()),),
        ((TRACEPARENT, b"SAMPLE PAT" * 100),),
        (("tracestate", b"vendor=SAMPLE"),),
    ],
)
async def test_a_claim_without_a_trace_begins_one(headers: Headers) -> None:
    """Nonsense is no trace, and does not go on."""
    traces, exporter = traced()
    batch = await answer(LINES[:1], traces.put_outcome, headers)
    batch.commit()
    (span,) = exporter.get_finished_spans()
    assert span.parent is None
    assert "SAMPLE" not in span.to_json()
    ((_, _, _, given),) = batch.put_records
    assert set(given) == {"event_id", TRACEPARENT}


async def test_a_trace_that_nobody_records_goes_on_unrecorded() -> None:
    """Whether it is sampled, the publisher decided; a worker that samples nothing passes it on."""
    for options, headers in (({}, parent("00")), ({"sampler": ALWAYS_OFF}, parent())):
        traces, exporter = traced(**options)
        batch = await answer(LINES[:1], traces.put_outcome, headers)
        batch.commit()
        assert exporter.get_finished_spans() == ()
        ((_, _, _, given),) = batch.put_records
        assert given[TRACEPARENT].startswith(f"00-{TRACE}-".encode())
        assert given[TRACEPARENT].endswith(b"-00")


async def test_a_trace_changes_no_outcome() -> None:
    """Values, keys and state are the same to the byte, with traces and without."""
    traces, _ = traced()
    with_traces = await answer(LINES, traces.put_outcome, parent())
    without = await answer(LINES, put_outcome)
    assert [one[:3] for one in with_traces.put_records] == [one[:3] for one in without.put_records]
    assert [set(one[3]) for one in without.put_records] == [{"event_id"}] * len(LINES)
    assert with_traces.state == without.state


async def test_an_outcome_that_fits_no_topic_has_no_span() -> None:
    """It is a dead letter, which keeps the header that its claim came with."""
    traces, exporter = traced()
    batch = await answer(LINES[:1], traces.put_outcome, parent(), limit=100)
    batch.commit()
    ((topic, _, _, headers),) = batch.put_records
    assert topic == "claims-dead-letter"
    assert headers[TRACEPARENT] == dict(parent())[TRACEPARENT]
    assert exporter.get_finished_spans() == ()


async def test_a_decision_has_its_span(tmp_path: Path) -> None:
    """Without a claim's type: the stored outcome is not read for it."""
    del tmp_path
    traces, exporter = traced()
    batch = await answer(LINES[10:11], put_outcome)
    ((topic, key, value, _),) = batch.put_records
    assert topic == "claims-review"
    outcome = orjson.loads(value or b"")
    example = ROOT / "schemas" / "examples" / "decision" / "correct.json"
    event = orjson.loads(example.read_bytes()) | {
        "submission_id": outcome["submission_id"],
        "outcome_id": outcome["outcome_id"],
        "kind": "release",
        "findings": [],
        "changes": [],
        "claim": None,
    }

    class Stored:
        async def read(self, _: int, __: int) -> bytes | None:
            return value

    stored: Any = Stored()
    handler = Decisions(build_scrubber(SETTINGS.scrub), SETTINGS, stored, traces.put_outcome)
    tx: Any = batch
    record = ConsumerRecord(
        "review-decisions", 0, 5, 1_000, 0, key, orjson.dumps(event), None, 1, 1, parent()
    )
    await handler.handle([record], "review-decisions", tx)
    batch.commit()
    (span,) = exporter.get_finished_spans()
    attributes = span.attributes or {}
    assert set(attributes) == ATTRIBUTES - {"scrubber.claim_type"}
    assert attributes["scrubber.disposition"] == "clean"
    assert batch.put_records[1][0] == "claims-clean"


async def test_what_could_not_be_sent_is_an_error_without_words() -> None:
    """Refused at once, refused by the broker, or given up."""

    async def refuse(*_: Any, **__: Any) -> Any:
        raise ValueError("SAMPLE PAT")

    async def fail(*_: Any, **__: Any) -> "asyncio.Future[Any]":
        sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        sent.set_exception(ValueError("SAMPLE PAT"))
        return sent

    async def give_up(*_: Any, **__: Any) -> "asyncio.Future[Any]":
        sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        sent.cancel()
        return sent

    traces, exporter = traced()
    with pytest.raises(ValueError, match="SAMPLE"):
        await traces.send(refuse, "t", b"v", b"k")
    for send in (fail, give_up):
        await traces.send(send, "t", b"v", b"k")
    await asyncio.sleep(0)
    spans = exporter.get_finished_spans()
    assert [one.status.status_code.name for one in spans] == ["ERROR"] * 3
    assert not any("SAMPLE" in one.to_json() for one in spans)


def test_off_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an endpoint nothing is loaded; without the extra the endpoint is a fault."""
    assert open_traces(SETTINGS) is None
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"claims-scrubber\[traces\]"):
        open_traces(replace(SETTINGS, traces_endpoint="http://127.0.0.1:1/v1/traces"))
    for wrong in ("collector:4318", "http://user:word@collector/v1/traces"):
        with pytest.raises(SettingsError, match="SCRUBBER_TRACES_ENDPOINT") as caught:
            read_stream_settings({**ENVIRONMENT, "SCRUBBER_TRACES_ENDPOINT": wrong})
        assert "user" not in wrong or caught.value.faults


class Received:
    """What a receiver was sent: bodies of OTLP requests."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.bodies: list[bytes] = []
        self.url = ""

    def spans(self) -> list[Any]:
        """Return the spans, and nothing around them."""
        return [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@contextmanager
def receiver() -> Iterator[Received]:
    """Receive OTLP over HTTP on this machine."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip  # noqa: PLC0415

                body = gzip.decompress(body)
            received.bodies.append(body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{server.server_port}/v1/traces"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_a_trace_leads_from_publisher_to_outcome_and_holds_no_patient(
    deployment: Deployment, records: Records
) -> None:
    """Over a real broker, a worker in a process of its own, and what they send to a receiver."""
    with receiver() as received:
        settings = read_stream_settings(
            {**deployment.environment, "SCRUBBER_TRACES_ENDPOINT": received.url}
        )
        async with ClaimProducer(settings) as producer:
            for line in LINES:
                await producer.publish(line)
        published = {bytes(one.span_id): one for one in received.spans()}
        assert len(published) == len(LINES)
        worker = deployment.worker(SCRUBBER_TRACES_ENDPOINT=received.url)
        await worker.until_idle()
        assert worker.stop() == 0
        spans = [one for one in received.spans() if one.name == "scrub"]
        sent = b"".join(received.bodies)
    assert len(spans) == len(LINES)
    outcomes = [
        one for kind in ("clean", "rejected", "review") for one in await records(f"claims-{kind}")
    ]
    ended = {bytes(one.span_id).hex(): one for one in spans}
    for outcome in outcomes:
        _, trace, span_id, _ = dict(outcome.headers)[TRACEPARENT].decode().split("-")
        span = ended.pop(span_id)
        assert bytes(span.trace_id).hex() == trace
        assert published[bytes(span.parent_span_id)].trace_id == span.trace_id
        assert {one.key for one in span.attributes} == ATTRIBUTES
        assert span.end_time_unix_nano >= span.start_time_unix_nano
    assert ended == {}
    for value in set().union(*(_values(orjson.loads(line)) for line in LINES)):
        assert value.encode() not in sent, value


def _values(part: Any) -> set[str]:
    """Return every text of an event that could tell of somebody: but for words such as `HC`."""
    if isinstance(part, dict):
        return set().union(*map(_values, part.values()))
    if isinstance(part, list):
        return set().union(*map(_values, part))
    words = {"professional", "institutional", "dental", "review", "clean", "demo"}
    return {part} - words if isinstance(part, str) and len(part) > 4 else set()


async def test_a_receiver_that_is_silent_holds_nobody_up(deployment: Deployment) -> None:
    """Claims are answered, and the worker stops in the time that it promises."""
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes the call, and says nothing
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}/v1/traces"
        settings = {**deployment.environment, "SCRUBBER_TRACES_ENDPOINT": endpoint}
        began = time.monotonic()
        async with ClaimProducer(read_stream_settings(settings)) as producer:
            await producer.publish(LINES[0])
        assert time.monotonic() - began < CLOSE_S + 5
        worker = deployment.worker(SCRUBBER_TRACES_ENDPOINT=endpoint)
        await worker.until_idle()
        assert worker.stop() == 0
    assert await deployment.count("claims-clean") == 1
