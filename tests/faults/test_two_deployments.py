"""F15: what happens when two deployments take the same names."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.harness import Deployment
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka

#: The last is what the client says of a producer that it already knows to be fenced.
FENCED = {"ProducerFenced", "InvalidProducerEpoch", "IllegalOperation"}


async def test_the_same_application_id_on_other_topics_fences(kafka: Kafka, tmp_path: Path) -> None:
    """Two environments on one cluster: the later start ends the earlier; no claim is harmed."""
    first = Deployment(kafka.bootstrap_servers, tmp_path / "a", "one", partitions=2)
    second = Deployment(
        kafka.bootstrap_servers,
        tmp_path / "b",
        "two",
        partitions=2,
        settings={"SCRUBBER_APP_ID": first.environment["SCRUBBER_APP_ID"]},
    )
    async with first, second:
        await first.publish(make_load(1_000))
        await second.publish(make_load(1_000))
        early = first.worker("early")
        await early.until("task.ready", 2)
        late = second.worker("late")
        await late.until("task.ready", 2)
        await first.publish(make_load(200, name="more", first_patient=1_000))
        assert await asyncio.to_thread(early.wait) == 70
        (last,) = early.lines("worker.stopped")
        assert last["error"] in FENCED, last
        await second.until_answered()
        assert late.stop() == 0
        early.start()
        await first.until_answered()
        for deployment in (first, second):
            verdict = await deployment.verdict()
            assert verdict.exact, str(verdict)


@pytest.mark.long
async def test_the_same_producers_under_another_group_fence(kafka: Kafka, tmp_path: Path) -> None:
    """Both have all the claims; who is fenced ends, and each claim is answered once."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "twice",
        partitions=2,
        settings={"SCRUBBER_BATCH_RECORDS": "50"},
    ) as deployment:
        early = deployment.worker("early")
        await early.until("task.ready", 2)
        await deployment.publish(make_load(1_000, poison=0.01, name="a"))
        late = deployment.worker("late", hook="group another")
        await late.until("task.ready", 2)
        await deployment.publish(make_load(1_000, poison=0.01, name="b", first_patient=1_000))
        assert await asyncio.to_thread(early.wait) == 70
        (last,) = early.lines("worker.stopped")
        assert last["error"] in FENCED, last
        early.start()
        await early.until("task.ready", 4)
        await deployment.publish(make_load(1_000, poison=0.01, name="c", first_patient=2_000))
        assert await asyncio.to_thread(late.wait) == 70
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
