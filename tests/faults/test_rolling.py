"""F4, F5: workers that come and go in order."""

import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.faults.harness import Deployment, Worker
from tests.faults.load import answered, make_load
from tests.kafka.fixtures import Kafka

PROMISED_S = 10.0


async def rolling(kafka: Kafka, folder: Path, times: int, *, static: bool) -> None:
    """Stop and start one of two workers after the other under load."""
    async with Deployment(
        kafka.bootstrap_servers,
        folder,
        "rolling",
        partitions=4,
        # Static: the session outlives the restart, as it must in production.
        settings={
            "SCRUBBER_BATCH_RECORDS": "100",
            "SCRUBBER_REBALANCE_TIMEOUT_MS": "40000",
            "SCRUBBER_SESSION_TIMEOUT_MS": "30000",
        },
    ) as deployment:
        names = {"w1": {"SCRUBBER_INSTANCE_ID": "w1"}, "w2": {"SCRUBBER_INSTANCE_ID": "w2"}}
        workers = [
            deployment.worker(name, **(settings if static else {}))
            for name, settings in names.items()
        ]
        for worker in workers:
            await worker.until("worker.assigned")
        await settled(deployment, workers)
        before = [len(worker.lines("worker.assigned")) for worker in workers]
        for turn in range(times):
            await deployment.publish(
                make_load(1_000, name=f"t{turn}", seed=turn, first_patient=1_000 * turn)
            )
            worker = workers[turn % 2]
            ready = len(worker.lines("task.ready"))
            assert worker.stop(PROMISED_S) == 0
            worker.start()
            await worker.until("task.ready", ready + 1)
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert all(code == 0 for worker in workers for code in worker.exits)
        if static:
            # Each start is one assignment of its own, and none of the other.
            after = [len(worker.lines("worker.assigned")) for worker in workers]
            own = [len(range(0, times, 2)), len(range(1, times, 2))]
            assert [b - a for a, b in zip(before, after, strict=True)] == own


async def test_a_stop_while_the_group_is_joined_is_an_orderly_one(
    kafka: Kafka, tmp_path: Path
) -> None:
    """Nothing was taken yet: no failed start for whoever counts those."""
    async with Deployment(kafka.bootstrap_servers, tmp_path, "early", partitions=1) as deployment:
        worker = deployment.worker("w1", hook="stop-joining")
        assert worker.wait(PROMISED_S) == 0
        assert not worker.lines("worker.started")


async def settled(deployment: Deployment, workers: list[Worker]) -> None:
    """Wait until the workers have an equal share of the partitions each, and all are ready."""
    share = deployment.partitions // len(workers)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        tasks = [await tasks_of(worker) for worker in workers]
        if all(list(one.values()) == ["ready"] * share for one in tasks):
            return
    raise AssertionError("the group did not settle")


async def tasks_of(worker: Worker) -> dict[int, str]:
    """Return the state of each task that a worker says it has."""
    return {one["partition"]: one["state"] for one in (await told_by(worker))["partitions"]}


async def told_by(worker: Worker) -> dict[str, Any]:
    """Return what a worker says of itself; one that does not listen yet has no partitions."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{worker.port}/readyz") as answer,
        ):
            told: dict[str, Any] = await answer.json()
    except aiohttp.ClientError:
        return {"partitions": []}
    return told


async def test_static_members_restarted_in_turn_cause_no_rebalance(
    kafka: Kafka, tmp_path: Path
) -> None:
    """F4: a pod that comes back under its name has its partitions again, the others go on."""
    await rolling(kafka, tmp_path, 2, static=True)


@pytest.mark.long
@pytest.mark.parametrize("static", [False, True])
async def test_ten_restarts_in_turn(kafka: Kafka, tmp_path: Path, *, static: bool) -> None:
    """F4: each ends with 0 within what is promised, and what it had in hand is answered."""
    await rolling(kafka, tmp_path, 10, static=static)


@pytest.mark.long
@pytest.mark.parametrize("claims", [4_000, 30_000])
async def test_scaling_out_and_in_under_load(kafka: Kafka, tmp_path: Path, claims: int) -> None:
    """F5: one worker, then four, then one; every partition gets on within fifteen seconds."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "scale", settings={"SCRUBBER_BATCH_RECORDS": "100"}
    ) as deployment:
        await deployment.publish(make_load(claims, name="a"))
        workers = [deployment.worker("w1")]
        await settled(deployment, workers)
        workers += [deployment.worker(name) for name in ("w2", "w3", "w4")]
        await settled(deployment, workers)
        await gets_on(deployment, workers, "b")
        for worker in workers[1:]:
            assert worker.stop(PROMISED_S) == 0
        await settled(deployment, workers[:1])
        await gets_on(deployment, workers[:1], "c")
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def gets_on(deployment: Deployment, workers: list[Worker], name: str) -> None:
    """See that no partition that has records before it rests for fifteen seconds."""
    first = {"b": 10_000, "c": 20_000}[name]
    await deployment.publish(make_load(1_000, name=name, first_patient=first))
    wanted = len(answered(deployment.sent))
    while await deployment.read() < wanted:
        for worker in workers:
            for partition in (await told_by(worker))["partitions"]:
                # A partition that has nothing to do counts as one that gets on.
                assert partition["seconds_since_progress"] < 15, partition
