"""What the manifest's probes see of the real worker, and what its grace period is enough for."""

import asyncio
import shutil
import signal
import time
from pathlib import Path

import pytest

from scrubber.pipeline.settings import SETTINGS
from tests.faults.harness import Deployment, eventually
from tests.faults.kubelet import LATE_S, WORKER_TICK_S, Probe, grace_s
from tests.faults.load import answered, make_load
from tests.kafka.fixtures import Kafka

#: As the manifest leaves them.
DEFAULTS = {one.name: one.default for one in SETTINGS}
DEADLINES = {
    name: DEFAULTS[name]
    for name in (
        "SCRUBBER_COMMIT_DEADLINE_S",
        "SCRUBBER_LOOP_BLOCK_S",
        "SCRUBBER_REBALANCE_TIMEOUT_MS",
        "SCRUBBER_REVOKE_DEADLINE_S",
        "SCRUBBER_SESSION_TIMEOUT_MS",
        "SCRUBBER_STALL_S",
        "SCRUBBER_TRANSACTION_TIMEOUT_MS",
    )
}
SOON = {
    "SCRUBBER_COMMIT_DEADLINE_S": "2",
    "SCRUBBER_REVOKE_DEADLINE_S": "3",
    "SCRUBBER_STALL_S": "4",
}
POD = {"SCRUBBER_INSTANCE_ID": "scrubber-worker-0"}
SPEED = 10.0


@pytest.mark.parametrize(
    ("settings", "speed"),
    [(SOON, SPEED), pytest.param(DEADLINES, 1.0, marks=pytest.mark.long, id="as-deployed")],
)
async def test_a_stuck_partition_is_unhealthy_within_the_time_stated(
    kafka: Kafka, tmp_path: Path, settings: dict[str, str], speed: float
) -> None:
    """
    Of two partitions one gets nowhere, and nothing in the worker ends it.

    Not before it counts as stuck, not after the probe's own time on top of that. The kubelet's
    signal ends it within the grace period, and the next start answers what it held.
    """
    live, ready = Probe.of("livenessProbe", speed), Probe.of("readinessProbe", speed)
    stuck_s = int(settings["SCRUBBER_STALL_S"])
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "stuck", partitions=2, settings=settings | POD
    ) as deployment:
        worker = deployment.worker(hook="unwatched;never-begin")
        await ready.until(worker.port, well=True, within_s=60)
        await deployment.publish(make_load(50, patients=1))
        took = await asyncio.gather(
            live.until(worker.port, well=False, within_s=stuck_s + 60),
            ready.until(worker.port, well=False, within_s=stuck_s + 60),
        )
        for probe, seconds in zip((live, ready), took, strict=True):
            assert stuck_s - WORKER_TICK_S <= seconds
            assert seconds <= stuck_s + WORKER_TICK_S + probe.bound_s + LATE_S
        assert await asyncio.to_thread(worker.stop, grace_s()) == 70
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.long
async def test_a_process_that_stands_still_is_unhealthy_within_the_time_stated(
    kafka: Kafka, tmp_path: Path
) -> None:
    """It cannot even end itself: the probe's time-outs count, and SIGKILL is what is left."""
    live = Probe.of("livenessProbe", SPEED)
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "frozen", partitions=2, settings=POD
    ) as deployment:
        worker = deployment.worker(hook="freeze outputs 2")
        await live.until(worker.port, well=True, within_s=60)
        await deployment.publish(make_load(400))
        await eventually(lambda: worker.stands_still, "it stands still")
        assert await live.until(worker.port, well=False, within_s=60) <= live.bound_s + LATE_S
        worker.kill()
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def test_a_worker_that_restores_is_live_and_not_ready(kafka: Kafka, tmp_path: Path) -> None:
    """
    For longer than a partition without progress would be given, and with some still in the queue.

    Four restore at a time; the fifth and sixth wait for as long, and that is no stall.
    """
    live, ready = Probe.of("livenessProbe", SPEED), Probe.of("readinessProbe", SPEED)
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "restore", partitions=6, settings=SOON | POD
    ) as deployment:
        worker = deployment.worker()
        await deployment.publish(make_load(360, patients=60))
        await deployment.until_answered()
        await worker.until_idle()
        worker.kill()
        shutil.rmtree(tmp_path / "w1-state")
        tasks = len(worker.lines("task.ready"))
        worker.start("restore-slowly 10 0.6")
        await live.until(worker.port, well=True, within_s=60)
        started = time.monotonic()
        while len(worker.lines("task.ready")) < tasks + 6:
            assert worker.alive, worker.lines("worker.stopped")
            assert await live.asks(worker.port)
            is_ready = await ready.asks(worker.port)
            assert not is_ready or len(worker.lines("task.ready")) == tasks + 6
            await asyncio.sleep(ready.period_s)
        assert time.monotonic() - started > int(SOON["SCRUBBER_STALL_S"])
        await ready.until(worker.port, well=True, within_s=60)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def test_workers_told_to_stop_under_load_drain_within_the_grace_period(
    kafka: Kafka, tmp_path: Path
) -> None:
    """Both at once, with more before them: 0 lost, 0 repeated, and each ends in order."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "drain", partitions=4, settings=DEADLINES
    ) as deployment:
        workers = [deployment.worker(name, SCRUBBER_INSTANCE_ID=name) for name in ("w1", "w2")]
        # At a pace: however fast the workers are, there is more to come when they are stopped.
        publishing = asyncio.create_task(deployment.publish(make_load(3_000), rate=250))
        await deployment.until_answered(at_least=200)
        for worker in workers:
            worker.send(signal.SIGTERM)
        codes = await asyncio.gather(
            *(asyncio.to_thread(worker.wait, grace_s()) for worker in workers)
        )
        assert codes == [0, 0]
        assert await deployment.read() < len(answered(deployment.sent)), "it was no load"
        await publishing
        deployment.revive()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.long
async def test_a_slow_batch_has_the_grace_period_to_end(kafka: Kafka, tmp_path: Path) -> None:
    """One that takes twenty seconds and has just begun is answered, not thrown away."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "slow-drain", partitions=1, settings=DEADLINES | POD
    ) as deployment:
        worker = deployment.worker(hook="dawdle 20")
        await deployment.publish(make_load(100))
        await worker.until("task.ready")
        await asyncio.sleep(3)
        assert await deployment.read() == 0
        assert await asyncio.to_thread(worker.stop, grace_s()) == 0
        assert await deployment.read() > 0
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


def test_the_grace_period_is_longer_than_a_batch_may_take_to_end() -> None:
    """Else SIGKILL would come while a worker still waits as long as its settings let it."""
    assert float(DEFAULTS["SCRUBBER_REVOKE_DEADLINE_S"]) + 2 * WORKER_TICK_S < grace_s()
