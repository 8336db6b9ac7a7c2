"""Claims in the wrong place and ids used again: who is answered, how often and in which order."""

from pathlib import Path

import orjson

from tests.faults.harness import Deployment
from tests.faults.load import Sent, claim_bytes, clean_id, key_of, make_load
from tests.kafka.fixtures import Kafka

PARTITIONS = 4


def wrong_key(one: Sent) -> bytes | None:
    """Return no key for a third of the patients, a wrong one for another, the right one else."""
    return (None, b"patient-%d" % one.patient, one.key)[one.patient % 3]


def wrong_partition(one: Sent) -> int:
    """Return one and the same partition for all records of a patient, seldom the right one."""
    return one.patient % PARTITIONS


async def test_claims_under_wrong_keys_are_answered_once_and_in_order(
    kafka: Kafka, tmp_path: Path
) -> None:
    """No key, a wrong one, the right one in a wrong partition: moved, then answered as any other."""
    load = make_load(3_000, patients=90)
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "rekeyed", partitions=PARTITIONS
    ) as deployment:
        worker = deployment.worker()
        await deployment.publish(load[:1_500], key=wrong_key, partition=wrong_partition)
        await deployment.until_answered()
        worker.kill()  # what is moved twice would be answered once, but out of its order
        await deployment.publish(load[1_500:], key=wrong_key, partition=wrong_partition)
        worker.start()
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        moved = await deployment.records("claims-rekeyed")
        right = dict(deployment.places)
        misplaced = [
            one
            for one in load
            if one.patient % 3 < 2 or right[one.submission_id][0][1] != wrong_partition(one)
        ]
        assert len(moved) == len(misplaced)
        assert all(one.key == key_of_record(one.value) for one in moved)
        assert worker.metric("scrubber_rekeyed_total", reason="key") == sum(
            one.patient % 3 < 2 for one in load[1_500:]
        )
        assert worker.metric("scrubber_rekeyed_total", reason="partition") > 0


def key_of_record(value: bytes) -> bytes:
    """Return the key of the patient in a claim's bytes."""
    start = value.index(b'"member_id":"M') + len(b'"member_id":"M')
    return key_of(int(value[start : start + 8]))


async def test_an_id_that_comes_again_is_answered_once_across_restarts(
    kafka: Kafka, tmp_path: Path
) -> None:
    """The same bytes again are counted; another claim under a known id is a dead letter."""
    load = make_load(200, poison=0.0)
    firsts = {one.submission_id: one for one in load}
    again = list(firsts.values())[:50]
    reused = [
        Sent(
            one.number,
            one.submission_id,
            one.patient,
            "repeat",
            one.key,
            claim_bytes(one.submission_id, one.patient, 250 + number, "clean"),
        )
        for number, one in enumerate(again[:10])
    ]
    repeats = [Sent(o.number, o.submission_id, o.patient, "repeat", o.key, o.value) for o in again]
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "again", partitions=PARTITIONS
    ) as deployment:
        worker = deployment.worker()
        await deployment.publish(load)
        await deployment.until_answered()
        worker.kill()
        await deployment.publish([*repeats, *reused])
        worker.start()
        await deployment.until_dead_letters(len(reused))
        letters = await deployment.records("claims-dead-letter")
        assert {dict(one.headers)["error_type"] for one in letters} == {b"submission-id-reused"}
        assert sorted(one.value for one in letters) == sorted(one.value for one in reused)
        assert worker.stop() == 0
        for letter in letters:  # they are no answers to the submission
            places = deployment.places[clean_id(letter.value).decode()]
            places.remove(("claims-dead-letter", letter.partition, letter.offset))
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)


async def test_an_event_of_a_newer_version_is_a_dead_letter_that_says_so(
    kafka: Kafka, tmp_path: Path
) -> None:
    """Claim, decision and remittance of schema_version 2; nothing stops."""
    ones = make_load(10)
    names = ("claims-submitted", "review-decisions", "remittances")
    async with Deployment(
        kafka.bootstrap_servers, tmp_path, "newer", partitions=PARTITIONS
    ) as deployment:
        deployment.worker()
        for number, topic in enumerate(names):
            event = {"schema_version": 2, "submission_id": f"newer-{number}", "claim": {}}
            newer = Sent(number, f"newer-{number}", 0, "poison", key_of(0), orjson.dumps(event))
            await deployment.publish([newer], topic=topic)
        await deployment.publish(ones)
        await deployment.until_answered()
        letters = {
            dict(one.headers)["source_topic"].decode(): dict(one.headers)
            for one in await deployment.records("claims-dead-letter")
        }
        assert letters.keys() == set(names)
        for topic, kind in zip(names, ("claim", "decision", "remittance"), strict=True):
            assert b"unknown schema_version; this release reads 1" in letters[topic]["error"]
            assert letters[topic]["error_type"] == f"{kind}-event-unreadable".encode()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
