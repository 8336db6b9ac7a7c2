"""A worker that is killed: all of a batch or none of it, whoever goes on."""

import random
import time
from pathlib import Path

from tests.faults.harness import Deployment
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka


async def test_workers_killed_under_load_lose_and_repeat_nothing(
    kafka: Kafka, tmp_path: Path
) -> None:
    """F1 in short: kill -9 of a random worker again and again while claims wait."""
    chance = random.Random(7)
    async with Deployment(kafka.bootstrap_servers, tmp_path, "kill", partitions=4) as deployment:
        workers = [deployment.worker("w1"), deployment.worker("w2")]
        await deployment.publish(make_load(8_000, poison=0.001))
        kills = iter(range(6))
        due = time.monotonic() + 4

        def kill_and_revive() -> None:
            nonlocal due
            if time.monotonic() > due and next(kills, None) is not None:
                chance.choice(workers).kill()
                due = time.monotonic() + chance.uniform(0.5, 2)
            deployment.revive()

        await deployment.until_answered(meanwhile=kill_and_revive)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert sum(worker.exits.count(-9) for worker in workers) >= 3
