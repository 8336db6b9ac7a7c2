"""F2: kill -9 at each step of a batch: wherever it ends, it is answered once."""

import asyncio
from itertools import count
from pathlib import Path

import pytest

from tests.faults.harness import Deployment
from tests.faults.hooked_worker import STEPS
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka


async def test_a_worker_killed_at_any_step_of_a_batch_loses_and_repeats_nothing(
    kafka: Kafka, tmp_path: Path
) -> None:
    """Each start gets two batches done and dies in the third, one step later than the last."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "steps",
        # One, so that each start gets on: a record that many starts cannot pass is parked.
        partitions=1,
        # The next start has the place of the one killed at once, without waiting for its session.
        settings={"SCRUBBER_BATCH_RECORDS": "50", "SCRUBBER_INSTANCE_ID": "pod-0"},
    ) as deployment:
        await deployment.publish(make_load(1_500, poison=0.02))
        worker = deployment.worker(hook=f"kill {STEPS[0]} 3")
        assert worker.wait() == -9
        for step in STEPS[1:]:
            worker.start(f"kill {step} 3")
            assert worker.wait() == -9, step
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
async def test_the_same_step_again_and_again_beside_a_worker_that_goes_on(
    kafka: Kafka, tmp_path: Path, step: str
) -> None:
    """The partitions of the killed one are the other's until it is back."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        f"step-{step}",
        settings={"SCRUBBER_BATCH_RECORDS": "100"},
    ) as deployment:
        deployment.worker("w2")
        worker = deployment.worker("w1", hook=f"kill {step} 1")
        killing = True

        async def load() -> None:
            # Enough for both for as long as it takes, and never so much that it lasts.
            for turn in count():
                claims = make_load(
                    1_000, seed=turn, poison=0.01, name=f"t{turn}", first_patient=1_000 * turn
                )
                await deployment.publish(claims, rate=400)
                if not killing:
                    return

        loading = asyncio.create_task(load())
        for batch in (1, 2, 5, 9):
            assert await asyncio.to_thread(worker.wait, 120) == -9
            worker.start(f"kill {step} {batch}")
        killing = False
        await loading
        await deployment.until_answered(meanwhile=deployment.revive)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert worker.exits.count(-9) >= 4
