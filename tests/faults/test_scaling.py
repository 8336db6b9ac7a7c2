"""Workers by lag: as many as the ScaledObject's numbers say, each claim answered once throughout."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.autoscaler import Autoscaler, ScaleRule
from tests.faults.harness import Deployment
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka


@pytest.mark.parametrize(
    ("partitions", "shrunk", "speed"),
    [
        (4, 50, 300.0),
        pytest.param(
            4, 1, 60.0, marks=[pytest.mark.long, pytest.mark.timeout(1800)], id="lag-as-deployed"
        ),
    ],
)
async def test_workers_come_with_the_lag_and_leave_without_it(
    kafka: Kafka, tmp_path: Path, partitions: int, shrunk: int, speed: float
) -> None:
    """
    From the least to one a partition and back, under a load that goes on until all have joined.

    More are wanted than there are partitions, and none is started that would own nothing.
    """
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "lag",
        partitions=partitions,
        settings={"SCRUBBER_BATCH_RECORDS": "50"},
    ) as deployment:
        rule = ScaleRule.of_manifest(most=partitions, shrunk=shrunk)
        scaler = Autoscaler(deployment, rule, speed)
        running = asyncio.create_task(scaler.run())

        async def goes_on() -> None:
            """Give the autoscaler time, and fail with it."""
            assert not running.done(), running.exception()
            await deployment.read(at_most_s=0.2)
            await asyncio.sleep(0.1)

        wave = 0
        offered = rule.threshold * partitions * 3 // 2
        async with asyncio.timeout(200):
            while len(working(deployment)) < partitions:
                # Never less than what wants one worker more than there are partitions.
                if len(deployment.sent) - deployment.seen < offered:
                    name, first = f"w{wave}", wave * 10_000
                    await deployment.publish(
                        make_load(offered, name=name, seed=wave, first_patient=first)
                    )
                    wave += 1
                await goes_on()
        await deployment.until_answered()
        async with asyncio.timeout(200):
            while scaler.replicas > rule.least:
                await goes_on()
        running.cancel()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert max(lag for lag, _ in scaler.history) > rule.threshold * partitions
        assert max(replicas for _, replicas in scaler.history) == partitions
        assert scaler.history[-1][0] < rule.threshold * rule.least
        left = [worker for name, worker in deployment.workers.items() if not worker.alive]
        assert len(left) == partitions - rule.least
        assert all(code == 0 for worker in deployment.workers.values() for code in worker.exits)


def working(deployment: Deployment) -> list[str]:
    """Return the workers that have had a partition of their own."""
    return [name for name, worker in deployment.workers.items() if worker.lines("task.ready")]


def test_the_rule_is_that_of_the_autoscaler() -> None:
    """Doubling every 30 s, one away every 300 s, and only after 900 s of less."""
    rule = ScaleRule.of_manifest(most=24)
    assert (rule.least, rule.threshold) == (2, 5_000)
    assert rule.replicas(0, 2, 9_999) == 2
    assert rule.replicas(15, 2, 10_900) == 2  # within the tolerance
    assert rule.replicas(30, 2, 200_000) == 4
    assert rule.replicas(45, 4, 200_000) == 4
    assert rule.replicas(61, 4, 200_000) == 8
    assert rule.replicas(92, 8, 200_000) == 16
    assert rule.replicas(123, 16, 200_000) == 24
    assert rule.replicas(154, 24, 900_000) == 24
    assert rule.replicas(169, 24, 0) == 24
    assert rule.replicas(1_053, 24, 0) == 24
    assert rule.replicas(1_055, 24, 0) == 23
    assert rule.replicas(1_070, 23, 0) == 23
    assert rule.replicas(1_356, 23, 0) == 22
