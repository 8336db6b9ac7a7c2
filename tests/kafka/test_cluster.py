"""The brokers that the tests start: they keep records, outlive a loss, and say what they need."""

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.kafka.cluster import SETTINGS, Cluster, with_admin
from tests.kafka.fixtures import Kafka
from tests.kafka.jars import (
    CACHE,
    DEFAULT_VERSION,
    ROOT,
    VERSIONS,
    NoKafkaError,
    WrongChecksumError,
    find_jars,
    find_java,
    verify,
)


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


def test_a_jar_with_a_wrong_checksum_is_refused_by_name(tmp_path: Path) -> None:
    """One byte more than listed, and the file is named with both sums."""
    (tmp_path / "good.jar").write_bytes(b"good")
    (tmp_path / "spoilt.jar").write_bytes(b"spoilt!")
    good, spoilt = (hashlib.sha256(text).hexdigest() for text in (b"good", b"spoilt"))
    verify({"good.jar": good}, tmp_path)
    with pytest.raises(WrongChecksumError, match=rf"^spoilt\.jar: sha256 is .*{spoilt}"):
        verify({"good.jar": good, "spoilt.jar": spoilt}, tmp_path)


def test_a_spoilt_jar_in_the_cache_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sums are checked at each start, not only after a download."""
    jar = find_jars()[0]
    shutil.copytree(CACHE / DEFAULT_VERSION, tmp_path / DEFAULT_VERSION)
    (tmp_path / jar.relative_to(CACHE)).write_bytes(b"another")
    monkeypatch.setattr("tests.kafka.jars.CACHE", tmp_path)
    with pytest.raises(WrongChecksumError, match=f"^{jar.name}: "):
        find_jars()


def test_without_a_java_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No java on PATH, none in JAVA_HOME, no wheel: what to install is said, all ways of it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NoKafkaError) as error:
        find_java()
    for word in (
        "Java 17 or later is missing",
        "apt-get install openjdk-17-jre-headless maven",
        "make kafka-java",
        "KAFKA_BOOTSTRAP_SERVERS=",
        "docker-compose.yml",
    ):
        assert word in str(error.value)


def test_an_old_java_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java that is too old is passed over, and the remedy says which and how old."""
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NoKafkaError, match=rf"{old} is version 11"):
        find_java()


def test_jars_that_cannot_be_fetched_are_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No Maven, no jgo, nothing in the cache."""
    monkeypatch.setattr("tests.kafka.jars.CACHE", tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NoKafkaError, match=r"(?s)Maven is missing, .*apt-get install"):
        find_jars()
    assert not (tmp_path / "cache" / DEFAULT_VERSION).exists()


def test_a_version_without_a_list_is_told() -> None:
    """An unpinned version is not fetched on trust."""
    with pytest.raises(
        NoKafkaError, match=r"Kafka 0\.8 has no list of jars; listed: 3\.9\.2, 4\.4\.0"
    ):
        find_jars("0.8")


def test_no_node_outlives_a_killed_test_run(tmp_path: Path) -> None:
    """Kill -9 of the process that started a cluster ends its nodes."""
    script = (
        "import sys, time, pathlib; from tests.kafka.cluster import Cluster\n"
        "cluster = Cluster(pathlib.Path(sys.argv[1])); cluster.start()\n"
        "print(cluster.pid_of(1), flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as run:
        assert run.stdout
        pid = int(run.stdout.readline())
        os.kill(pid, 0)
        run.kill()
    for _ in range(100):
        if not alive(pid):
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail(f"node {pid} outlived its test run")


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_compose_broker_is_the_one_that_the_tests_start() -> None:
    """The image's version is the pinned one, and its settings are those of a started node."""
    with (ROOT / "docker-compose.yml").open() as file:
        service = yaml.safe_load(file)["services"]["kafka"]
    assert service["image"] == f"apache/kafka:{DEFAULT_VERSION}"
    own = {"log.cleaner.dedupe.buffer.size", "num.partitions"}
    expected = {
        "KAFKA_" + name.upper().replace(".", "_"): value
        for name, value in SETTINGS.items()
        if name not in own
    }
    assert expected.items() <= service["environment"].items()
