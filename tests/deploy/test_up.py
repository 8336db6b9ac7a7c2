"""`make up`: the first outcome soon, the processes of the compose file, and nothing left behind."""

import asyncio
import configparser
import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from tests.conftest import ROOT
from tests.kafka.cluster import free_ports
from tests.kafka.jars import find_jars
from tools.up import prometheus_settings

#: What is promised, on a machine that has the downloads.
FIRST_OUTCOME_S = 60
END_S = 60
#: Not on every machine, and nothing that a claim passes.
WITHOUT = {"check", "grafana"}


class Up:
    """`make up` on ports and in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Start it as a shell does, at the head of a process group."""
        self.folder = folder / "up"
        self.log = folder / "up.log"
        self.kafka, self.http, self.prometheus = apart()
        arguments = (
            f"--folder {self.folder} --port {self.kafka} --http-port {self.http} "
            f"--prometheus-port {self.prometheus}"
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                # What it needs is here.
                ["make", "-o", ".venv/installed", "-o", "kafka-java", "up", f"ARGS={arguments}"],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={k: v for k, v in os.environ.items() if not k.startswith("SCRUBBER_")},
            )

    def end(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, as a terminal does, and wait for the end."""
        os.killpg(self.process.pid, number)
        self.process.wait(END_S)

    def processes(self) -> list[int]:
        """Return what runs in its environment (Linux)."""
        mark = f"UP_FOLDER={self.folder}".encode()
        found = []
        for one in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if mark in one.read_bytes().split(b"\0"):
                    found.append(int(one.parent.name))
        return found

    async def first_outcome(self) -> None:
        """Return when a read-committed reader has an outcome."""
        end = time.monotonic() + 4 * FIRST_OUTCOME_S
        while True:
            reader = AIOKafkaConsumer(
                *("claims-clean", "claims-rejected", "claims-review"),
                bootstrap_servers=f"127.0.0.1:{self.kafka}",
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                metadata_max_age_ms=500,
            )
            try:
                await reader.start()
                async with asyncio.timeout(end - time.monotonic()):
                    await reader.getone()
            except KafkaError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < end, self.log.read_text()
                await asyncio.sleep(0.2)
            else:
                return
            finally:
                await reader.stop()

    def answers(self, port: int, path: str) -> bytes:
        """Return what one of its pages says."""
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            said: bytes = answer.read()
        return said


def apart() -> list[int]:
    """Return three free ports; behind the second there is room for another worker."""
    while True:
        ports = free_ports(3)
        if ports[1] < 65_000 and ports[1] + 1 not in ports:
            return ports


def busy_s() -> float:
    """Return how long this machine's cores have been at work, summed up (Linux)."""
    times = [int(one) for one in Path("/proc/stat").read_text().split()[1:9]]
    idle, waiting = times[3:5]
    return (sum(times) - idle - waiting) / os.sysconf("SC_CLK_TCK")


def own_s(processes: list[int]) -> float:
    """Return how long these were at work, and their children that have ended."""
    ticks = 0
    for pid in processes:
        with suppress(OSError):  # it has ended since
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def up(folder: Path) -> Iterator[Up]:
    """Run it, and leave nothing of it behind, whatever the test finds."""
    running = Up(folder)
    try:
        yield running
    finally:
        for pid in running.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        running.process.wait()


@pytest.mark.parametrize(
    "how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
async def test_the_first_outcome_comes_soon_and_all_ends_together(
    tmp_path: Path, how: signal.Signals
) -> None:
    """Broker, topics, workers, samples: an outcome within a minute; Ctrl-C ends all of it."""
    find_jars()
    with up(tmp_path) as running:
        started, busy = time.monotonic(), busy_s()
        await running.first_outcome()
        took = time.monotonic() - started
        # What others took of the machine's cores meanwhile is not for us to promise.
        others = (busy_s() - busy - own_s(running.processes())) / (os.cpu_count() or 1)
        print(f"first outcome after {took:.1f} s, {others:.1f} of them others'")  # noqa: T201
        assert took - others < FIRST_OUTCOME_S, running.log.read_text()
        assert len(running.processes()) >= 5  # the manager, the broker and its keeper, two workers
        await asyncio.to_thread(running.end, how)
        assert running.processes() == []
    log = running.log.read_text()
    for number in (0, 1):
        assert f"stopped: worker-{number} (exit status 0)" in log


def test_the_processes_are_those_of_the_compose_file() -> None:
    """None is forgotten, and none is there that a container would not be."""
    manager = configparser.RawConfigParser(inline_comment_prefixes=(";",))
    manager.read(ROOT / "deploy" / "supervisord.conf")
    programs = {name.removeprefix("program:") for name in manager.sections() if ":" in name}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert programs - {"rpcinterface:supervisor"} == set(compose["services"]) - WITHOUT
    assert manager["program:worker"]["stopwaitsecs"] == (
        compose["services"]["worker"]["stop_grace_period"].removesuffix("s")
    )


def test_prometheus_is_told_of_each_worker(tmp_path: Path) -> None:
    """Its own tool takes the settings, rules and all."""
    file = tmp_path / "prometheus.json"
    file.write_text(json.dumps(prometheus_settings([16066, 16067])), encoding="utf-8")
    subprocess.run(["promtool", "check", "config", file], check=True, capture_output=True)
