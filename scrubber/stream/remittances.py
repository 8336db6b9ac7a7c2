"""A remittance: the payer's result in its claim's history, or a dead letter."""

from collections.abc import Sequence

from aiokafka import ConsumerRecord

from scrubber.claim import history as patient_history
from scrubber.contracts.remittance import RemittanceEvent
from scrubber.stream import submissions
from scrubber.stream.claims import PATIENT_KEY
from scrubber.stream.handling import Handler, digest
from scrubber.stream.histories import history_of, written_history
from scrubber.stream.transaction import Transaction
from scrubber.telemetry import metrics
from scrubber.telemetry.series import adder


class Remittances(Handler):
    """Takes `remittances` in."""

    async def handle(self, records: Sequence[ConsumerRecord], topic: str, tx: Transaction) -> None:
        """Join the payer's results to the claims in their patients' histories."""
        for record in records:
            self._join(record, topic, tx)

    def _join(self, record: ConsumerRecord, topic: str, tx: Transaction) -> None:
        event = self._event(RemittanceEvent, record, topic, tx)
        if event is None:
            return
        if record.key is None or not PATIENT_KEY.fullmatch(record.key):
            reason = "the record's key is no patient key, so its claim cannot be found"
            self._dead_letter(record, topic, tx, "remittance-without-patient-key", reason)
            return
        known = b"r:" + digest(event.remittance_id.encode())
        if tx.get(known) is not None:
            tx.count(adder(metrics.REMITTANCES, "repeated"))
            return
        tx.set(known, b"", days=submissions.DAYS)
        history, since = history_of(tx, record.key.decode())
        history, matched = patient_history.paid(history, event)
        tx.set(record.key, written_history(history, since), days=self._settings.history_days)
        tx.count(adder(metrics.REMITTANCES, "matched" if matched else "waiting"))
        if not event.balanced:
            tx.count(adder(metrics.REMITTANCES, "unbalanced"))
