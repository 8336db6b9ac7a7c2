"""
What a release before this one wrote, this one reads: events, outcomes, dead letters and state.

`keep.py` made the files in `kept/` with the code of those releases and says how. What a release
shall judge otherwise than one before it is said in docs/upgrading.md, and here.
"""

from base64 import b64decode
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord

from scrubber.contracts.decode import SchemaInvalid, decode_claim_event
from scrubber.contracts.schemas import EVENTS
from scrubber.stream.claims import PATIENT_KEY
from scrubber.stream.dead_letter_reader import DeadLetter
from scrubber.stream.histories import read_history
from scrubber.stream.state import without_expiry
from scrubber.stream.topics import load_topics
from tests.upgrade.keep import KEPT, Topics, Worker, decided, key_of

Record = dict[str, Any]
KINDS = {name: topic.value for name, topic in load_topics().items()} | {
    "appeals": "schemas/appeal.v1.json"  # no topic: it is the console's own file
}
#: What can be read of these is no event, and is looked at by itself.
BYTES = ("claims-dead-letter", "claims-history")
UNREADABLE = b'{"schema_version":1,'
RELEASES = sorted(KEPT.glob("*.jsonl"))


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest) -> list[Record]:
    """Return the records of a release's topics."""
    path: Path = request.param
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def of(kept: list[Record], topic: str) -> list[tuple[bytes, bytes]]:
    """Return key and value of the records of a topic."""
    return [
        ((one["key"] or "").encode("latin-1"), one["value"].encode())
        for one in kept
        if one["topic"] == topic
    ]


@pytest.fixture
def worker(kept: list[Record]) -> Worker:
    """Return a worker of this release on the topics and the state of that one."""
    topics = Topics()
    topics.records = [one for one in kept if one["topic"] != "claims-history"]
    topics.state = {key: b64decode(value) for key, value in of(kept, "claims-history")}
    return Worker(topics)


def outcomes(records: list[Record]) -> dict[str, list[Record]]:
    """Return the outcomes among records, by submission."""
    found: dict[str, list[Record]] = {}
    for one in records:
        if KINDS[one["topic"]] == "schemas/outcome.v1.json":
            outcome = orjson.loads(one["value"])
            assert one["topic"] == f"claims-{outcome['disposition']}"
            found.setdefault(outcome["submission_id"], []).append(outcome)
    return found


def test_every_topic_of_a_release_is_kept(kept: list[Record]) -> None:
    """But for the claims on their way to another partition, which are claims."""
    assert {one["topic"] for one in kept} == {*KINDS} - {"claims-rekeyed"}


def test_every_event_is_read(kept: list[Record]) -> None:
    """By the models, and claims by the decoder that the worker uses."""
    for one in kept:
        if one["topic"] in BYTES or one["value"].encode() == UNREADABLE:
            continue
        kind = KINDS[one["topic"]].removeprefix("schemas/").partition(".")[0]
        if kind != "claim":
            EVENTS[kind].validate_json(one["value"])
            continue
        try:
            decode_claim_event(one["value"].encode())
        except SchemaInvalid as invalid:
            assert invalid.submission_id == "kept-unfit"  # noqa: PT017 (most raise nothing)


def test_every_claim_is_answered_as_it_was(kept: list[Record]) -> None:
    """By this release with no state at all: the same claim, the same disposition."""
    topics = Topics()
    worker = Worker(topics)
    for key, value in of(kept, "claims-submitted"):
        worker.take("claims-submitted", key, value)
    now = outcomes(topics.records)
    before = outcomes(kept)
    assert set(now) == set(before)
    for submission_id, (outcome, *_) in before.items():
        (answered,) = now[submission_id]
        assert answered["claim"] == outcome["claim"]
        assert answered["disposition"] == outcome["disposition"], submission_id
    assert len(of(topics.records, "claims-dead-letter")) == 1


def test_what_was_answered_is_not_answered_again(kept: list[Record], worker: Worker) -> None:
    """Claims, decisions and remittances, by the memory that the state holds of them."""
    again = {
        topic: [worker.take(topic, key, value) for key, value in of(kept, topic)]
        for topic in ("claims-submitted", "review-decisions", "remittances")
    }
    *claims, (unreadable,) = again.pop("claims-submitted")
    assert len(claims) == 15
    assert not any(claims)
    assert unreadable["topic"] == "claims-dead-letter"
    assert again == {"review-decisions": [[], []], "remittances": [[], []]}


