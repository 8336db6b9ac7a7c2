"""What must be put right by a person: the worker says it by name and does not begin."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import NewPartitions, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from scrubber.claim import history
from scrubber.stream.state import NEVER, with_expiry
from tests.faults.harness import Deployment, Worker, admin_of, eventually
from tests.faults.load import Sent, make_load
from tests.kafka.cluster import Cluster
from tests.kafka.fixtures import VERSION, Kafka

NEEDS_A_PERSON = 78


async def refusal(worker: Worker) -> list[str]:
    """Wait until the worker has refused to start, and return its reasons."""
    await eventually(lambda: not worker.alive, "the worker ends")
    assert worker.exits == [NEEDS_A_PERSON]
    assert worker.lines("task.ready") == []
    return [str(line["problem"]) for line in worker.lines("worker.refused")]


async def test_topics_that_would_lose_claims_are_named_at_start(
    kafka: Kafka, tmp_path: Path
) -> None:
    """F18: a topic is missing, one has more partitions, one takes too small records."""
    async with Deployment(kafka.bootstrap_servers, tmp_path, "topics", partitions=2) as deployment:
        review, clean, rejected = (
            deployment.prefix + name
            for name in ("claims-review", "claims-clean", "claims-rejected")
        )
        async with admin_of(kafka.bootstrap_servers) as admin:
            await admin.delete_topics([review])
            await admin.create_partitions({clean: NewPartitions(3)})
            await admin.alter_configs(
                [
                    ConfigResource(
                        ConfigResourceType.TOPIC, rejected, configs={"max.message.bytes": "1000000"}
                    )
                ]
            )
        problems = await refusal(deployment.worker())
        assert any(one.startswith(f"{review}: topic is missing, wanted there") for one in problems)
        assert any(one.startswith(f"{clean}: partitions is 3, wanted 2") for one in problems)
        size = f"{rejected}: max.message.bytes is 1000000, wanted 4194304"
        assert any(one.startswith(size) for one in problems)


@pytest.mark.long
async def test_a_topic_that_shrinks_its_limit_under_way_commits_nothing_half(
    kafka: Kafka, tmp_path: Path
) -> None:
    """F18: the broker refuses a record after the start: exit 70, and all of it once it is mended."""
    async with Deployment(kafka.bootstrap_servers, tmp_path, "shrinks", partitions=1) as deployment:
        worker = deployment.worker()
        load = make_load(600)
        await deployment.publish(load[:100])
        await deployment.until_answered()
        name = deployment.prefix + "claims-clean"
        await limit(kafka, name, 2_000)
        await deployment.publish(load[100:])
        await eventually(lambda: not worker.alive, "the worker ends")
        assert worker.exits == [70]
        assert await deployment.count("claims-history") > 0
        assert await deployment.read() == len({one.submission_id for one in load[:100]})
        worker.start()
        await eventually(lambda: not worker.alive, "the worker ends again")
        assert worker.exits == [70, NEEDS_A_PERSON]
        assert name in worker.lines("worker.refused")[-1]["problem"]
        await limit(kafka, name, 4 << 20)
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def limit(kafka: Kafka, topic: str, size: int) -> None:
    """Set the largest record that a topic takes, and wait until it holds."""
    configs = {"max.message.bytes": str(size)}
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, configs=configs)
    async with admin_of(kafka.bootstrap_servers) as admin:
        # What is not named goes back to the broker's default.
        kept = (await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)]))[0]
        for entry in kept.resources[0][4]:
            if entry[0] != "max.message.bytes" and entry[3] == 1:
                configs[entry[0]] = entry[1]
        await admin.alter_configs([resource])
        end = asyncio.get_running_loop().time() + 10
        while asyncio.get_running_loop().time() < end:
            shown = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            if {one[0]: one[1] for one in shown[0].resources[0][4]}["max.message.bytes"] == str(
                size
            ):
                return
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("kept", ["changelog", pytest.param("wiped", marks=pytest.mark.long)])
async def test_records_that_retention_took_unread_are_not_passed_over(
    kafka: Kafka, tmp_path: Path, kept: str
) -> None:
    """F13: the next record to read is gone: the worker names the offsets, and skips nothing."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, f"retention-{kept}", partitions=1
    ) as deployment:
        worker = deployment.worker()
        load = make_load(300, shares={})
        await deployment.publish(load[:100])
        await deployment.until_answered()
        assert worker.stop() == 0
        if kept == "wiped":
            shutil.rmtree(tmp_path / "w1-state")
        await deployment.publish(load[100:])
        place = TopicPartition(deployment.prefix + "claims-submitted", 0)
        async with admin_of(kafka.bootstrap_servers) as admin:
            await admin.delete_records({place: RecordsToDelete(before_offset=250)})
        worker.start()
        await eventually(lambda: not worker.alive, "the worker ends")
        assert worker.exits == [0, NEEDS_A_PERSON]
        (line,) = worker.lines("worker.stopped")
        assert "claims-submitted partition 0" in line["problem"]
        assert "next record to read is 100, but the topic holds 250 to 300" in line["problem"]
        assert await deployment.read() == 100
        deployment.sent = deployment.sent[:100]  # what is gone, no worker could answer
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def test_a_history_of_a_later_release_needs_a_person(kafka: Kafka, tmp_path: Path) -> None:
    """What cannot be read is not taken for an empty history: 78, with both formats, and no answer."""
    async with Deployment(kafka.bootstrap_servers, tmp_path, "later", partitions=1) as deployment:
        load = make_load(20, shares={})
        later = history.FORMAT + 1
        value = with_expiry(NEVER, (1).to_bytes(4) + bytes([later]) + b"unknown to this release")
        one = Sent(0, "", 0, "repeat", load[0].key, value)
        await deployment.publish([one], topic="claims-history")
        await deployment.publish(load)
        worker = deployment.worker()
        await eventually(lambda: not worker.alive, "the worker ends")
        assert worker.exits == [NEEDS_A_PERSON]
        (line,) = worker.lines("worker.stopped")
        assert line["error"] == "HistoryFormatError"
        assert f"has format {later}; this release reads format {history.FORMAT}" in line["problem"]
        assert await deployment.read() == 0
        tombstone = Sent(0, "", 0, "repeat", load[0].key, None)  # type: ignore[arg-type]
        await deployment.publish([tombstone], topic="claims-history")
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a broker that lets a user do what it was allowed, and nothing else."""
    with Cluster(
        tmp_path_factory.mktemp("guarded"),
        version=VERSION,
        security="SASL_PLAINTEXT",
        users={"worker": "word"},
        acls=True,
    ) as cluster:
        yield cluster


def allow(cluster: Cluster, deployment: Deployment, without: str) -> None:
    """Give the worker what it needs, but for one thing."""
    app_id = deployment.environment["SCRUBBER_APP_ID"]
    rights: list[tuple[str, Any, Any, str, bool]] = [
        *(
            (f"{operation} {name}", (operation,), "TOPIC", deployment.prefix + name, False)
            for name in deployment.topics
            for operation in ("READ", "WRITE", "DESCRIBE", "DESCRIBE_CONFIGS")
        ),
        ("group", ("READ",), "GROUP", app_id, False),
        ("transactions", ("WRITE", "DESCRIBE"), "TRANSACTIONAL_ID", app_id, True),
    ]
    for name, operations, kind, resource, prefix in rights:
        if name != without:
            cluster.allow("worker", operations, kind, resource, prefix=prefix)


@pytest.mark.parametrize(
    ("without", "code", "named"),
    [
        ("DESCRIBE_CONFIGS claims-clean", NEEDS_A_PERSON, "claims-clean"),
        ("WRITE claims-clean", 70, ""),
        pytest.param("READ claims-submitted", 70, "", marks=pytest.mark.long),
        pytest.param("READ claims-history", 70, "", marks=pytest.mark.long),
        pytest.param("group", 70, "", marks=pytest.mark.long),
        pytest.param("transactions", 70, "", marks=pytest.mark.long),
    ],
)
async def test_without_a_right_nothing_is_committed(
    guarded: Cluster, tmp_path: Path, without: str, code: int, named: str
) -> None:
    """F18: each right that is missing ends the worker, at its start or without a commit."""
    async with Deployment(
        guarded.plain_bootstrap_servers,
        tmp_path,
        "rights",
        partitions=1,
        settings={
            "SCRUBBER_BOOTSTRAP_SERVERS": guarded.bootstrap_servers,
            "SCRUBBER_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "SCRUBBER_SASL_MECHANISM": "PLAIN",
            "SCRUBBER_SASL_USERNAME": "worker",
            "SCRUBBER_SASL_PASSWORD": "word",
        },
    ) as deployment:
        await asyncio.to_thread(allow, guarded, deployment, without)
        load = make_load(50, shares={})
        await deployment.publish(load)
        worker = deployment.worker()
        await eventually(lambda: not worker.alive, f"a worker without {without} ends")
        assert worker.exits == [code]
        assert await deployment.read() == 0
        if named:
            assert named in worker.lines("worker.refused")[0]["problem"]
        await asyncio.to_thread(allow, guarded, deployment, "")
        worker.start()
        await deployment.until_answered(timeout_s=60)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
