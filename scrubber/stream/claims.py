"""A submitted claim: an outcome, a claim under its right key, or a dead letter."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from aiokafka import ConsumerRecord
from msgspec import structs

from scrubber.contracts.decode import Decoded, SchemaInvalid, Undecodable, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.pipeline.scrub import Begun, Scrubber
from scrubber.pipeline.settings import StreamSettings
from scrubber.stream import submissions
from scrubber.stream.handling import Fault, Handler, digest
from scrubber.stream.partitioner import partition_of
from scrubber.stream.submissions import Submission
from scrubber.stream.traces import PutOutcome, put_outcome
from scrubber.stream.transaction import RecordTooLargeError, Transaction
from scrubber.telemetry import metrics
from scrubber.telemetry.series import adder

PATIENT_KEY: Final = re.compile(rb"[0-9a-f]{32}")


class _Submitted(NamedTuple):
    """A claim, the key of its patient, and what of its place is not that of the key."""

    decoded: Decoded
    key: str
    misplaced: str


class Claims(Handler):
    """Answers `claims-submitted` and `claims-rekeyed`."""

    def __init__(
        self,
        scrubber: Scrubber,
        settings: StreamSettings,
        partitions: int,
        put: PutOutcome = put_outcome,
    ) -> None:
        """Keep the parts; `partitions` is the count that all topics have."""
        super().__init__(scrubber, settings, put)
        self._partitions = partitions

    async def handle(self, records: Sequence[ConsumerRecord], topic: str, tx: Transaction) -> None:
        """Scrub submissions, or move them to where their patients' histories are."""
        read = [self._read(record) for record in records]
        here = [one for one in read if isinstance(one, _Submitted) and not one.misplaced]
        begun = iter(self._begin([one.decoded for one in here]))
        for record, one in zip(records, read, strict=True):
            if isinstance(one, SchemaInvalid):
                self._refuse(record, topic, tx, one)
            elif not isinstance(one, _Submitted):
                self._dead_letter(record, topic, tx, *one)
            elif one.misplaced:
                self._move(record, topic, one, tx)
            else:
                self._scrub(record, topic, tx, next(begun), one.key)

    def _read(self, record: ConsumerRecord) -> _Submitted | SchemaInvalid | Fault:
        if record.value is None:
            return "claim-event-unreadable", "no value"
        try:
            decoded = decode_claim_event(record.value)
        except Undecodable as error:
            return error.error_type, f"{error.reason} (byte offset {error.offset})"
        except SchemaInvalid as invalid:
            return invalid
        key = patient_key(decoded.event, self._settings.key_secret)
        return _Submitted(decoded, key, self._misplaced(record, key))

    def _misplaced(self, record: ConsumerRecord, key: str) -> str:
        if record.key != key.encode():
            return "key"
        return "" if self._partition_of(key) == record.partition else "partition"

    def _partition_of(self, key: str) -> int:
        return partition_of(key.encode(), self._partitions)

    def _move(
        self, record: ConsumerRecord, topic: str, submitted: _Submitted, tx: Transaction
    ) -> None:
        try:
            tx.put(
                "claims-rekeyed",
                submitted.key.encode(),
                record.value,
                headers=record.headers,
                partition=self._partition_of(submitted.key),
            )
        except RecordTooLargeError as error:  # by its headers: the claim itself was read
            fault = f"to be moved, its {error.size} bytes are over the limit of {error.limit}"
            self._dead_letter(record, topic, tx, "record-too-large", fault)
            return
        tx.count(adder(metrics.REKEYED, submitted.misplaced))

    def _scrub(
        self, record: ConsumerRecord, topic: str, tx: Transaction, begun: Begun, key: str
    ) -> None:
        event = begun.decoded.event
        content = digest(begun.decoded.claim)
        if self._repeated(record, topic, tx, event.submission_id, content):
            return
        outcome, history = self._judge(tx, begun, key)
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
        content = digest(invalid.claim)
        if not self._repeated(record, topic, tx, invalid.submission_id, content):
            outcome = self._scrubber.refuse(invalid)
            key = self._stand_in(record.key)
            submission = Submission(content, key, outcome.disposition, outcome.outcome_id)
            if fault := self._answer(record, tx, outcome, submission):
                self._dead_letter(record, topic, tx, *fault)

    def _stand_in(self, key: bytes | None) -> str:
        """Return a record's own key if it is a patient key, else what says nothing of it."""
        if key is not None and PATIENT_KEY.fullmatch(key):
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
