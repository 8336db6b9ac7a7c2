"""Topics of a test's own, and commands run against them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiokafka import ConsumerRecord

from scrubber.cli.main import main
from tests.faults.harness import Deployment
from tests.kafka.fixtures import Kafka

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def deployment(
    kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Deployment]:
    """Return topics of two partitions, and set the environment up for them."""
    folder = tmp_path / "deployment"
    async with Deployment(kafka.bootstrap_servers, folder, "own", partitions=2) as deployment:
        for name, value in deployment.environment.items():
            monkeypatch.setenv(name, value)
        yield deployment


@pytest.fixture
def run(
    deployment: Deployment,  # noqa: ARG001 (the command finds it in the environment)
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that runs a command: exit code, output, errors."""

    async def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = await asyncio.to_thread(main, [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


Records = Callable[..., Awaitable[list[ConsumerRecord]]]


@pytest.fixture
def records(deployment: Deployment) -> Records:
    """Return a function that reads all records of a topic, by partition and offset."""

    async def read(topic: str, isolation: str = "read_committed") -> list[ConsumerRecord]:
        reader = await deployment._open_reader((topic,), isolation)
        found: list[ConsumerRecord] = []
        try:
            ends = await reader.end_offsets(reader.assignment())
            while any([await reader.position(one) < end for one, end in ends.items()]):
                for some in (await reader.getmany(timeout_ms=100)).values():
                    found += some
        finally:
            await reader.stop()
        return sorted(found, key=lambda one: (one.partition, one.offset))

    return read
