"""Records that no outcome can answer: each is a dead letter as it came, and the others go on."""

from dataclasses import replace
from pathlib import Path

import orjson

from scrubber import __version__
from tests.faults.harness import Deployment
from tests.faults.load import Sent, claim_bytes, key_of, make_load
from tests.kafka.fixtures import Kafka

HEADERS = (("trace", b"t-1"), ("error", b"an older one"))
UNREADABLE = "claim-event-unreadable"


def named(submission_id: str) -> bytes:
    """Return what begins an event of this submission."""
    return b'{"schema_version":1,"submission_id":"%s",' % submission_id.encode()


def nested(depth: int) -> bytes:
    """Return a JSON value so many levels deep."""
    return b"[" * depth + b"]" * depth


def with_note(known: str, patient: int, note: str) -> bytes:
    """Return a clean claim with an unknown member beside it."""
    event = orjson.loads(claim_bytes(known, patient, 200, "clean"))
    event["claim"]["note"] = note
    return orjson.dumps(event)


def with_lines(known: str, patient: int, lines: int) -> bytes:
    """Return a claim with so many lines, each of which has four faults."""
    event = orjson.loads(claim_bytes(known, patient, 201, "clean"))
    line = {"procedure": "QQQQQ", "charge": "-1", "units": "0.5"}
    event["claim"]["lines"] = [line | {"number": number + 1} for number in range(lines)]
    return orjson.dumps(event)


def poison() -> dict[str, tuple[str, str, bytes | None]]:
    """Return records by what is wrong with them: error type, part of the reason, bytes."""
    return {
        "bad-json": (UNREADABLE, "byte offset", named("bad-json") + b'"claim":{'),
        "bad-utf8": (UNREADABLE, "byte offset", named("bad-utf8") + b'"claim":"\xff\xfe"}'),
        "null-value": (UNREADABLE, "no value", None),
        "deep": (UNREADABLE, "64 levels", named("deep") + b'"claim":' + nested(3000) + b"}"),
        "large": (UNREADABLE, "bytes", with_note("large", 1, "x" * 1_100_000)),
        "newer": (
            UNREADABLE,
            "unknown schema_version",
            b'{"schema_version":2,"submission_id":"newer","claim":{}}',
        ),
        "many-lines": ("outcome-too-large", "over the limit", with_lines("many-lines", 2, 4000)),
    }


async def test_poison_is_set_aside_as_it_came_and_nothing_stops(
    kafka: Kafka, tmp_path: Path
) -> None:
    """F6: one record in a hundred is poison; the dead letters are exact, the rest is answered."""
    load = make_load(1_000)
    spoilt = poison()
    mixed: list[Sent] = []
    names = list(spoilt)
    for number, one in enumerate(load):
        mixed.append(one)
        if number % 100 == 50 and number // 100 < len(names):
            name = names[number // 100]
            key = key_of(2) if name == "many-lines" else name.encode()
            mixed.append(Sent(number, name, 2, "poison", key, spoilt[name][2], HEADERS))
    big = Sent(1_001, "c-big", 3, "clean", key_of(3), with_note("c-big", 3, "y" * 900_000))
    keyless = Sent(
        1_002, "c-keyless", 900, "clean", key_of(900), claim_bytes("c-keyless", 900, 1, "clean")
    )
    async with Deployment(kafka.bootstrap_servers, tmp_path, "poison", partitions=2) as deployment:
        worker = deployment.worker()
        await deployment.publish([*mixed, big])
        await deployment.publish([keyless], key=lambda _: None)
        await deployment.until_answered()
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        assert worker.alive
        assert worker.exits == []
        inputs = {(one.key, one.value): one for one in await deployment.records("claims-submitted")}
        letters = {one.value: one for one in await deployment.records("claims-dead-letter")}
        assert len(letters) == len(spoilt)
        for name, (error_type, reason, value) in spoilt.items():
            letter = letters[value]
            source = inputs[letter.key, value]  # both as they were
            headers = dict(letter.headers)
            assert len(headers) == len(letter.headers)
            assert reason in headers.pop("error").decode(), name
            assert headers.pop("failed_at").startswith(b"20")
            assert len(headers.pop("event_id")) == 32
            assert headers.pop("edits_version")
            assert headers == {
                "error_type": error_type.encode(),
                "source_topic": b"claims-submitted",
                "source_partition": str(source.partition).encode(),
                "source_offset": str(source.offset).encode(),
                "source_timestamp": str(source.timestamp).encode(),
                "attempts": b"1",
                "app_version": __version__.encode(),
                "trace": b"t-1",
            }
        assert worker.metric("scrubber_dead_letters_total") == len(spoilt)


async def test_a_record_that_no_topic_takes_unpacked_stops_nothing(
    kafka: Kafka, tmp_path: Path
) -> None:
    """
    A record is small on its way and 8 MiB when unpacked: its dead letter says where it lies.

    The same holds for one whose own headers leave no room.
    """
    load = make_load(50)
    value = named("huge") + b'"claim":"' + b"z" * (8 << 20) + b'"}'
    huge = Sent(50, "huge", -1, "poison", b"huge", value)
    burdened = replace(
        huge,
        submission_id="burdened",
        key=b"burdened",
        value=b"{",
        headers=(("trace", b"h" * (4 << 20)), ("small", b"kept")),
    )
    claim = claim_bytes("moved", 1, 200, "clean")
    moved = replace(burdened, submission_id="moved", key=b"moved", value=claim)
    async with Deployment(kafka.bootstrap_servers, tmp_path, "huge", partitions=1) as deployment:
        worker = deployment.worker()
        spoilt = [huge, burdened, moved]
        await deployment.publish([*load[:25], *spoilt, *load[25:]], compression="gzip")
        await deployment.until_answered(timeout_s=30)
        assert worker.exits == []
        letters = {one.key: one for one in await deployment.records("claims-dead-letter")}
        assert letters.keys() == {b"huge", b"burdened", b"moved"}
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        for letter in letters.values():
            headers = dict(letter.headers)
            assert b"left at its source" in headers["error"]
            assert headers["source_offset"] in {b"25", b"26", b"27"}
        assert dict(letters[b"huge"].headers)["error_type"] == b"claim-event-unreadable"
        assert dict(letters[b"moved"].headers)["error_type"] == b"record-too-large"
