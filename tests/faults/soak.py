"""Random faults under steady load: what is lost, what is repeated, and what grows."""

import asyncio
import random
import signal
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from statistics import median
from typing import Self

import orjson
from aiokafka.errors import KafkaError

from tests.faults.harness import Deployment, Verdict, Worker
from tests.faults.load import make_load
from tests.kafka.cluster import Cluster

LOAD = 0.7
PARTITIONS = 8
MOST_WORKERS = 4
#: Killed, asked to stop before it could listen, drained, stopped itself to be started again; any
#: other end is a defect.
EXITS = {-9, -15, 0, 70, 71, 72}
YOUNG_S = 10.0
FAULTS = {"kill": 4, "stop": 2, "freeze": 2, "scale": 2, "broker": 1}


@dataclass(frozen=True)
class Sample:
    """What one worker held at one moment."""

    at: float
    tasks: int
    memory: int
    """Anonymous pages in KiB: what is mapped of the state's files is the kernel's to keep."""
    files: int
    connections: int

    @classmethod
    def of(cls, worker: Worker, at: float) -> Self | None:
        """Look at a worker; `None` when it does not answer."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{worker.port}/readyz", timeout=0.5
            ) as answer:
                tasks = len(orjson.loads(answer.read())["partitions"])
            proc = Path(f"/proc/{worker.pid}")
            status = (proc / "status").read_text()
            names = [str(one.readlink()) for one in (proc / "fd").iterdir()]
        except OSError:
            return None
        sockets = sum(name.startswith("socket:") for name in names)
        memory = int(status.split("RssAnon:")[1].split()[0])
        return cls(at, tasks, memory, len(names), sockets)


class Growth:
    """Compares the last third of a run with its middle third, among equals in number of tasks."""

    def __init__(self) -> None:
        """Begin now."""
        self._started = time.monotonic()
        self._samples: list[Sample] = []

    async def look(self, worker: Worker) -> None:
        """Take a sample of a worker that has settled."""
        now = time.monotonic()
        if worker.alive and now - worker.started > YOUNG_S:
            sample = await asyncio.to_thread(Sample.of, worker, now - self._started)
            if sample is not None:
                self._samples.append(sample)

    def check(self, say: Callable[[str], None]) -> None:
        """Say the medians, and fail where the last is clearly above the middle."""
        third = (time.monotonic() - self._started) / 3
        groups: dict[int, tuple[list[Sample], list[Sample]]] = defaultdict(lambda: ([], []))
        for one in self._samples:
            if one.at >= third:
                groups[one.tasks][one.at >= 2 * third].append(one)
        grown = []
        for tasks, thirds in sorted(groups.items()):
            if min(map(len, thirds)) < 10:
                continue
            for name, slack in (("memory", 20_000), ("files", 10), ("connections", 10)):
                middle, last = (median(getattr(one, name) for one in part) for part in thirds)
                say(f"{name} with {tasks} tasks: {middle:.0f} in the middle, {last:.0f} at last")
                if last > 1.1 * middle + slack:
                    grown.append(f"{name} with {tasks} tasks from {middle:.0f} to {last:.0f}")
        assert not grown, "; ".join(grown)


class Soak:
    """One run: a load, a supervisor, and somebody who breaks things."""

    def __init__(
        self, cluster: Cluster, deployment: Deployment, seed: int, say: Callable[[str], None]
    ) -> None:
        """Keep the parts."""
        self._cluster = cluster
        self._deployment = deployment
        self._chance = random.Random(seed)
        self._say = say
        self._wanted = 2
        self._patients = 0
        self._loads = count()
        self.growth = Growth()

    async def run(self, seconds: float, first: int) -> Verdict:
        """Measure what two workers do at most, then load and break; `first` claims to measure."""
        deployment = self._deployment
        for name in ("w1", "w2"):
            deployment.worker(name)
        await self._publish(first // 4)  # imports, first fetches
        await deployment.until_answered()
        began = time.monotonic()
        await self._publish(first)
        await deployment.until_answered()
        rate = LOAD * first / (time.monotonic() - began)
        self._say(f"load {rate:.0f} claims a second")
        end = time.monotonic() + seconds
        self.growth = Growth()
        minding = asyncio.create_task(self._mind())
        try:
            await asyncio.gather(self._load(rate, end), self._break(end))
            self._say("waiting for the rest")
            await deployment.until_answered(timeout_s=120 + seconds / 2)
        finally:
            minding.cancel()
            await asyncio.wait([minding])
        if not minding.cancelled() and (error := minding.exception()):
            raise error
        verdict = await deployment.verdict()
        exits = [code for worker in deployment.workers.values() for code in worker.exits]
        self._say("exits: " + ", ".join(f"{exits.count(c)} x {c}" for c in sorted(set(exits))))
        assert set(exits) <= EXITS, exits
        self.growth.check(self._say)
        return verdict

    async def _publish(self, claims: int, rate: float = 0.0) -> None:
        name = f"s{next(self._loads)}"
        patients = max(1, claims // 40)
        load = make_load(
            claims,
            patients=patients,
            seed=self._chance.randrange(1 << 32),
            poison=0.001,
            name=name,
            first_patient=self._patients,
        )
        self._patients += patients
        while True:
            try:
                await self._deployment.publish(load, rate)
                break
            except KafkaError:  # the producer found no broker; nothing was sent
                del self._deployment.sent[-len(load) :]
                await asyncio.sleep(0.2)
        # The oracle needs no bytes any more.
        self._deployment.sent[-len(load) :] = [replace(one, value=b"") for one in load]

    async def _load(self, rate: float, end: float) -> None:
        while time.monotonic() < end:
            await self._publish(int(2 * rate), rate)

    async def _mind(self) -> None:
        """Start what has ended, read what is answered, look who holds what."""
        while True:
            workers = list(self._deployment.workers.values())
            for worker in workers[: self._wanted]:
                if not worker.alive:
                    worker.start()
            for worker in workers:
                await self.growth.look(worker)
            await self._deployment.read()
            await asyncio.sleep(0.3)

    async def _break(self, end: float) -> None:
        chance = self._chance
        while True:
            # Drawn at once, so that the choices do not depend on how long anything takes.
            pause, length = chance.uniform(1, 6), chance.uniform(0.5, 10)
            (fault,) = chance.choices(list(FAULTS), list(FAULTS.values()))
            number = chance.randrange(MOST_WORKERS)
            if time.monotonic() + pause > end:
                return
            await asyncio.sleep(pause)
            await self._one(fault, number, length)

    async def _one(self, fault: str, number: int, length: float) -> None:
        workers = list(self._deployment.workers.values())
        # The first worker is spared all but rebalances and lost brokers: it shows what grows.
        worker = workers[1 + number % (self._wanted - 1)]
        self._say(f"{fault} {worker.name if fault in ('kill', 'stop', 'freeze') else ''}".strip())
        if fault == "kill":
            worker.kill()
        elif fault == "stop":
            worker.send(signal.SIGTERM)
        elif fault == "freeze":
            worker.send(signal.SIGSTOP)
            await asyncio.sleep(length)
            worker.send(signal.SIGCONT)
        elif fault == "broker":
            await asyncio.to_thread(self._cluster.kill, 1)
            await asyncio.sleep(length / 5)
            await asyncio.to_thread(self._cluster.start_node, 1)
        else:
            self._wanted = 2 + number % (MOST_WORKERS - 1)
            for name in (f"w{one}" for one in range(len(workers) + 1, self._wanted + 1)):
                self._deployment.worker(name)
            for extra in workers[self._wanted :]:
                extra.send(signal.SIGTERM)


async def soak(
    cluster: Cluster,
    folder: Path,
    seconds: float,
    seed: int,
    say: Callable[[str], None],
    first: int = 8_000,
) -> Verdict:
    """Soak a deployment of its own on this cluster, and return the oracle's verdict."""
    async with Deployment(
        cluster.bootstrap_servers,
        folder,
        "soak",
        partitions=PARTITIONS,
        keep_outcomes=False,
    ) as deployment:
        return await Soak(cluster, deployment, seed, say).run(seconds, first)
