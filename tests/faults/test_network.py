"""A network that loses, delays and goes dark between worker and broker."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.harness import Deployment, Worker, eventually
from tests.faults.load import make_load
from tests.faults.proxy import END_TXN, Proxy
from tests.kafka.cluster import Cluster
from tests.kafka.fixtures import VERSION

CLAIMS = 2_000
PACE = 150


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a broker that sends its clients to a proxy."""
    with Cluster(tmp_path_factory.mktemp("proxied"), version=VERSION, proxied=True) as cluster:
        yield cluster


@asynccontextmanager
async def under_load(
    cluster: Cluster, folder: Path, name: str
) -> AsyncIterator[tuple[Deployment, Worker, Proxy]]:
    """Yield a worker that is busy behind a proxy; the test itself goes round it."""
    proxied = {"SCRUBBER_BOOTSTRAP_SERVERS": cluster.bootstrap_servers}
    async with (
        Proxy(cluster.proxy_ports[1], cluster.client_ports[1]) as proxy,
        Deployment(
            cluster.plain_bootstrap_servers,
            folder,
            name,
            partitions=2,
            settings=proxied | {"SCRUBBER_BATCH_RECORDS": "100"},
        ) as deployment,
    ):
        worker = deployment.worker()
        # At a pace, so that claims still come when the fault does, however fast the machine.
        publishing = asyncio.create_task(deployment.publish(make_load(CLAIMS), rate=PACE))
        await deployment.until_answered(at_least=CLAIMS // 20)
        yield deployment, worker, proxy
        await publishing


async def ends(worker: Worker, codes: set[int]) -> None:
    """Wait until the worker has ended by itself, with one of these codes."""
    await eventually(lambda: not worker.alive, "the worker ends", 40)
    assert worker.exits[-1] in codes, worker.exits


@pytest.mark.parametrize("times", [1, pytest.param(3, marks=pytest.mark.long)])
async def test_a_commit_whose_answer_is_lost_is_found_at_the_next_start(
    cluster: Cluster, tmp_path: Path, times: int
) -> None:
    """
    F9: the broker commits, its answer is cut off, and nothing else comes through.

    The worker cannot know: it ends, and reads at its next start that it had committed.
    """
    async with under_load(cluster, tmp_path, "reply") as (deployment, worker, proxy):

        def lose(kind: int) -> bool:
            if kind == END_TXN:
                proxy.refuse = True
            return kind == END_TXN

        for _ in range(times):
            answered = await deployment.read(at_most_s=0.5)
            proxy.lose = lose
            await ends(worker, {70})
            assert proxy.lost
            proxy.refuse = False
            proxy.lose = lambda _: False
            assert await deployment.read() > answered  # the commit had been made
            ready = len(worker.lines("task.ready"))
            worker.start()
            await worker.until("task.ready", ready + 2)
            if await deployment.read() >= CLAIMS * 0.9:
                break
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.long
async def test_a_commit_whose_answer_is_cut_off_once_is_asked_for_again(
    cluster: Cluster, tmp_path: Path
) -> None:
    """F9: the connection breaks at each third commit and can be had again at once."""
    async with under_load(cluster, tmp_path, "again") as (deployment, worker, proxy):
        commits = iter(range(1_000_000))
        proxy.lose = lambda kind: kind == END_TXN and next(commits) % 3 == 0
        await deployment.until_answered(meanwhile=deployment.revive)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert proxy.lost >= 3
        assert set(worker.exits) <= {70}


def dark(proxy: Proxy) -> None:
    """Half-open: all connections stay, and nothing comes through."""
    proxy.dark = True


def slow(proxy: Proxy) -> None:
    """Every answer takes longer than a commit may."""
    proxy.delay_s = 6.0


def gone(proxy: Proxy) -> None:
    """All connections break, and none can be made."""
    proxy.refuse = True
    proxy.cut()


@pytest.mark.long
@pytest.mark.parametrize("fault", [dark, slow, gone])
async def test_a_network_that_fails_ends_the_worker_and_loses_nothing(
    cluster: Cluster, tmp_path: Path, fault: Callable[[Proxy], None]
) -> None:
    """F9: a commit that is not answered within its deadline ends the worker."""
    async with under_load(cluster, tmp_path, fault.__name__) as (deployment, worker, proxy):
        fault(proxy)
        await ends(worker, {70, 72})
        proxy.dark = proxy.refuse = False
        proxy.delay_s = 0.0
        proxy.cut()
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.long
async def test_answers_that_come_late_and_links_that_break_lose_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    """F9: every answer is held back a little, and all connections break now and then."""
    async with under_load(cluster, tmp_path, "shaky") as (deployment, worker, proxy):
        proxy.delay_s = 0.02
        rounds = iter(range(10_000))

        def shake() -> None:
            if next(rounds) % 20 == 19:
                proxy.cut()
            deployment.revive()

        await deployment.until_answered(meanwhile=shake)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert set(worker.exits) <= {70, 72}
