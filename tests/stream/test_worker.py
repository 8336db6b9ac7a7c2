"""The worker in this process, on a real broker: what comes out is what the embedded check says."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import orjson
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from scrubber.claim.history import EMPTY
from scrubber.claim.prior import Prior
from scrubber.contracts.decode import SchemaInvalid, Undecodable, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream.agents import ScrubApp
from scrubber.stream.worker import build_app
from scrubber.synthetic import generate
from tests.conftest import ROOT
from tests.faults.harness import Deployment, eventually
from tests.faults.load import SECRET, Sent
from tests.kafka.cluster import free_ports
from tests.kafka.fixtures import Kafka


@asynccontextmanager
async def running(deployment: Deployment, folder: Path) -> AsyncIterator[tuple[ScrubApp, int]]:
    """Run the deployment's worker in this event loop; yields it with its health port."""
    port = free_ports(1)[0]
    settings = read_stream_settings({**deployment.environment, "SCRUBBER_HTTP_PORT": str(port)})
    app = build_app(
        settings,
        deployment.topics,
        build_scrubber(settings.scrub),
        deployment.partitions,
        folder,
    )
    await app.start()
    try:
        yield app, port
    finally:
        await app.stop()
        # Faust makes a consumer that it never starts, with a loop that it never closes.
        app.consumer._thread.thread_loop.close()


def as_sent(records: list[bytes]) -> list[Sent]:
    """Return the records under the keys that they should have, or none where there is none."""
    sent = []
    for number, raw in enumerate(records):
        key = b"no patient key"
        with suppress(SchemaInvalid, Undecodable):
            key = patient_key(decode_claim_event(raw).event, SECRET).encode()
        sent.append(Sent(number, str(number), number, "clean", key, raw))
    return sent


async def outcomes(deployment: Deployment) -> dict[str, bytes]:
    """Return each outcome's bytes by submission id."""
    reader = AIOKafkaConsumer(
        bootstrap_servers=deployment.bootstrap_servers,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await reader.start()
    found = {}
    try:
        places = [
            TopicPartition(deployment.prefix + topic, number)
            for topic in ("claims-clean", "claims-rejected", "claims-review")
            for number in range(deployment.partitions)
        ]
        reader.assign(places)
        await reader.seek_to_beginning(*places)
        ends = await reader.end_offsets(places)
        while any([await reader.position(one) < end for one, end in ends.items()]):
            for records in (await reader.getmany(timeout_ms=200)).values():
                for record in records:
                    body = orjson.loads(record.value)
                    assert record.topic == f"{deployment.prefix}claims-{body['disposition']}"
                    found[body["submission_id"]] = record.value
    finally:
        await reader.stop()
    return found


async def test_the_worker_answers_as_the_embedded_check_does(kafka: Kafka, tmp_path: Path) -> None:
    """Byte for byte, for claims of patients without a history, whatever their defects."""
    records = [orjson.dumps(one.event) for one in generate(400, 11)]
    async with (
        Deployment(kafka.bootstrap_servers, tmp_path, "same", partitions=3) as deployment,
        running(deployment, tmp_path / "state"),
    ):
        scrubber = build_scrubber(read_stream_settings(deployment.environment).scrub)
        expected = {}
        known: set[bytes] = set()
        since = datetime.now(UTC).date()
        for one in as_sent(records):
            if one.key in known and one.key != b"no patient key":
                continue  # a patient's later claim is judged by what came before it
            known.add(one.key)
            prior = Prior(EMPTY, since)
            try:
                decoded = decode_claim_event(one.value)
                subscriber = decoded.event.claim.payers[0].subscriber
                named = subscriber is not None and subscriber.member_id
                outcome = scrubber.scrub(decoded, prior if named else None)
            except SchemaInvalid as invalid:
                outcome = scrubber.refuse(invalid)
            expected[outcome.submission_id] = outcome.encode()
        await deployment.publish(as_sent(records))
        await until_read(deployment, len(records))
    found = await outcomes(deployment)
    assert len(found) == len(records)
    assert {name: found[name] for name in expected} == expected
    assert len(expected) > 200


async def until_read(deployment: Deployment, count: int) -> None:
    """Wait until so many submissions are answered."""
    for _ in range(600):
        if await deployment.read() >= count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError


async def test_the_worker_leaves_nothing_where_it_was_started(
    kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust's folders too lie with the state: a container's file system may be read-only."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    folder = tmp_path / "not there" / "yet"
    async with (
        Deployment(kafka.bootstrap_servers, tmp_path, "cwd", partitions=1) as deployment,
        running(deployment, folder) as (app, _),
    ):
        await eventually(
            lambda: [task.state for task in app.source.tasks.values()] == ["ready"],
            "the partition ready",
        )
    assert list(here.iterdir()) == []
    assert {one.name for one in folder.iterdir()} == {
        "faust",
        f"{deployment.prefix}claims-history-0",
    }


def test_a_worker_told_to_stop_while_it_starts_stops_in_order() -> None:
    """SIGTERM before there is anything to drain: a broker that never answers holds it there."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            **{name: value for name, value in os.environ.items() if name[:9] != "SCRUBBER_"},
            "SCRUBBER_BOOTSTRAP_SERVERS": f"127.0.0.1:{silent.getsockname()[1]}",
            "SCRUBBER_KEY_SECRET": SECRET.decode(),
        }
        command = (sys.executable, "-m", "scrubber.cli.main", "worker")
        with subprocess.Popen(command, env=environment, cwd=ROOT) as worker:
            silent.settimeout(60)
            connection, _ = silent.accept()
            with connection:
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(10) == 0


async def test_the_worker_tells_how_it_is(kafka: Kafka, tmp_path: Path) -> None:
    """Alive and ready once its partitions are, with every partition and the metrics of its work."""
    async with (
        Deployment(kafka.bootstrap_servers, tmp_path, "health", partitions=2) as deployment,
        running(deployment, tmp_path / "state") as (app, port),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
    ):
        await eventually(
            lambda: [task.state for task in app.source.tasks.values()] == ["ready"] * 2,
            "both partitions ready",
        )
        async with client.get("/healthz") as answer:
            assert answer.status == 200
        async with client.get("/readyz") as answer:
            assert answer.status == 200
            assert len((await answer.json())["partitions"]) == 2
        records = [orjson.dumps(one.event) for one in generate(20, 5)]
        await deployment.publish(as_sent(records))
        await until_read(deployment, len(records))
        wanted = (
            'scrubber_partitions{state="ready"} 2.0',
            'scrubber_lag_records{partition="1",topic="claims-submitted"} 0.0',
        )
        text = ""
        async with asyncio.timeout(30):  # measured once a second, perhaps before all was answered
            while not all(one in text for one in wanted):
                await asyncio.sleep(0.1)
                async with client.get("/metrics") as answer:
                    text = await answer.text()
