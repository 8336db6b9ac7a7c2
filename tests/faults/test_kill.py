"""F1: workers that are killed: all of a batch or none of it, whoever goes on."""

import random
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.harness import OUTPUTS, SHORT, Deployment
from tests.faults.load import make_load
from tests.kafka.cluster import Cluster
from tests.kafka.fixtures import VERSION, Kafka

RECOVERY_S = int(SHORT["SCRUBBER_SESSION_TIMEOUT_MS"]) / 1000 + 10


async def test_workers_killed_under_load_lose_and_repeat_nothing(
    kafka: Kafka, tmp_path: Path
) -> None:
    """In short: kill -9 of a random worker again and again while claims wait."""
    chance = random.Random(7)
    async with Deployment(kafka.bootstrap_servers, tmp_path, "kill", partitions=4) as deployment:
        workers = [deployment.worker("w1"), deployment.worker("w2")]
        await deployment.publish(make_load(5_000, poison=0.001))
        due = [1, 1_000, 2_000, 3_000]  # answers seen; by the clock, all might be answered before

        def kill_and_revive() -> None:
            if due and deployment.seen >= due[0]:
                due.pop(0)
                chance.choice([one for one in workers if one.alive]).kill()
            deployment.revive()

        await deployment.until_answered(meanwhile=kill_and_revive)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert sum(worker.exits.count(-9) for worker in workers) == 4


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("nodes", [1, 3])
async def test_twenty_kills_under_saturation(tmp_path: Path, nodes: int) -> None:
    """
    At its length, on one broker and on three: 200,000 claims, three workers.

    A kill is followed by the next only after the group had time to recover, so that how long that
    takes can be told. Records of aborted transactions must be there, else no kill hit a batch.
    """
    chance = random.Random(nodes)
    with Cluster(tmp_path / "kafka", nodes=nodes, version=VERSION) as cluster:
        async with Deployment(
            cluster.bootstrap_servers,
            tmp_path,
            "kills",
            replication=nodes,
            # Three workers and up to three brokers on what may be two cores.
            settings={"SCRUBBER_STALL_S": "60"},
            keep_outcomes=False,
        ) as deployment:
            await deployment.publish(make_load(200_000, poison=0.001))
            workers = [deployment.worker(name) for name in ("w1", "w2", "w3")]
            for worker in workers:
                await worker.until("worker.assigned")
            kills: list[float] = []
            due = time.monotonic() + 10

            def kill_and_revive() -> None:
                nonlocal due
                if time.monotonic() > due and len(kills) < 20:
                    chance.choice(workers).kill()
                    kills.append(time.time())
                    due = time.monotonic() + chance.uniform(5, 12)
                deployment.revive()

            await deployment.until_answered(timeout_s=3000, meanwhile=kill_and_revive)
            verdict = await deployment.verdict()
            recoveries = await recovery_times(deployment, kills)
            unseen = await deployment.aborted()
            print(  # noqa: T201
                f"{nodes} nodes: {verdict}; {len(kills)} kills, recovery at most "
                f"{max(recoveries, default=0):.1f} s, {unseen} aborted records"
            )
            assert verdict.exact, str(verdict)
            assert len(kills) == 20
            assert max(recoveries) <= RECOVERY_S
            assert unseen > 0


async def recovery_times(deployment: Deployment, kills: list[float]) -> list[float]:
    """
    Return for each silence of a partition that a kill fell in how long it was after the kill.

    After the last of several kills; the broker's clock says when an answer came.
    """
    answers: dict[int, list[float]] = defaultdict(list)
    for topic in OUTPUTS:
        for record in await deployment.records(topic):
            answers[record.partition].append(record.timestamp / 1000)
    found = []
    for times in answers.values():
        for before, after in pairwise(sorted(times)):
            within = [kill for kill in kills if before < kill < after]
            if within:
                found.append(after - within[-1])
    return found
