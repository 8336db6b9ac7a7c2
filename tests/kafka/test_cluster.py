"""The brokers that the tests start: they keep records, outlive a loss, and say what they need."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.kafka.cluster import Cluster, with_admin
from tests.kafka.fixtures import Kafka
from tests.kafka.jars import VERSIONS


async def create(servers: str, topic: str, replicas: int = 1) -> None:
    """Create a topic of one partition."""

    async def ask(admin: AIOKafkaAdminClient) -> None:
        await admin.create_topics([NewTopic(topic, 1, replicas)])

    await with_admin(servers, ask)


async def write(servers: str, topic: str, value: bytes) -> None:
    """Write one record, acknowledged by all in-sync replicas."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(servers: str, topic: str, count: int) -> list[bytes]:
    """Read the topic's first records."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=servers, auto_offset_reset="earliest", group_id=f"read-{topic}"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_the_shared_broker_keeps_a_record(kafka: Kafka) -> None:
    """The session's broker takes a record and gives it back."""
    await create(kafka.bootstrap_servers, "shared-keeps")
    await write(kafka.bootstrap_servers, "shared-keeps", b"one")
    assert await read(kafka.bootstrap_servers, "shared-keeps", 1) == [b"one"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_record_outlives_a_kill(tmp_path: Path, version: str) -> None:
    """What was acknowledged is there after kill -9 and a restart on the same ports."""
    cluster = Cluster(tmp_path, version=version)
    try:
        await asyncio.to_thread(cluster.start)
        servers = cluster.bootstrap_servers
        await create(servers, "kept")
        await write(servers, "kept", b"before")
        await asyncio.to_thread(cluster.kill, 1)
        await asyncio.to_thread(cluster.start_node, 1)
        await write(servers, "kept", b"after")
        assert cluster.bootstrap_servers == servers
        assert await read(servers, "kept", 2) == [b"before", b"after"]
    finally:
        await asyncio.to_thread(cluster.close)


@pytest.mark.parametrize("version", VERSIONS)
async def test_three_nodes_outlive_the_loss_of_one(tmp_path: Path, version: str) -> None:
    """The leader of a replicated topic is killed; two nodes go on reading and writing."""
    cluster = Cluster(tmp_path, nodes=3, version=version)
    try:
        await asyncio.to_thread(cluster.start)
        servers = cluster.bootstrap_servers
        await create(servers, "replicated", replicas=3)
        await write(servers, "replicated", b"before")
        lost = await asyncio.to_thread(cluster.leader_of, "replicated")
        await asyncio.to_thread(cluster.kill, lost)
        await write(servers, "replicated", b"after")
        assert await asyncio.to_thread(cluster.leader_of, "replicated") not in {lost, -1}
        assert await read(servers, "replicated", 2) == [b"before", b"after"]
    finally:
        await asyncio.to_thread(cluster.close)
