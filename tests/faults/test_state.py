"""Local state that is lost, old, damaged or another's: the histories come out exact all the same."""

import asyncio
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.stream.topics import create_topics
from tests.faults.harness import Deployment, Worker, admin_of
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka

PARTITIONS = 2
CLAIMS = 1_200


def state_of(worker: Worker) -> Path:
    """Return the worker's folder of state."""
    return worker.log_file.parent / f"{worker.name}-state"


def stores(worker: Worker) -> list[Path]:
    """Return the files of its stores."""
    found = sorted(state_of(worker).glob("*/data.mdb"))
    assert len(found) == PARTITIONS
    return found


def wiped(worker: Worker, old: Path) -> None:
    """The folder is gone."""
    assert old
    shutil.rmtree(state_of(worker))


def restored(worker: Worker, old: Path) -> None:
    """A copy from before is put back."""
    shutil.rmtree(state_of(worker))
    shutil.copytree(old, state_of(worker))


def exchanged(worker: Worker, _: Path) -> None:
    """Each partition has the other's."""
    one, other = (file.parent for file in stores(worker))
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def cut(worker: Worker, _: Path) -> None:
    """The second half of each file is gone."""
    for file in stores(worker):
        with file.open("r+b") as data:
            data.truncate(file.stat().st_size // 2)


def scribbled(spots: int, seed: int) -> Callable[[Worker, Path], None]:
    """Return what writes random bytes over so many random places of each file."""

    def scribble(worker: Worker, _: Path) -> None:
        chance = random.Random(seed)
        for file in stores(worker):
            with file.open("r+b") as data:
                for _spot in range(spots):
                    data.seek(chance.randrange(file.stat().st_size - 64))
                    data.write(chance.randbytes(64))

    return scribble


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(wiped, id="wiped", marks=pytest.mark.long),
        pytest.param(restored, id="old"),
        pytest.param(scribbled(40, 1), id="scribbled", marks=pytest.mark.long),
        pytest.param(exchanged, id="exchanged", marks=pytest.mark.long),
        pytest.param(cut, id="cut", marks=pytest.mark.long),
        *(
            pytest.param(scribbled(2**n, n), id=f"scribbled-{2**n}", marks=pytest.mark.long)
            for n in range(0, 11, 2)
        ),
    ],
)
async def test_spoilt_state_is_found_out_and_restored(
    kafka: Kafka, tmp_path: Path, spoil: Callable[[Worker, Path], None]
) -> None:
    """F12: whatever lies there, the patients' histories go on as if nothing had been."""
    load = make_load(CLAIMS)
    third = CLAIMS // 3
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "state", partitions=PARTITIONS
    ) as deployment:
        worker = deployment.worker()
        await deployment.publish(load[:third])
        await deployment.until_answered()
        await worker.until_idle()
        worker.kill()
        old = tmp_path / "old"
        shutil.copytree(state_of(worker), old)
        before = await deployment.count("claims-history")
        worker.start()
        await deployment.publish(load[third : 2 * third])
        await deployment.until_answered()
        await worker.until_idle()
        worker.kill()
        spoil(worker, old)
        total = await deployment.count("claims-history")
        assert total > before > 0
        await deployment.publish(load[2 * third :])
        # A store so damaged that it ends the process is given up at the next start.
        await deployment.until_answered(meanwhile=deployment.revive, timeout_s=60)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        replayed = worker.metric("scrubber_restored_records_total")
        if spoil is restored:
            assert total - before <= replayed < total
        elif spoil in (wiped, cut, exchanged):
            assert replayed >= total
        assert set(worker.exits) <= {-9, -11, -7, 70}
        assert len(worker.exits) <= 3


@pytest.mark.long
async def test_state_that_is_as_it_was_left_is_not_read_again(kafka: Kafka, tmp_path: Path) -> None:
    """F12, the other way round: a store that is in order saves the replay."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "intact", partitions=PARTITIONS
    ) as deployment:
        worker = deployment.worker()
        await deployment.publish(make_load(400))
        await deployment.until_answered()
        await worker.until_idle()
        for end in (worker.kill, worker.stop):
            end()
            worker.start()
            await worker.until_idle()
            assert worker.metric("scrubber_restored_records_total") <= 2 * PARTITIONS
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def test_state_of_a_topic_made_anew_is_not_taken_for_its_own(
    kafka: Kafka, tmp_path: Path
) -> None:
    """
    F12: the history's topic is deleted and made again, and is longer by now than it was.

    A store goes by offsets, and those it has are there: but they are of other records.
    """
    async with Deployment(kafka.bootstrap_servers, tmp_path, "anew", partitions=1) as deployment:
        worker = deployment.worker()
        await deployment.publish(make_load(100, name="a"))
        await deployment.until_answered()
        await worker.until_idle()
        assert worker.stop() == 0
        name = deployment.topics["claims-history"].name
        async with admin_of(kafka.bootstrap_servers) as admin:
            await admin.delete_topics([name])
            for _ in range(200):  # it takes the brokers a moment
                if name not in await admin.list_topics():
                    break
                await asyncio.sleep(0.1)
            await create_topics(admin, deployment.topics)
        other = deployment.worker("w2")
        await deployment.publish(make_load(400, name="b", first_patient=1_000))
        await deployment.until_answered()
        await other.until_idle()
        assert other.stop() == 0
        total = await deployment.count("claims-history")
        worker.start()
        await worker.until_idle()
        assert worker.metric("scrubber_restored_records_total") == total


@pytest.mark.long
async def test_state_of_another_deployment_is_not_taken_for_ours(
    kafka: Kafka, tmp_path: Path
) -> None:
    """F12: a folder that another deployment, of more partitions, has used."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path / "other", "other", partitions=4
    ) as other:
        first = other.worker()
        await other.publish(make_load(200))
        await other.until_answered()
        assert first.stop() == 0
        async with Deployment(
            kafka.bootstrap_servers, tmp_path / "own", "own", partitions=PARTITIONS
        ) as own:
            for number in range(PARTITIONS):  # under the very names that ours will have
                shutil.copytree(
                    state_of(first) / f"{other.prefix}claims-history-{number}",
                    tmp_path / "own" / "w1-state" / f"{own.prefix}claims-history-{number}",
                )
            own.worker()
            await own.publish(make_load(200))
            await own.until_answered()
            for verdict in (await other.verdict(), await own.verdict()):
                assert verdict.exact, str(verdict)
