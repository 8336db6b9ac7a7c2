"""
What each record becomes: an outcome, a claim under its right key, or a dead letter.

Nothing here raises for bad data, waits for a clock, or sends anything but through the transaction.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, timedelta
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Final, TypeVar

import msgspec
import orjson
from aiokafka import ConsumerRecord
from msgspec import structs
from prometheus_client import Counter
from pydantic import BaseModel, ValidationError

from scrubber.claim import history as patient_history
from scrubber.claim.history import PatientHistory
from scrubber.claim.prior import Prior
from scrubber.contracts.claim import SCHEMA_VERSION, ClaimEvent
from scrubber.contracts.decision import DecisionEvent
from scrubber.contracts.decode import Decoded, SchemaInvalid, Undecodable, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.contracts.remittance import RemittanceEvent
from scrubber.pipeline.outcome import Outcome, remembered
from scrubber.pipeline.review import DecisionMismatchError, FollowUp, released, returned
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import StreamSettings
from scrubber.stream import dead_letters, submissions
from scrubber.stream.partitioner import partition_of
from scrubber.stream.reviewed import ReviewedClaims
from scrubber.stream.submissions import Submission
from scrubber.stream.transaction import RecordTooLargeError, Transaction
from scrubber.telemetry import metrics
from scrubber.telemetry.log import log

OUTPUTS: Final = {
    "clean": "claims-clean",
    "rejected": "claims-rejected",
    "review": "claims-review",
}
_DIGEST_BYTES: Final = 16
_DAY_BYTES: Final = 4
_HISTORY_BYTES: Final = 256 << 10  # some 700 claims of four lines; a thousand times the usual
_KEY_BYTES: Final = 1024
_PATIENT_KEY: Final = re.compile(rb"[0-9a-f]{32}")
_BEGAN: Final = b"\0began"

Event = TypeVar("Event", bound=BaseModel)
Fault = tuple[str, str]
"""The error type of a dead letter, and the reason in our own words."""


class Handler:
    """Answers records of every input; one for the process, without state of its own."""

    def __init__(
        self,
        scrubber: Scrubber,
        settings: StreamSettings,
        reviewed: ReviewedClaims,
        partitions: int,
    ) -> None:
        """Keep the parts; `partitions` is the count that all topics have."""
        self._scrubber = scrubber
        self._settings = settings
        self._reviewed = reviewed
        self._partitions = partitions

    def claim(self, record: ConsumerRecord, topic: str, tx: Transaction) -> None:
        """Scrub a submission, or move it to where its patient's history is."""
        if record.value is None:
            self._dead_letter(record, topic, tx, "claim-event-unreadable", "no value")
            return
        try:
            decoded = decode_claim_event(record.value)
        except Undecodable as error:
            reason = f"{error.reason} (byte offset {error.offset})"
            self._dead_letter(record, topic, tx, error.error_type, reason)
        except SchemaInvalid as invalid:
            self._refuse(record, topic, tx, invalid)
        else:
            key = patient_key(decoded.event, self._settings.key_secret)
            if reason := self._misplaced(record, key):
                self._move(record, topic, key, reason, tx)
            else:
                self._scrub(record, topic, tx, decoded, key)

    def _misplaced(self, record: ConsumerRecord, key: str) -> str:
        if record.key != key.encode():
            return "key"
        return "" if self._partition_of(key) == record.partition else "partition"

    def _partition_of(self, key: str) -> int:
        return partition_of(key.encode(), self._partitions)

    def _move(
        self, record: ConsumerRecord, topic: str, key: str, reason: str, tx: Transaction
    ) -> None:
        try:
            tx.put(
                "claims-rekeyed",
                key.encode(),
                record.value,
                headers=record.headers,
                partition=self._partition_of(key),
            )
        except RecordTooLargeError as error:  # by its headers: the claim itself was read
            fault = f"to be moved, its {error.size} bytes are over the limit of {error.limit}"
            self._dead_letter(record, topic, tx, "record-too-large", fault)
            return
        tx.count(_inc(metrics.REKEYED, reason))

    def _scrub(
        self, record: ConsumerRecord, topic: str, tx: Transaction, decoded: Decoded, key: str
    ) -> None:
        event = decoded.event
        content = _digest(decoded.claim)
        if self._repeated(record, topic, tx, event.submission_id, content):
            return
        outcome, history = self._judge(tx, decoded, key)
        submission = Submission(content, key, outcome.disposition, outcome.outcome_id)
        if outcome.disposition == "review":
            submission = structs.replace(
                submission,
                submitted_at=event.submitted_at.isoformat(),
                submitter_id=event.submitter_id,
                test=event.test,
            )
        if fault := self._answer(record, tx, outcome, submission, history):
            self._dead_letter(record, topic, tx, *fault)

    def _refuse(
        self, record: ConsumerRecord, topic: str, tx: Transaction, invalid: SchemaInvalid
    ) -> None:
        """Answer a claim that does not fit the schema, whose patient nobody can tell."""
        content = _digest(invalid.claim)
        if not self._repeated(record, topic, tx, invalid.submission_id, content):
            outcome = self._scrubber.refuse(invalid)
            key = self._stand_in(record.key)
            submission = Submission(content, key, outcome.disposition, outcome.outcome_id)
            if fault := self._answer(record, tx, outcome, submission):
                self._dead_letter(record, topic, tx, *fault)

    def _stand_in(self, key: bytes | None) -> str:
        """Return a record's own key if it is a patient key, else what says nothing of it."""
        if key is not None and _PATIENT_KEY.fullmatch(key):
            return key.decode()
        return blake2b(key or b"", key=self._settings.key_secret, digest_size=16).hexdigest()

    def _repeated(
        self,
        record: ConsumerRecord,
        topic: str,
        tx: Transaction,
        submission_id: str,
        content: bytes,
    ) -> bool:
        """Tell whether a submission was answered before, and deal with it if so."""
        known = tx.get(submissions.key_of(submission_id))
        if known is None:
            return False
        if submissions.decode(known)[0].content == content:
            tx.count(metrics.REPEATED.inc)
        else:
            reason = "this submission_id was answered before, with another claim"
            self._dead_letter(record, topic, tx, "submission-id-reused", reason)
        return True

    def _judge(
        self, tx: Transaction, decoded: Decoded, key: str, *, revision: int = 0,
        decision_id: str | None = None,
    ) -> tuple[Outcome, bytes | None]:  # fmt: skip
        """Scrub a claim with its patient's history; return what the history is to be as well."""
        event = decoded.event
        if not _identified(event):
            return self._scrubber.scrub(decoded, revision=revision, decision_id=decision_id), None
        history, since = self._history(tx, key)
        oldest = event.submitted_at.astimezone(UTC).date() - timedelta(
            days=self._settings.history_days
        )
        history = patient_history.forget(history, oldest)
        prior = Prior(history, max(oldest, since, self._began(tx)), without=event.submission_id)
        outcome = self._scrubber.scrub(decoded, prior, revision=revision, decision_id=decision_id)
        return outcome, _stored(remembered(history, outcome), since)

    def _history(self, tx: Transaction, key: str) -> tuple[PatientHistory, date]:
        """Return a patient's history, and the first day that it covers."""
        stored = tx.get(key.encode())
        return read_history(stored) if stored else (patient_history.EMPTY, date.min)

    def _began(self, tx: Transaction) -> date:
        """Return the day on which this partition's history begins."""
        stored = tx.get(_BEGAN)
        if stored is not None:
            return date.fromordinal(int.from_bytes(stored))
        tx.set(_BEGAN, tx.today.toordinal().to_bytes(_DAY_BYTES))
        return tx.today

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
            place = tx.put(
                OUTPUTS[disposition],
                submission.patient_key.encode(),
                outcome.encode(),
                headers=(("event_id", dead_letters.event_id(record, "outcome")),),
            )
        except RecordTooLargeError as error:
            reason = f"its outcome of {error.size} bytes is over the limit of {error.limit}"
            return "outcome-too-large", reason
        if history is not None:
            tx.set(submission.patient_key.encode(), history, days=self._settings.history_days)
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
        missing = tuple([(one["edit"],) for one in outcome.body["no_data"]])
        tx.count(_inc_each(metrics.FINDINGS, found))
        tx.count(_inc_each(metrics.NO_DATA, missing))
        return None

    async def decision(self, record: ConsumerRecord, topic: str, tx: Transaction) -> None:
        """Turn a reviewer's decision into the submission's next outcome."""
        event = self._event(DecisionEvent, record, topic, tx)
        if event is None:
            return
        count = cache(lambda result: tx.count(_inc(metrics.DECISIONS, event.kind, result)))
        known = tx.get(submissions.key_of(event.submission_id))
        if known is None:
            count("refused")
            reason = "no submission of this id is known in this partition"
            self._dead_letter(record, topic, tx, "decision-unmatched", reason)
            return
        submission, offset = submissions.decode(known)
        decision = _digest(event.decision_id.encode())
        if decision in submission.decisions:
            count("repeated")
        elif not event.terminal or event.kind == "audit":
            count("recorded")
        elif fault := await self._decide(record, tx, event, submission, offset):
            count("refused")
            self._dead_letter(record, topic, tx, *fault)
        else:
            count("answered")

    async def _decide(
        self,
        record: ConsumerRecord,
        tx: Transaction,
        event: DecisionEvent,
        submission: Submission,
        offset: int,
    ) -> Fault | None:
        """Answer a terminal decision, or return why it cannot be."""
        on = (event.outcome_id, event.revision)
        if submission.disposition != "review" or on != (submission.outcome_id, submission.revision):
            return "decision-stale", "the decision is on an outcome that is no longer the latest"
        revision = submission.revision + 1
        outcome: Outcome | FollowUp
        if event.kind == "correct":
            corrected = self._corrected(record, event, submission)
            if isinstance(corrected, tuple):
                return corrected
            outcome, history = self._judge(
                tx, corrected, submission.patient_key,
                revision=revision, decision_id=event.decision_id,
            )  # fmt: skip
        else:
            reviewed = await self._reviewed.read(record.partition, offset)
            if reviewed is None:
                return "decision-too-late", "the claim is no longer on claims-review"
            try:
                outcome = (returned if event.kind == "return" else released)(reviewed, event)
            except DecisionMismatchError as error:
                return "decision-refused", str(error)
            past, since = self._history(tx, submission.patient_key)
            past = patient_history.decided(
                past,
                event.submission_id,
                outcome_id=outcome.outcome_id,
                revision=revision,
                accepted=outcome.disposition == "clean",
            )
            history = _stored(past, since)
        decisions = (*submission.decisions, _digest(event.decision_id.encode()))
        submission = structs.replace(
            submission,
            disposition=outcome.disposition,
            outcome_id=outcome.outcome_id,
            revision=revision,
            decisions=decisions,
        )
        return self._answer(record, tx, outcome, submission, history)

    def _corrected(
        self, record: ConsumerRecord, event: DecisionEvent, submission: Submission
    ) -> Decoded | Fault:
        """Return the corrected claim as its submission would have stated it."""
        claim = _CLAIM.decode(record.value).claim
        envelope = {
            "schema_version": SCHEMA_VERSION,
            "submission_id": event.submission_id,
            "submitted_at": submission.submitted_at,
            "submitter_id": submission.submitter_id,
            "test": submission.test,
            "claim": orjson.Fragment(bytes(claim)),
        }
        try:
            decoded = decode_claim_event(orjson.dumps(envelope))
        except Undecodable as error:
            return "decision-claim-invalid", f"the corrected claim: {error.reason}"
        except SchemaInvalid as invalid:
            places = ", ".join(fault.pointer for fault in invalid.faults)
            return "decision-claim-invalid", f"the corrected claim does not fit at {places}"
        if patient_key(decoded.event, self._settings.key_secret) != submission.patient_key:
            return "decision-changes-patient", "a correction may not change patient or payer"
        return decoded

    def remittance(self, record: ConsumerRecord, topic: str, tx: Transaction) -> None:
        """Join the payer's result to the claim in its patient's history."""
        event = self._event(RemittanceEvent, record, topic, tx)
        if event is None:
            return
        if record.key is None or not _PATIENT_KEY.fullmatch(record.key):
            reason = "the record's key is no patient key, so its claim cannot be found"
            self._dead_letter(record, topic, tx, "remittance-without-patient-key", reason)
            return
        known = b"r:" + _digest(event.remittance_id.encode())
        if tx.get(known) is not None:
            tx.count(_inc(metrics.REMITTANCES, "repeated"))
            return
        tx.set(known, b"", days=submissions.DAYS)
        key = record.key.decode()
        history, since = self._history(tx, key)
        history, matched = patient_history.paid(history, event)
        tx.set(record.key, _stored(history, since), days=self._settings.history_days)
        tx.count(_inc(metrics.REMITTANCES, "matched" if matched else "waiting"))
        if not event.balanced:
            tx.count(_inc(metrics.REMITTANCES, "unbalanced"))

    def park(self, record: ConsumerRecord, topic: str, tx: Transaction) -> None:
        """Set a record aside that ended the process each time it was tried."""
        reason = "the worker ended each time it handled this record"
        self._dead_letter(record, topic, tx, "record-ends-worker", reason)

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
            tx.put(
                dead_letters.TOPIC,
                record.key,
                record.value,
                headers=headers,
            )
        except RecordTooLargeError as large:
            # Compressed it fitted its topic. To end the process would be to try it for ever.
            error = f"{error}; left at its source, since its {large.size} bytes are over the limit"
            headers = dead_letters.headers(record, topic, error_type, error, edits, own=False)
            key = record.key if len(record.key or b"") <= _KEY_BYTES else None
            tx.put(dead_letters.TOPIC, key, None, headers=headers)
        tx.count(_inc(metrics.DEAD_LETTERS, topic, error_type))
        log(
            "claim.dead_lettered",
            level="warning",
            topic=topic,
            partition=record.partition,
            offset=record.offset,
            error_type=error_type,
        )


