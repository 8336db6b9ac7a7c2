"""F16, F17: errors where nobody expects them, a loop that stands still, a record that kills."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.faults.harness import Deployment, Worker
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka

PLACES = (
    "faust", "revoked", "assigned", "activation", "pump", "channel", "begin", "handler", "commit", "apply",
    "outside", "timer", "stopping",
)  # fmt: skip
#: Promised are 2 s. A machine that is busy with other tests may need as long again, and that is
#: still less than the shortest deadline or watchdog of these workers (5 s): none of them did it.
AT_ONCE_S = 4.0


async def test_an_error_anywhere_ends_the_worker_at_once(kafka: Kafka, tmp_path: Path) -> None:
    """F16: exit 70 and soon, never a worker that does nothing; a sound one answers it all."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "raise",
        partitions=1,
        settings={"SCRUBBER_INSTANCE_ID": "pod-0"},
    ) as deployment:
        await deployment.publish(make_load(200, poison=0.02))
        worker = Worker("w1", deployment.environment, tmp_path, ())
        deployment.workers["w1"] = worker
        for place in PLACES:
            worker.log_file.unlink(missing_ok=True)
            worker.start(f"raise {place}")
            if place == "stopping":
                await worker.until("worker.started")
                worker.send(signal.SIGTERM)
            assert await asyncio.to_thread(worker.wait) == 70, place
            ended = time.time()
            (last,) = worker.lines("worker.stopped")
            assert last["error"] == "RuntimeError", place
            took = ended - worker.lines("test.raised")[0]["at"]
            assert took < AT_ONCE_S, place
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def test_what_stands_still_is_ended_by_the_watchdog(kafka: Kafka, tmp_path: Path) -> None:
    """F17: 71 for a loop that an edit blocks, 72 for a batch that no agent begins."""
    hooks = {71: "block c-0000050 60", 72: "never-begin"}
    settings = {
        "SCRUBBER_COMMIT_DEADLINE_S": "2",
        "SCRUBBER_INSTANCE_ID": "pod-0",
        "SCRUBBER_LOOP_BLOCK_S": "2",
        "SCRUBBER_STALL_S": "4",
    }
    async with AsyncExitStack() as stack:
        deployments = []
        for code, hook in hooks.items():
            deployment = await stack.enter_async_context(
                Deployment(
                    kafka.bootstrap_servers,
                    tmp_path / str(code),
                    f"still-{code}",
                    partitions=1,
                    settings=settings,
                )
            )
            await deployment.publish(make_load(200))
            deployment.worker(hook=hook)
            deployments.append(deployment)
        for code, deployment in zip(hooks, deployments, strict=True):
            assert await asyncio.to_thread(deployment.workers["w1"].wait) == code
            deployment.workers["w1"].start()
        for deployment in deployments:
            await deployment.until_answered()
            verdict = await deployment.verdict()
            assert verdict.exact, str(verdict)


@pytest.mark.parametrize(
    ("claims", "batch"), [(150, 8), pytest.param(4_000, 500, marks=pytest.mark.long)]
)
async def test_a_record_that_ends_the_process_is_parked(
    kafka: Kafka, tmp_path: Path, claims: int, batch: int
) -> None:
    """Everything else is answered once, on the two partitions beside it too."""
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "crash",
        partitions=3,
        settings={"SCRUBBER_BATCH_RECORDS": str(batch), "SCRUBBER_INSTANCE_ID": "pod-0"},
    ) as deployment:
        # No claim of which another is a repeat.
        load = make_load(claims, patients=30, shares={"rejected": 0.05, "review": 0.05})
        marked = next(one for one in load[claims // 2 :] if one.kind == "clean")
        await deployment.publish(load)
        hook = f"crash {marked.submission_id}"
        worker = deployment.worker(hook=hook)

        def start_again() -> None:
            if not worker.alive:
                worker.start(hook)

        await deployment.until_answered(meanwhile=start_again)
        assert worker.exits.count(-11) >= 4
        parked = [line["error_type"] for line in worker.lines("claim.dead_lettered")]
        assert parked == ["record-ends-worker"]
        verdict = await deployment.verdict()
        # It is a dead letter instead of what it would have been, and no part of the history.
        assert verdict.misplaced == [marked.submission_id]
        assert verdict.history == [marked.submission_id]
        verdict.misplaced, verdict.history = [], []
        assert verdict.exact, str(verdict)
        assert worker.stop() == 0
