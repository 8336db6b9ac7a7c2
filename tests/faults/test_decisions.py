"""What a reviewer decides and what a payer pays, through the real worker."""

import asyncio
import random
import time
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from scrubber.stream.histories import read_history
from scrubber.stream.state import without_expiry
from tests.conftest import ROOT
from tests.faults.decided import LEADS_TO, decide, reviews, settle
from tests.faults.harness import Deployment, Worker
from tests.faults.load import RECEIVED, Sent, claim_bytes, key_of
from tests.kafka.fixtures import Kafka


async def answered_reviews(deployment: Deployment, count: int) -> list[Sent]:
    """Publish claims that go to review, and wait until they are there."""
    load = reviews(range(count))
    await deployment.publish(load)
    await deployment.until_answered()
    return load


def error_types(records: list[Any]) -> list[bytes]:
    """Return the error type of each dead letter."""
    return sorted(dict(one.headers)["error_type"] for one in records)


async def test_each_kind_of_decision_leads_where_it_says(kafka: Kafka, tmp_path: Path) -> None:
    """Released, overridden, corrected, returned; recorded only; repeated, stale and unknown."""
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "decisions", partitions=2
    ) as deployment:
        worker = deployment.worker()
        load = await answered_reviews(deployment, 3 * len(LEADS_TO))
        decisions = [
            decide(deployment, one, kind) for one, kind in zip(load, cycle(LEADS_TO), strict=False)
        ]
        released = decisions[0]
        unknown = decide(deployment, load[0], "release").with_(submission_id="nobody-knows")
        stranger = decide(deployment, load[5], "correct")  # on one that an audit leaves in review
        stranger.event["claim"]["payers"][0]["subscriber"]["member_id"] = "ANOTHER"
        broken = decide(deployment, load[5], "correct")
        broken.event["claim"]["lines"] = "none"
        await deployment.publish([one.record for one in decisions], topic="review-decisions")
        stale = decide(deployment, load[0], "return")
        await deployment.publish(
            [released.record, stale.record, unknown.record, stranger.record, broken.record],
            topic="review-decisions",
        )
        await deployment.until_dead_letters(4)
        letters = await deployment.records("claims-dead-letter")
        assert error_types(letters) == [
            b"decision-changes-patient",
            b"decision-claim-invalid",
            b"decision-stale",
            b"decision-unmatched",
        ]
        for letter in letters:
            name = orjson.loads(letter.value)["submission_id"]
            deployment.places[name].remove(("claims-dead-letter", letter.partition, letter.offset))
        del deployment.places["nobody-knows"]
        settle(deployment, decisions)
        for result, count in (("answered", 15), ("recorded", 9), ("repeated", 1), ("refused", 4)):
            assert worker.metric("scrubber_decisions_total", result=result) == count, result
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


@pytest.mark.long
async def test_decisions_in_flight_are_answered_once_whoever_is_killed(
    kafka: Kafka, tmp_path: Path
) -> None:
    """Kill -9 of a random worker again and again while decisions wait; each is sent twice."""
    chance = random.Random(11)
    kinds = [kind for kind, after in LEADS_TO.items() if after]
    async with Deployment(
        kafka.bootstrap_servers,
        tmp_path,
        "decided",
        partitions=4,
        settings={"SCRUBBER_BATCH_RECORDS": "5"},
    ) as deployment:
        workers = [deployment.worker("w1"), deployment.worker("w2")]
        load = await answered_reviews(deployment, 300)
        decisions = [
            decide(deployment, one, kind) for one, kind in zip(load, cycle(kinds), strict=False)
        ]
        records = [one.record for one in decisions]
        kills = 0

        async def kill() -> None:
            nonlocal kills
            while True:
                await asyncio.sleep(chance.uniform(1, 3))
                chance.choice(workers).kill()
                kills += 1
                deployment.revive()

        killing = asyncio.create_task(kill())
        twice = [one for pair in zip(records, records, strict=True) for one in pair]
        await deployment.publish(twice, rate=60, topic="review-decisions")
        killing.cancel()
        end = time.monotonic() + 60
        while await answers(deployment) < 2 * len(load):
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        # Nothing is left that could still be answered twice.
        await until_read(workers)
        await deployment.read()
        settle(deployment, decisions)
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert kills >= 2


async def answers(deployment: Deployment) -> int:
    """Return how many outcomes there are."""
    await deployment.read()
    return sum(map(len, deployment.places.values()))


async def until_read(workers: list[Worker]) -> None:
    """Stop the workers in order once nothing is behind."""
    for worker in workers:
        if worker.alive:
            await worker.until_idle()
    for worker in workers:
        assert worker.stop() in {0, -15}


def remittance(one: Sent, **members: Any) -> Sent:
    """Return a payer's result for a claim."""
    event = orjson.loads(
        (ROOT / "schemas" / "examples" / "remittance" / "line-denied.json").read_bytes()
    )
    event |= {"remittance_id": uuid4().hex, "submission_id": one.submission_id}
    # No longer before its claim than it may wait for it.
    event |= {"received_at": f"{RECEIVED.isoformat()}T06:00:00Z"} | members
    return Sent(0, one.submission_id, one.patient, "repeat", one.key, orjson.dumps(event))


async def test_remittances_join_their_claims(kafka: Kafka, tmp_path: Path) -> None:
    """Matched, waiting for its claim, repeated, unbalanced, under a key that is no patient's."""
    load = [
        Sent(n, f"p-{n}", n, "clean", key_of(n), claim_bytes(f"p-{n}", n, 0, "clean"))
        for n in range(4)
    ]
    early = Sent(9, "p-9", 9, "clean", key_of(9), claim_bytes("p-9", 9, 0, "clean"))
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "remittances", partitions=2
    ) as deployment:
        worker = deployment.worker()
        await deployment.publish(load)
        await deployment.until_answered()
        matched = [remittance(one) for one in load[:2]]
        odd = remittance(load[2], paid="1.00")
        waits = remittance(early)
        lost = remittance(load[3])
        await deployment.publish([*matched, odd, waits, matched[0]], topic="remittances")
        await deployment.publish([lost], topic="remittances", key=lambda _: b"no patient's")
        await deployment.until_dead_letters(1)
        await worker.until_idle()
        worker.kill()  # all of it is in the changelog
        worker.start()
        await deployment.publish([matched[1]], topic="remittances")
        await deployment.publish([early])
        await deployment.until_answered()
        state = await deployment.state()
        pasts = {
            one.patient: read_history(without_expiry(state[one.key]))[0] for one in [*load, early]
        }
        assert [pasts[n].claims[0].payment is not None for n in (0, 1, 2, 3, 9)] == [
            True, True, True, False, True,
        ]  # fmt: skip
        assert not any(past.waiting for past in pasts.values())
        letters = await deployment.records("claims-dead-letter")
        assert error_types(letters) == [b"remittance-without-patient-key"]
        for letter in letters:
            name = orjson.loads(letter.value)["submission_id"]
            deployment.places[name].remove(("claims-dead-letter", letter.partition, letter.offset))
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert worker.metric("scrubber_remittances_total", result="repeated") == 1