def read_history(stored: bytes) -> tuple[PatientHistory, date]:
    """Return the history that the state holds of a patient, and the first day that it covers."""
    since = date.fromordinal(int.from_bytes(stored[:_DAY_BYTES]))
    return patient_history.decode(stored[_DAY_BYTES:]), since


def _stored(history: PatientHistory, since: date) -> bytes:
    """Return a history with the first day it covers; of one grown out of measure the later half."""
    encoded = patient_history.encode(history)
    while len(encoded) > _HISTORY_BYTES:
        days = sorted(
            one.received
            for part in (history.claims, history.rejected, history.waiting)
            for one in part
        )
        since = date.fromordinal(days[len(days) // 2] + 1)
        history = patient_history.forget(history, since)
        encoded = patient_history.encode(history)
    return since.toordinal().to_bytes(_DAY_BYTES) + encoded


def _identified(event: ClaimEvent) -> bool:
    """Tell whether a claim names its member; all that do not would share one history."""
    payers = event.claim.payers
    subscriber = payers[0].subscriber if payers else None
    return subscriber is not None and subscriber.member_id.strip() != ""


class _CorrectedClaim(msgspec.Struct, gc=False):
    claim: msgspec.Raw = msgspec.Raw(b"null")


_CLAIM = msgspec.json.Decoder(_CorrectedClaim)


@cache
def _inc(metric: Counter, *labels: str) -> Callable[[float], None]:
    """Return what adds to one series; looking it up by its labels takes a lock each time."""
    return metric.labels(*labels).inc


# Claims of a day often lack the same tables: what they count is looked up, and added, at once.
@lru_cache(maxsize=4096)
def _inc_each(metric: Counter, series: tuple[tuple[str, ...], ...]) -> Callable[[float], None]:
    """Return what adds to each of these series."""
    each = [_inc(metric, *labels) for labels in series]

    def add(amount: float) -> None:
        for one in each:
            one(amount)

    return add


_CLAIMS = {one: _inc(metrics.CLAIMS, one) for one in OUTPUTS}
_CHARGES = {one: _inc(metrics.CHARGES, one) for one in OUTPUTS}


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=_DIGEST_BYTES).digest()
