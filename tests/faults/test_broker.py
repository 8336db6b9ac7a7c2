"""Brokers that are killed and come back: nothing acknowledged is lost, nothing comes twice."""

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import Deployment, eventually
from tests.faults.load import answered as must_be_answered
from tests.faults.load import make_load
from tests.kafka.cluster import Cluster
from tests.kafka.fixtures import VERSION

ENDS = {70, 72}
#: Of all workers that a broker's loss ended, as a supervisor with a pause would start them.
PAUSE_S = 0.5


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Cluster]:
    """Return three nodes: all internal topics on each, two must have what is acknowledged."""
    with Cluster(tmp_path / "kafka", nodes=3, version=VERSION) as cluster:
        yield cluster


async def keep_up(deployment: Deployment) -> None:
    """Start again what has ended, for as long as the task runs."""
    while True:
        deployment.revive()
        await asyncio.sleep(PAUSE_S)


@pytest.mark.long
@pytest.mark.parametrize("times", [1, 5])
async def test_a_broker_that_is_killed_and_comes_back_under_load(
    tmp_path: Path, times: int
) -> None:
    """F7: kill -9 of the only broker while workers commit, again and again."""
    chance = random.Random(times)
    with Cluster(tmp_path / "kafka", version=VERSION) as cluster:
        async with Deployment(
            cluster.bootstrap_servers,
            tmp_path,
            "broker",
            partitions=4,
            settings={"SCRUBBER_BATCH_RECORDS": "50"},
        ) as deployment:
            workers = [deployment.worker("w1"), deployment.worker("w2")]
            await deployment.publish(make_load(2_000 * times, poison=0.001))
            await deployment.until_answered(at_least=200)
            keeping = asyncio.create_task(keep_up(deployment))
            for _ in range(times):
                await asyncio.to_thread(cluster.kill, 1)
                await asyncio.sleep(chance.uniform(0, 8) if times > 1 else 0.5)
                await asyncio.to_thread(cluster.start_node, 1)
                answered = await deployment.read()
                await deployment.until_answered(at_least=answered + 200, timeout_s=60)
            await deployment.until_answered()
            keeping.cancel()
            verdict = await deployment.verdict()
            assert verdict.exact, str(verdict)
            assert {code for one in workers for code in one.exits} <= ENDS


@pytest.mark.long
async def test_each_node_that_matters_is_killed_in_turn(three: Cluster, tmp_path: Path) -> None:
    """F7: the group's coordinator, the transactions' coordinator and a leader of the history."""
    async with Deployment(
        three.bootstrap_servers,
        tmp_path,
        "nodes",
        partitions=4,
        replication=3,
        settings={"SCRUBBER_BATCH_RECORDS": "50"},
    ) as deployment:
        workers = [deployment.worker("w1"), deployment.worker("w2")]
        load = make_load(6_000, poison=0.001)
        keeping = asyncio.create_task(keep_up(deployment))
        app_id = deployment.environment["SCRUBBER_APP_ID"]
        for topic, partition in (
            ("__consumer_offsets", java_hash(app_id) % 4),
            ("__transaction_state", java_hash(f"{app_id}-1") % 4),
            (f"{deployment.prefix}claims-history", 1),
            (f"{deployment.prefix}claims-submitted", 2),
        ):
            node = await asyncio.to_thread(three.leader_of, topic, partition)
            answered = await deployment.read()
            part, load = load[:1_500], load[1_500:]
            await deployment.publish(part)
            await deployment.until_answered(at_least=answered + 100)
            await asyncio.to_thread(three.kill, node)
            wanted = len(must_be_answered(deployment.sent))
            await deployment.until_answered(timeout_s=60)
            assert await deployment.read() >= wanted, f"not all is answered without {topic}"
            await asyncio.to_thread(three.start_node, node)
        await deployment.until_answered()
        keeping.cancel()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert {code for one in workers for code in one.exits} <= ENDS


@pytest.mark.long
async def test_a_node_that_lost_its_data_gets_its_copies_back(
    three: Cluster, tmp_path: Path
) -> None:
    """It starts empty and copies from the others, until another may be lost in its place."""
    async with Deployment(
        three.bootstrap_servers,
        tmp_path,
        "disk",
        partitions=4,
        replication=3,
        settings={"SCRUBBER_BATCH_RECORDS": "50"},
    ) as deployment:
        workers = [deployment.worker("w1"), deployment.worker("w2")]
        load = make_load(3_000, poison=0.001)
        parts = [load[:1_000], load[1_000:2_000], load[2_000:]]
        await deployment.publish(parts[0])
        await deployment.until_answered(at_least=200)
        keeping = asyncio.create_task(keep_up(deployment))
        history = f"{deployment.prefix}claims-history"
        lost = await asyncio.to_thread(three.leader_of, history, 1)
        await asyncio.to_thread(three.kill, lost)
        await asyncio.to_thread(three.wipe, lost)
        await deployment.publish(parts[1])
        await deployment.until_answered()
        await asyncio.to_thread(three.start_node, lost)
        while await asyncio.to_thread(three.fewest_in_sync) < 3:
            await deployment.read(at_most_s=0.5)
        # What it copied is now one of the two that each acknowledgement needs.
        other = await asyncio.to_thread(three.leader_of, history, 1)
        assert other != lost
        await asyncio.to_thread(three.kill, other)
        await deployment.publish(parts[2])
        await deployment.until_answered()
        keeping.cancel()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert {code for one in workers for code in one.exits} <= ENDS


def java_hash(text: str) -> int:
    """Return Java's hash of a text, as Kafka takes it: without its sign."""
    value = 0
    for character in text:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value & 0x7FFFFFFF


@pytest.mark.long
@pytest.mark.parametrize("seconds", [20, 180])
async def test_nothing_commits_below_min_in_sync(
    three: Cluster, tmp_path: Path, seconds: float
) -> None:
    """F8: two of three brokers are down for a while; the third must acknowledge nothing."""
    async with Deployment(
        three.bootstrap_servers,
        tmp_path,
        "in-sync",
        partitions=4,
        replication=3,
        settings={"SCRUBBER_BATCH_RECORDS": "50"},
    ) as deployment:
        workers = [deployment.worker("w1"), deployment.worker("w2")]
        await deployment.publish(make_load(6_000, poison=0.001))
        await deployment.until_answered(at_least=200)
        keeping = asyncio.create_task(keep_up(deployment))
        await asyncio.gather(*(asyncio.to_thread(three.kill, node) for node in (1, 2)))
        committed = [len(one.lines("task.ready")) for one in workers]
        end = time.monotonic() + seconds
        await asyncio.sleep(5)  # what was acknowledged just before may still be shown
        before = await deployment.read()
        while time.monotonic() < end:
            assert await deployment.read() == before
            await asyncio.sleep(0.5)
        assert [len(one.lines("task.ready")) for one in workers] == committed
        await asyncio.gather(*(asyncio.to_thread(three.start_node, node) for node in (1, 2)))
        await deployment.until_answered()
        keeping.cancel()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        exits = {code for one in workers for code in one.exits}
        assert exits <= ENDS
        await eventually(lambda: all(one.alive for one in workers), "both workers are back")
