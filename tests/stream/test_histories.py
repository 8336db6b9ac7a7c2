"""A patient's history in the state: bounded, and no patient's where a claim does not say whose."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from aiokafka import ConsumerRecord

from scrubber.claim.history import PatientHistory, RejectedClaim, encode
from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream.claims import Claims
from scrubber.stream.histories import MOST_BYTES, read_history, written_history
from tests.faults.load import SECRET, claim_bytes

DAY = date(2026, 7, 1)
SETTINGS = read_stream_settings(
    {
        "SCRUBBER_BOOTSTRAP_SERVERS": "broker:9092",
        "SCRUBBER_KEY_SECRET": SECRET.decode(),
    }
)


def rejections(count: int, size: int) -> PatientHistory:
    """Return a history of one rejected claim a day, of some `size` bytes each."""
    return PatientHistory(
        (),
        tuple(
            RejectedClaim(
                f"s-{number}", "o", 0, DAY.toordinal() + number, b"c", b"e", ("x" * size,)
            )
            for number in range(count)
        ),
        (),
    )


def test_a_history_grown_out_of_measure_keeps_its_later_half() -> None:
    """The days of what is gone are no longer covered: to such edits there is no data."""
    stored = written_history(rejections(301, 1_000), date.min)
    assert len(stored) <= MOST_BYTES
    history, since = read_history(stored)
    assert since == DAY + timedelta(days=151)
    assert [one.submission_id for one in history.rejected] == [f"s-{n}" for n in range(151, 301)]


def test_a_history_up_to_its_measure_is_kept_whole() -> None:
    """To the byte."""
    few = rejections(100, 1_000)
    spare = MOST_BYTES - len(encode(few))
    widened = rejections(100, 1_000 + spare // 100)
    last = MOST_BYTES - len(encode(widened))
    assert 0 <= last < 100
    for more, kept in ((last, 100), (last + 1, 49)):
        *others, one = widened.rejected
        fuller = (*others, RejectedClaim(*(*one_but_failing(one), (one.failing[0] + "x" * more,))))
        history, since = read_history(written_history(PatientHistory((), fuller, ()), date.min))
        assert len(history.rejected) == kept
        assert (since == date.min) == (kept == 100)


def one_but_failing(one: RejectedClaim) -> Sequence[Any]:
    """Return the members of an entry but the last."""
    return [getattr(one, name) for name in one.__struct_fields__[:-1]]


class FakeTransaction:
    """What a handler may do, kept where a test can look."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.state: dict[bytes, bytes] = {}
        self.outputs: list[tuple[str, dict[str, Any]]] = []
        self.today = datetime.now(UTC).date()

    def get(self, key: bytes) -> bytes | None:
        """Return a value."""
        return self.state.get(key)

    def set(self, key: bytes, value: bytes, **_: object) -> None:
        """Keep a value."""
        self.state[key] = value

    def put(self, topic: str, _: bytes, value: bytes, **__: object) -> None:
        """Keep an output."""
        self.outputs.append((topic, orjson.loads(value)))

    def count(self, _: Callable[[float], None], amount: float = 1) -> None:
        """Count nothing."""


def scrubbed(member_ids: Sequence[str]) -> FakeTransaction:
    """Return what comes of one and the same claim, sent once for each of the member ids."""
    handler = Claims(build_scrubber(SETTINGS.scrub), SETTINGS, partitions=1)
    tx: Any = FakeTransaction()
    records = []
    for number, member_id in enumerate(member_ids):
        event = orjson.loads(claim_bytes(f"c-{number}", 1, 0, "clean"))
        event["claim"]["payers"][0]["subscriber"]["member_id"] = member_id
        value = orjson.dumps(event)
        key = patient_key(decode_claim_event(value).event, SECRET).encode()
        records.append(ConsumerRecord("t", 0, number, 0, 0, key, value, None, 1, 1, ()))
    asyncio.run(handler.handle(records, "claims-submitted", tx))
    found: FakeTransaction = tx
    return found


def duplicates(tx: FakeTransaction) -> list[bool]:
    """Tell of each outcome whether it takes the claim for one that was there before."""
    edits = [[one["edit"] for one in outcome["findings"]] for _, outcome in tx.outputs]
    return ["exact-duplicate-claim" in one for one in edits]


def test_a_claim_without_member_id_has_no_history() -> None:
    """Two such claims may be two people's, though all that makes the key is the same."""
    named = scrubbed(["M1", "M1"])
    assert duplicates(named) == [False, True]
    assert sum(len(key) == 32 for key in named.state) == 1
    for blank in ("", "  "):
        nameless = scrubbed([blank, blank])
        assert duplicates(nameless) == [False, False]
        assert [key for key in nameless.state if not key.startswith(b"s:")] == []
