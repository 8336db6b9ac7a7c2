"""F11, F14: where a worker reads on: after a kill, in a new group, in a group without offsets."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.protocol.admin import DeleteGroupsRequest

from tests.faults.harness import Deployment, Worker, admin_of
from tests.faults.load import Kind, make_load
from tests.kafka.fixtures import Kafka

COMMITTED = ("end-sent", "end-answered", "applied")


@pytest.mark.parametrize(
    "times", [10, pytest.param(500, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
async def test_starts_right_after_kills_repeat_nothing(
    kafka: Kafka, tmp_path: Path, times: int
) -> None:
    """
    The offset that the group holds may be older than the position in the history.

    Most kills come while a commit is on its way, the moment at which the two may differ.
    """
    chance = random.Random(11)
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "restart",
        # One, so that each start gets on: a record that many starts cannot pass is parked.
        partitions=1,
        settings={"SCRUBBER_BATCH_RECORDS": "10", "SCRUBBER_INSTANCE_ID": "pod-0"},
    ) as deployment:
        await deployment.publish(make_load(times * 80, poison=0.02))
        worker = deployment.worker(hook="kill end-sent 2")
        behind = 0
        for turn in range(times):
            assert worker.wait(60) == -9
            behind += differences(worker)
            # The log of so many starts would be read over and over.
            worker.log_file.unlink()
            if turn % 4 == 3:
                worker.start()
                await worker.until("task.ready")
                await asyncio.sleep(chance.uniform(0, 0.2))
                worker.kill()
                worker.log_file.touch()
            worker.start(f"kill {chance.choice(COMMITTED)} {chance.randint(1, 3)}")
        worker.kill()
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        behind += differences(worker)
        print(f"{times} restarts: {behind} times the group's offset was behind the history")  # noqa: T201


def differences(worker: Worker) -> int:
    """Return how often a start found the group's offset behind the position in the history."""
    return sum(
        0 <= line["committed"] < line["changelog"] for line in worker.lines("task.positions_differ")
    )


#: What became of the group's offsets while no worker ran.
EXPIRED, BEHIND = -1, 100


@pytest.mark.parametrize("committed", [EXPIRED, BEHIND])
@pytest.mark.parametrize("state", ["lost", pytest.param("kept", marks=pytest.mark.long)])
async def test_the_history_knows_where_to_read_on_when_the_group_does_not(
    kafka: Kafka, tmp_path: Path, state: str, committed: int
) -> None:
    """
    F11, F14: the group's offsets expired, or are older than the position in the history.

    Neither is a claim answered twice, though this worker would know none again by its id. The
    first start of all reads from the beginning.
    """
    # A repeat has its answer from the id alone.
    shares: dict[Kind, float] = {"rejected": 0.05, "review": 0.05, "duplicate": 0.02}
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "position", partitions=2
    ) as deployment:
        await deployment.publish(make_load(500, name="a", poison=0.02, shares=shares))
        worker = deployment.worker(hook="forget")
        await deployment.until_answered()
        assert worker.lines("task.positions_differ") == []
        assert worker.stop() == 0
        if committed == EXPIRED:
            await forget_group(kafka, deployment.environment["SCRUBBER_APP_ID"])
        else:
            await commit(deployment, committed)
        if state == "lost":
            shutil.rmtree(tmp_path / "w1-state")
        more = make_load(500, name="b", poison=0.02, shares=shares, first_patient=1_000)
        await deployment.publish(more)
        worker.start("forget")
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        found = worker.lines("task.positions_differ")
        assert {line["committed"] for line in found} == {committed}
        assert sorted(line["partition"] for line in found) == [0, 1]
        assert sum(line["changelog"] for line in found) == 500


async def commit(deployment: Deployment, offset: int) -> None:
    """Commit an offset of the claims for a group that has no member."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=deployment.bootstrap_servers,
        group_id=deployment.environment["SCRUBBER_APP_ID"],
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        places = [
            TopicPartition(deployment.prefix + "claims-submitted", number)
            for number in range(deployment.partitions)
        ]
        consumer.assign(places)
        await consumer.commit(dict.fromkeys(places, offset))
    finally:
        await consumer.stop()


async def forget_group(kafka: Kafka, group: str) -> None:
    """Delete a group and its offsets."""
    async with admin_of(kafka.bootstrap_servers) as admin:
        answer = await admin._send_request(DeleteGroupsRequest([group]))
        assert [code for _, code in answer.results] == [0]
