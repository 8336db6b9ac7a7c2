"""
Keep what a release writes: the records of all its topics after a short life, in one file.

It runs with that release's own code, from its checkout:

    git worktree add /tmp/release RELEASE
    PYTHONPATH=/tmp/release python tests/upgrade/keep.py /tmp/release RELEASE

and writes `tests/upgrade/kept/RELEASE.jsonl`, a record a line as it stood on its topic; a value of
`claims-history` is in base64. `tests/upgrade/test_upgrade.py` reads all such files with the present
code. It calls nothing but what the worker's agents call, so that it runs on releases to come.
"""

import asyncio
import sys
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from aiokafka import ConsumerRecord

import scrubber
from scrubber.contracts.decode import SchemaInvalid, Undecodable, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream.claims import Claims
from scrubber.stream.decisions import Decisions
from scrubber.stream.remittances import Remittances
from scrubber.stream.state import NEVER, with_expiry, without_expiry

KEPT = Path(__file__).with_name("kept")
SECRET = b"a secret of the kept releases"
#: The day on which everything here happens.
TODAY = date(2026, 11, 26)
OFFSET_BYTES = 8

Headers = tuple[tuple[str, bytes], ...]


class Topics:
    """What stands on the topics of one partition, and the transaction that writes there."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.today = TODAY
        self.records: list[dict[str, Any]] = []
        self.state: dict[bytes, bytes] = {}

    def append(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> int:
        """Add a record and return its offset."""
        offset = sum(one["topic"] == topic for one in self.records)
        self.records.append(
            {
                "topic": topic,
                "offset": offset,
                "key": None if key is None else key.decode("latin-1"),
                "headers": [[name, text.decode()] for name, text in headers],
                "value": value.decode(),
            }
        )
        return offset

    async def read(self, _: int, offset: int) -> bytes | None:
        """Return the outcome at an offset of `claims-review`, as a decision needs it."""
        for one in self.records:
            if (one["topic"], one["offset"]) == ("claims-review", offset):
                return str(one["value"]).encode()
        return None

    def get(self, key: bytes) -> bytes | None:
        """Return a value of the state."""
        stored = self.state.get(key)
        return None if stored is None else without_expiry(stored)

    def set(
        self, key: bytes, value: bytes, *, days: int | None = None, place: int | None = None
    ) -> None:
        """Keep a value, with the place of its outcome at its end."""
        if place is not None:
            value = value[:-OFFSET_BYTES] + place.to_bytes(OFFSET_BYTES, "big")
        self.state[key] = with_expiry(
            NEVER if days is None else self.today.toordinal() + days, value
        )

    def put(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        *,
        headers: Headers = (),
        partition: int | None = None,  # noqa: ARG002 (there is one)
    ) -> int:
        """Add an output."""
        return self.append(topic, key, value or b"", tuple(headers))

    def count(self, add: Callable[[float], None], amount: float = 1) -> None:
        """Count nothing."""


class Worker:
    """The handlers of a release, on one partition."""

    def __init__(self, topics: Topics, environment: dict[str, str] | None = None) -> None:
        """Put the parts together."""
        settings = read_stream_settings(
            {
                "SCRUBBER_BOOTSTRAP_SERVERS": "broker:9092",
                "SCRUBBER_KEY_SECRET": SECRET.decode(),
                **(environment or {}),
            }
        )
        scrubber = build_scrubber(settings.scrub)
        self.topics = topics
        reviewed: Any = topics
        self._handlers = {
            "claims-submitted": Claims(scrubber, settings, 1),
            "review-decisions": Decisions(scrubber, settings, reviewed),
            "remittances": Remittances(scrubber, settings),
        }

    def take(self, topic: str, key: bytes, value: bytes) -> list[dict[str, Any]]:
        """Take a record in and return what came of it."""
        before = len(self.topics.records)
        offset = self.topics.append(topic, key, value)
        record = ConsumerRecord(topic, 0, offset, 0, 0, key, value, None, 1, 1, ())
        tx: Any = self.topics
        asyncio.run(self._handlers[topic].handle([record], topic, tx))
        return self.topics.records[before + 1 :]


def key_of(value: bytes) -> bytes:
    """Return the key under which a claim event stands."""
    try:
        return patient_key(decode_claim_event(value).event, SECRET).encode()
    except (SchemaInvalid, Undecodable):
        return b"0" * 32


def live(checkout: Path) -> Topics:
    """Return the topics of a release after claims, decisions and payments of every kind."""
    topics = Topics()
    worker = Worker(topics)
    samples = [
        orjson.dumps(orjson.loads(line) | {"test": False})  # a test claim leaves no history
        for line in (checkout / "samples" / "claims.jsonl").read_bytes().splitlines()
    ]
    unfit = orjson.loads(samples[0]) | {"submission_id": "kept-unfit"}
    unfit["claim"]["total_charge"] = {"SAMPLE": "PAT"}
    again = orjson.loads(samples[0]) | {"submission_id": "kept-duplicate"}
    for value in (*samples, orjson.dumps(unfit), orjson.dumps(again), b'{"schema_version":1,'):
        worker.take("claims-submitted", key_of(value), value)

    examples = checkout / "schemas" / "examples"
    decision = orjson.loads((examples / "decision" / "correct.json").read_bytes())
    reviews = [one for one in topics.records if one["topic"] == "claims-review"]
    for kind, review in zip(("release", "return"), reviews, strict=False):
        value = orjson.dumps(decided(decision, orjson.loads(review["value"]), kind))
        worker.take("review-decisions", review["key"].encode("latin-1"), value)
    remittance = orjson.loads((examples / "remittance" / "line-denied.json").read_bytes())
    for submission_id in (orjson.loads(samples[0])["submission_id"], "not-known"):
        value = orjson.dumps(
            remittance | {"submission_id": submission_id, "remittance_id": f"r-{submission_id}"}
        )
        worker.take("remittances", key_of(samples[0]), value)
    for topic, kind in (("oversight-alerts", "alert"), ("appeals", "appeal")):
        for path in sorted((examples / kind).glob("*.json")):
            topics.append(topic, None, orjson.dumps(orjson.loads(path.read_bytes())))
    return topics


def decided(example: dict[str, Any], outcome: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return a decision on an outcome."""
    return example | {
        "decision_id": f"{kind}-{outcome['submission_id']}",
        "submission_id": outcome["submission_id"],
        "outcome_id": outcome["outcome_id"],
        "revision": outcome.get("revision", 0),
        "kind": kind,
        "findings": [
            {"edit": one["edit"], "path": one["path"], "lines": one["lines"],
             "answer": "accepted" if kind == "return" else "overridden",
             "reason": "record_supports_other"}
            for one in outcome["findings"]
        ],
        "changes": [],
        "claim": None,
    }  # fmt: skip


def main() -> None:
    """Write the file of a release."""
    checkout, release = Path(sys.argv[1]).resolve(), sys.argv[2]
    if not Path(scrubber.__file__).is_relative_to(checkout):
        sys.exit(f"this is the code of {scrubber.__file__}: set PYTHONPATH={checkout}")
    topics = live(checkout)
    for key, value in sorted(topics.state.items()):
        topics.append("claims-history", key, b64encode(value))
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{release}.jsonl").write_bytes(
        b"".join(orjson.dumps(one) + b"\n" for one in topics.records)
    )


if __name__ == "__main__":
    main()
