"""F10: a transaction that takes longer than the broker lets it."""

from pathlib import Path

import pytest

from tests.faults.harness import Deployment, eventually
from tests.faults.load import make_load
from tests.kafka.fixtures import Kafka

#: The broker looks for transactions that are too old every 2 s.
SETTINGS = {
    "SCRUBBER_BATCH_RECORDS": "100",
    "SCRUBBER_STALL_S": "60",
    "SCRUBBER_TRANSACTION_TIMEOUT_MS": "6000",
}


async def test_a_transaction_that_outlives_its_timeout_is_fenced_and_nothing_of_it_seen(
    kafka: Kafka, tmp_path: Path
) -> None:
    """All is sent, and the commit comes when the broker has given the transaction up."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "slow", partitions=1, settings=SETTINGS
    ) as deployment:
        worker = deployment.worker(hook="linger 10")
        await deployment.publish(make_load(600))
        await eventually(lambda: not worker.alive, "the worker ends")
        assert worker.exits == [70]
        (line,) = worker.lines("worker.stopped")
        assert line["error"] in {"ProducerFenced", "InvalidProducerEpoch", "InvalidTxnState"}
        assert await deployment.count("claims-clean", isolation="read_uncommitted") > 0
        assert await deployment.read() == 0
        deployment.worker("w2")
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.long
async def test_handling_may_take_longer_than_a_transaction(kafka: Kafka, tmp_path: Path) -> None:
    """Nothing is sent before a batch is handled, so no time runs at the broker until then."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "handling", partitions=1, settings=SETTINGS
    ) as deployment:
        worker = deployment.worker(hook="dawdle 10")
        await deployment.publish(make_load(600))
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert worker.exits == []
