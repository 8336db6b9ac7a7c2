"""Partitions that change hands under load: what was read ahead is dropped, not skipped."""

import time
from pathlib import Path

from tests.faults.harness import Deployment
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka


async def test_batches_that_nobody_took_are_read_again_after_a_rebalance(
    kafka: Kafka, tmp_path: Path
) -> None:
    """A worker joins and leaves while each task has one batch waiting and one read ahead."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "rebalance",
        settings={"SCRUBBER_BATCH_RECORDS": "50"},
    ) as deployment:
        await deployment.publish(make_load(6_000))
        first = deployment.worker("w1")
        await first.until("task.ready", deployment.partitions)
        second = deployment.worker("w2")
        changes = 0
        ready = 0
        due = time.monotonic() + 30

        def come_and_go() -> None:
            nonlocal changes, ready, due
            if not second.alive:
                second.start()
                due = time.monotonic() + 30
            elif (now := len(second.lines("task.ready"))) > ready or time.monotonic() > due:
                ready = now
                changes += 1
                second.stop()

        await deployment.until_answered(timeout_s=90, meanwhile=come_and_go)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert changes >= 1
        assert first.exits == []
