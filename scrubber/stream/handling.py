"""
What the handlers of all inputs have in common: judging, answering, setting aside.

Nothing here raises for bad data, waits for a clock, or sends anything but through the transaction.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final, TypeVar

from aiokafka import ConsumerRecord
from pydantic import BaseModel, ValidationError

from scrubber.claim import history as patient_history
from scrubber.claim.prior import Prior
from scrubber.contracts.claim import SCHEMA_VERSION
from scrubber.contracts.decode import Decoded
from scrubber.edits.results import Pattern
from scrubber.pipeline.outcome import Outcome, remembered
from scrubber.pipeline.review import FollowUp
from scrubber.pipeline.scrub import Begun, Scrubber
from scrubber.pipeline.settings import StreamSettings
from scrubber.stream import dead_letters, submissions
from scrubber.stream.histories import beginning, history_of, identified, written_history
from scrubber.stream.submissions import Submission
from scrubber.stream.traces import PutOutcome, put_outcome
from scrubber.stream.transaction import RecordTooLargeError, Transaction
from scrubber.telemetry import metrics
from scrubber.telemetry.log import log
from scrubber.telemetry.series import Add, adder, adder_to_each

OUTPUTS: Final = {
    "clean": "claims-clean",
    "rejected": "claims-rejected",
    "review": "claims-review",
}
_DIGEST_BYTES: Final = 16
_KEY_BYTES: Final = 1024

_CLAIMS: Final = {one: adder(metrics.CLAIMS, one) for one in OUTPUTS}
_CHARGES: Final = {one: adder(metrics.CHARGES, one) for one in OUTPUTS}


Event = TypeVar("Event", bound=BaseModel)
Fault = tuple[str, str]
"""The error type of a dead letter, and the reason in our own words."""


class Handler(ABC):
    """Answers the records of an input; one for the process, without state of its own."""

    def __init__(
        self, scrubber: Scrubber, settings: StreamSettings, put: PutOutcome = put_outcome
    ) -> None:
        """Keep the parts; `put` puts outcomes."""
        self._scrubber = scrubber
        self._settings = settings
        self._put = put

    @abstractmethod
    async def handle(self, records: Sequence[ConsumerRecord], topic: str, tx: Transaction) -> None:
        """Answer records of the input `topic`, in their order."""

    def park(self, record: ConsumerRecord, topic: str, tx: Transaction) -> None:
        """Set a record aside that ended the process each time it was tried."""
        reason = "the worker ended each time it handled this record"
        self._dead_letter(record, topic, tx, "record-ends-worker", reason)

    def _begin(self, claims: Iterable[Decoded]) -> list[Begun]:
        """Begin to scrub claims, those with a history of which a patient is named."""
        return self._scrubber.begin([(one, identified(one.event)) for one in claims])

    def _judge(
        self, tx: Transaction, begun: Begun, key: str, *, revision: int = 0,
        decision_id: str | None = None,
    ) -> tuple[Outcome, bytes | None]:  # fmt: skip
        """Scrub a claim with its patient's history; return what the history is to be as well."""
        event = begun.decoded.event
        if not identified(event):
            return self._scrubber.finish(begun, revision=revision, decision_id=decision_id), None
        history, since = history_of(tx, key)
        oldest = event.submitted_at.astimezone(UTC).date() - timedelta(
            days=self._settings.history_days
        )
        history = patient_history.forget(history, oldest)
        prior = Prior(history, max(oldest, since, beginning(tx)), without=event.submission_id)
        outcome = self._scrubber.finish(begun, prior, revision=revision, decision_id=decision_id)
        return outcome, written_history(remembered(history, outcome), since)

    def _answer(
        self,
        record: ConsumerRecord,
        tx: Transaction,
        outcome: Outcome | FollowUp,
        submission: Submission,
        history: bytes | None = None,
    ) -> Fault | None:
        """Put an outcome and keep what is to be known of it; return why when it fits no topic."""
        disposition = outcome.disposition
        try:
            key = submission.patient_key.encode()
            place = self._put(record, outcome, OUTPUTS[disposition], key, tx)
        except RecordTooLargeError as error:
            reason = f"its outcome of {error.size} bytes is over the limit of {error.limit}"
            return "outcome-too-large", reason
        if history is not None:
            tx.set(key, history, days=self._settings.history_days)
        tx.set(
            submissions.key_of(outcome.submission_id),
            submissions.encode(submission),
            days=submissions.DAYS,
            place=place if disposition == "review" else None,
        )
        tx.count(_CLAIMS[disposition])
        if isinstance(outcome, FollowUp):
            return None
        tx.count(_CHARGES[disposition], max(0.0, float(outcome.charge)))
        found = tuple([(one["edit"], one["severity"]) for one in outcome.body["findings"]])
        tx.count(adder_to_each(metrics.FINDINGS, found))
        tx.count(_adder_of(outcome.lacks))
        return None

    def _event(
        self, model: type[Event], record: ConsumerRecord, topic: str, tx: Transaction
    ) -> Event | None:
        """Return the event in a record, or `None` once it is a dead letter."""
        kind = model.__name__.removesuffix("Event").lower()
        reason = ""
        if record.value is None:
            reason = "no value"
        else:
            try:
                return model.model_validate_json(record.value)
            except ValidationError as error:
                # Places and kinds only: a message may quote the value that it refuses.
                faults = error.errors(include_url=False, include_input=False, include_context=False)
                places = {".".join(map(str, fault["loc"])) or "the event" for fault in faults}
                reason = (
                    f"unknown schema_version; this release reads {SCHEMA_VERSION}"
                    if "schema_version" in places
                    else f"does not fit the schema at {', '.join(sorted(places))}"
                )
        self._dead_letter(record, topic, tx, f"{kind}-event-unreadable", reason)
        return None

    def _dead_letter(
        self, record: ConsumerRecord, topic: str, tx: Transaction, error_type: str, error: str
    ) -> None:
        edits = self._scrubber.edits_version
        headers = dead_letters.headers(record, topic, error_type, error, edits)
        try:
            tx.put(dead_letters.TOPIC, record.key, record.value, headers=headers)
        except RecordTooLargeError as large:
            # Compressed it fitted its topic. To end the process would be to try it for ever.
            error = f"{error}; left at its source, since its {large.size} bytes are over the limit"
            headers = dead_letters.headers(record, topic, error_type, error, edits, own=False)
            key = record.key if len(record.key or b"") <= _KEY_BYTES else None
            tx.put(dead_letters.TOPIC, key, None, headers=headers)
        tx.count(adder(metrics.DEAD_LETTERS, topic, error_type))
        log(
            "claim.dead_lettered",
            level="warning",
            topic=topic,
            partition=record.partition,
            offset=record.offset,
            error_type=error_type,
        )


def digest(text: bytes) -> bytes:
    """Return sixteen bytes that stand for `text`."""
    return blake2b(text, digest_size=_DIGEST_BYTES).digest()


# Claims lack the same, but for the day.
@lru_cache(maxsize=4096)
def _adder_of(lacks: Pattern) -> Add:
    return adder_to_each(metrics.NO_DATA, tuple([(edit_id,) for edit_id in lacks.by_edit]))
