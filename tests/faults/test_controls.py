"""F22: the oracle objects to a worker that is built wrong; each fault here is one that it must see."""

import asyncio
import signal
from pathlib import Path

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from scrubber.stream.topics import Topic
from tests.faults.harness import Deployment, admin_of, eventually
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka

pytestmark = pytest.mark.control


async def test_a_position_read_before_fencing_repeats_a_batch(kafka: Kafka, tmp_path: Path) -> None:
    """The owner before commits between the two, as it may until it is fenced."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "unfenced",
        partitions=1,
        settings={
            "SCRUBBER_BATCH_RECORDS": "100",
            "SCRUBBER_LOOP_BLOCK_S": "2",
            "SCRUBBER_SESSION_TIMEOUT_MS": "3000",
        },
    ) as deployment:
        await deployment.publish(make_load(1_000))
        owner = deployment.worker("owner", hook="unwatched;freeze end 3;kill end-answered 3")
        await eventually(lambda: owner.stands_still, "the owner stands still before its commit")
        go_on = tmp_path / "go-on"
        deployment.worker("heir", hook=f"fence-late {go_on}")
        await eventually((tmp_path / "go-on-0").exists, "the heir has read its position")
        owner.send(signal.SIGCONT)
        assert await asyncio.to_thread(owner.wait) == -9
        go_on.touch()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert len(verdict.repeated) >= 90, str(verdict)


async def test_a_failed_send_that_nobody_awaits_loses_its_records(
    kafka: Kafka, tmp_path: Path
) -> None:
    """A commit flushes what is not sent and passes over what failed."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "unawaited",
        partitions=1,
        settings={"SCRUBBER_BATCH_RECORDS": "100"},
    ) as deployment:
        worker = deployment.worker(hook="unawaited")
        await worker.until("task.ready")
        # From now on the broker refuses every batch of clean claims.
        await largest_message(kafka, deployment.topics["claims-clean"], 1_000)
        await deployment.publish(make_load(300))
        await deployment.until_answered(timeout_s=3)
        assert worker.alive
        verdict = await deployment.verdict()
        assert len(verdict.lost) >= 200, str(verdict)


@pytest.mark.long
async def test_a_failed_send_ends_the_worker_and_loses_nothing(
    kafka: Kafka, tmp_path: Path
) -> None:
    """The same as it is built: no commit; when the broker takes the batch, it is answered."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "awaited",
        partitions=1,
        settings={"SCRUBBER_BATCH_RECORDS": "100"},
    ) as deployment:
        worker = deployment.worker()
        await worker.until("task.ready")
        topic = deployment.topics["claims-clean"]
        await largest_message(kafka, topic, 1_000)
        await deployment.publish(make_load(300))
        assert await asyncio.to_thread(worker.wait) == 70
        await largest_message(kafka, topic, topic.max_message_bytes)
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.parametrize(
    "hook", ["no-position;forget", pytest.param("no-position", marks=pytest.mark.long)]
)
async def test_a_commit_without_a_position_repeats_what_it_answered(
    kafka: Kafka, tmp_path: Path, hook: str
) -> None:
    """The memory of submissions hides it for claims, for dead letters nothing does."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "unpositioned",
        partitions=1,
        settings={"SCRUBBER_BATCH_RECORDS": "100", "SCRUBBER_INSTANCE_ID": "pod-0"},
    ) as deployment:
        await deployment.publish(make_load(500, poison=0.05))
        worker = deployment.worker(hook=f"{hook};kill applied 3")
        assert await asyncio.to_thread(worker.wait) == -9
        worker.start(hook)
        await deployment.until_answered()
        verdict = await deployment.verdict()
        poison = sum(one.kind == "poison" for one in deployment.sent[:300])
        assert len(verdict.repeated) >= (250 if "forget" in hook else poison), str(verdict)


async def largest_message(kafka: Kafka, topic: Topic, size: int) -> None:
    """Change the greatest record batch that a topic takes; all its other settings stay."""
    configs = topic.configs() | {"max.message.bytes": str(size)}
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=configs)
    async with admin_of(kafka.bootstrap_servers) as admin:
        await admin.alter_configs([resource])
