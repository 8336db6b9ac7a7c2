"""F3: a worker that stands still so long that others have its partitions, and then goes on."""

import signal
from pathlib import Path

import pytest

from tests.faults.harness import Deployment, eventually
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka

QUICK = {
    "SCRUBBER_BATCH_RECORDS": "100",
    "SCRUBBER_LOOP_BLOCK_S": "2",
    "SCRUBBER_SESSION_TIMEOUT_MS": "3000",
}


@pytest.mark.parametrize(
    "step", ["end", *(pytest.param(one, marks=pytest.mark.long) for one in ("begin", "outputs"))]
)
async def test_a_zombie_inside_a_transaction_is_fenced(
    kafka: Kafka, tmp_path: Path, step: str
) -> None:
    """Its batch is nobody's answer; that of the one who took over is."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "zombie", partitions=2, settings=QUICK
    ) as deployment:
        await deployment.publish(make_load(2_000, poison=0.01))
        # The watchdog, too, would end a process that stood still; here the broker's fence does.
        zombie = deployment.worker("zombie", hook=f"unwatched;freeze {step} 4")
        await eventually(lambda: zombie.stands_still, "the zombie stands still")
        deployment.worker("heir")
        await deployment.until_answered()
        zombie.send(signal.SIGCONT)
        assert zombie.wait() == 70
        (last,) = zombie.lines("worker.stopped")
        assert last["problem"] in {"a transaction did not commit", "the handling of a batch failed"}
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        if step != "begin":
            assert await deployment.aborted() > 0


@pytest.mark.long
async def test_a_zombie_between_transactions_comes_back_into_the_group(
    kafka: Kafka, tmp_path: Path
) -> None:
    """Its partitions are another's by then; it takes no batch before it is assigned again."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "sleeper", partitions=2, settings=QUICK
    ) as deployment:
        sleeper = deployment.worker("sleeper", hook="unwatched")
        await sleeper.until("task.ready", 2)
        sleeper.send(signal.SIGSTOP)
        heir = deployment.worker("heir")
        await heir.until("task.ready", 2)
        await deployment.publish(make_load(1_000, name="a"))
        sleeper.send(signal.SIGCONT)
        await sleeper.until("task.ready", 3)
        await deployment.publish(make_load(1_000, name="b", first_patient=1_000))
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert sleeper.alive
        assert heir.alive


@pytest.mark.long
async def test_a_process_that_stood_still_ends_itself(kafka: Kafka, tmp_path: Path) -> None:
    """With its watchdog it needs no fence: the loop stood still for longer than it may."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "frozen", partitions=2, settings=QUICK
    ) as deployment:
        await deployment.publish(make_load(1_000))
        frozen = deployment.worker("frozen", hook="freeze end 2")
        await eventually(lambda: frozen.stands_still, "it stands still")
        deployment.worker("heir")
        await deployment.until_answered()
        frozen.send(signal.SIGCONT)
        assert frozen.wait() in {70, 71}
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