def test_a_claim_is_held_against_the_history_that_a_release_left(
    kept: list[Record], worker: Worker
) -> None:
    """Paid, released and clean claims are known as such; one that was returned does not count."""
    expected = {
        "demo-01-office-visit": True,
        "demo-02-wellness-visit-coded-by-ai": True,
        "demo-11-ai-is-unsure": True,
        "demo-12-record-incomplete": False,
    }
    events = {
        event["submission_id"]: event
        for event in (orjson.loads(value) for _, value in of(kept, "claims-submitted")[:13])
    }
    for submission_id, duplicate in expected.items():
        event = events[submission_id] | {"submission_id": f"again-{submission_id}"}
        event["claim"]["patient_control_number"] = "PCN-AGAIN"
        value = orjson.dumps(event)
        (answer,) = worker.take("claims-submitted", key_of(value), value)
        found = {one["edit"] for one in orjson.loads(answer["value"])["findings"]}
        assert ("exact-duplicate-claim" in found) == duplicate, submission_id


def test_a_remittance_waits_on_for_its_claim(kept: list[Record], worker: Worker) -> None:
    """The payment that a release took in before its claim came."""
    event = orjson.loads(of(kept, "claims-submitted")[0][1]) | {"submission_id": "not-known"}
    for line in event["claim"]["lines"]:
        line["service_from"] = line["service_to"] = "2026-06-03"
    value = orjson.dumps(event)
    key = key_of(value)
    worker.take("claims-submitted", key, value)
    history, _ = read_history(without_expiry(worker.topics.state[key]))
    payments = {one.submission_id: one.payment is not None for one in history.claims}
    assert payments == {"demo-01-office-visit": True, "not-known": True}
    assert history.waiting == ()


@pytest.mark.parametrize(("kind", "disposition"), [("release", "clean"), ("return", "rejected")])
def test_a_claim_in_review_is_decided(
    kept: list[Record], worker: Worker, kind: str, disposition: str
) -> None:
    """On the outcome that a release put on `claims-review`, by a decision of its form."""
    example = orjson.loads(of(kept, "review-decisions")[0][1])
    (waiting,) = outcomes(kept)["demo-13-many-units-of-a-drug"]
    key = next(k for k, v in of(kept, "claims-review") if waiting == orjson.loads(v))
    value = orjson.dumps(decided(example, waiting, kind))
    (answer,) = worker.take("review-decisions", key, value)
    outcome = orjson.loads(answer["value"])
    assert answer["topic"] == f"claims-{disposition}"
    assert (outcome["revision"], outcome["claim"]) == (1, waiting["claim"])
    assert outcome["versions"] == waiting["versions"]


def test_every_history_is_read(kept: list[Record]) -> None:
    """All that was clean, in review or rejected, under its patient's key."""
    known: list[str] = []
    for key, value in of(kept, "claims-history"):
        if PATIENT_KEY.fullmatch(key):
            history, _ = read_history(without_expiry(b64decode(value)))
            known += [one.submission_id for one in (*history.claims, *history.rejected)]
            assert all(line.procedure or line.first for one in history.claims for line in one.lines)
    assert sorted(known) == sorted(set(outcomes(kept)) - {"kept-unfit"})


def test_a_dead_letter_says_where_it_came_from(kept: list[Record]) -> None:
    """So that `scrubber dead-letters replay` puts it back."""
    (one,) = [one for one in kept if one["topic"] == "claims-dead-letter"]
    headers = tuple((name, value.encode()) for name, value in one["headers"])
    value = one["value"].encode()
    letter = DeadLetter(ConsumerRecord("t", 0, 0, 0, 0, b"", value, None, 1, 1, headers))
    assert letter.attempts == 1
    place = [letter.header(f"source_{name}") for name in ("topic", "partition", "offset")]
    assert place == ["claims-submitted", "0", "15"]
    assert letter.header("error_type") == "claim-event-unreadable"
