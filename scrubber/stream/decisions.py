"""A reviewer's decision: the submission's next outcome, a note, or a dead letter."""

from collections.abc import Sequence
from functools import cache

import msgspec
import orjson
from aiokafka import ConsumerRecord
from msgspec import structs

from scrubber.claim import history as patient_history
from scrubber.contracts.claim import SCHEMA_VERSION
from scrubber.contracts.decision import DecisionEvent
from scrubber.contracts.decode import Decoded, SchemaInvalid, Undecodable, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.pipeline.outcome import Outcome
from scrubber.pipeline.review import DecisionMismatchError, FollowUp, released, returned
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import StreamSettings
from scrubber.stream import submissions
from scrubber.stream.handling import Fault, Handler, digest
from scrubber.stream.histories import history_of, written_history
from scrubber.stream.reviewed import ReviewedClaims
from scrubber.stream.submissions import Submission
from scrubber.stream.traces import PutOutcome, put_outcome
from scrubber.stream.transaction import Transaction
from scrubber.telemetry import metrics
from scrubber.telemetry.series import adder


class _CorrectedClaim(msgspec.Struct, gc=False):
    claim: msgspec.Raw = msgspec.Raw(b"null")


_CLAIM = msgspec.json.Decoder(_CorrectedClaim)


class Decisions(Handler):
    """Answers `review-decisions`."""

    def __init__(
        self,
        scrubber: Scrubber,
        settings: StreamSettings,
        reviewed: ReviewedClaims,
        put: PutOutcome = put_outcome,
    ) -> None:
        """Keep the parts; `reviewed` reads back the claims that decisions are on."""
        super().__init__(scrubber, settings, put)
        self._reviewed = reviewed

    async def handle(self, records: Sequence[ConsumerRecord], topic: str, tx: Transaction) -> None:
        """Turn reviewers' decisions into their submissions' next outcomes."""
        for record in records:
            await self._take(record, topic, tx)

    async def _take(self, record: ConsumerRecord, topic: str, tx: Transaction) -> None:
        event = self._event(DecisionEvent, record, topic, tx)
        if event is None:
            return
        count = cache(lambda result: tx.count(adder(metrics.DECISIONS, event.kind, result)))
        known = tx.get(submissions.key_of(event.submission_id))
        if known is None:
            count("refused")
            reason = "no submission of this id is known in this partition"
            self._dead_letter(record, topic, tx, "decision-unmatched", reason)
            return
        submission, offset = submissions.decode(known)
        if digest(event.decision_id.encode()) in submission.decisions:
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
            (begun,) = self._begin([corrected])
            outcome, history = self._judge(
                tx, begun, submission.patient_key,
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
            past, since = history_of(tx, submission.patient_key)
            past = patient_history.decided(
                past,
                event.submission_id,
                outcome_id=outcome.outcome_id,
                revision=revision,
                accepted=outcome.disposition == "clean",
            )
            history = written_history(past, since)
        submission = structs.replace(
            submission,
            disposition=outcome.disposition,
            outcome_id=outcome.outcome_id,
            revision=revision,
            decisions=(*submission.decisions, digest(event.decision_id.encode())),
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
