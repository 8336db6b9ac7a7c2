"""A patient's history in the state: who has one, its bytes, and from which day on it tells all."""

from datetime import date
from typing import Final

from scrubber.claim import history as patient_history
from scrubber.claim.history import PatientHistory
from scrubber.contracts.claim import ClaimEvent
from scrubber.stream.transaction import Transaction

MOST_BYTES: Final = 256 << 10  # some 700 claims of four lines; a thousand times the usual
_DAY_BYTES: Final = 4
_BEGAN: Final = b"\0began"


def identified(event: ClaimEvent) -> bool:
    """Tell whether a claim names its member; all that do not would share one history."""
    payers = event.claim.payers
    subscriber = payers[0].subscriber if payers else None
    return subscriber is not None and subscriber.member_id.strip() != ""


def history_of(tx: Transaction, key: str) -> tuple[PatientHistory, date]:
    """
    Return a patient's history, and the first day that it covers.

    Raises `HistoryFormatError` for one that a later release wrote.
    """
    stored = tx.get(key.encode())
    return read_history(stored) if stored else (patient_history.EMPTY, date.min)


def beginning(tx: Transaction) -> date:
    """Return the day on which the histories of this partition begin."""
    stored = tx.get(_BEGAN)
    if stored is not None:
        return date.fromordinal(int.from_bytes(stored))
    tx.set(_BEGAN, tx.today.toordinal().to_bytes(_DAY_BYTES))
    return tx.today


def read_history(stored: bytes) -> tuple[PatientHistory, date]:
    """Return the history that the state holds of a patient, and the first day that it covers."""
    since = date.fromordinal(int.from_bytes(stored[:_DAY_BYTES]))
    return patient_history.decode(stored[_DAY_BYTES:]), since


def written_history(history: PatientHistory, since: date) -> bytes:
    """Return a history with the first day it covers; of one grown out of measure the later half."""
    encoded = patient_history.encode(history)
    while len(encoded) > MOST_BYTES:
        days = sorted(
            one.received
            for part in (history.claims, history.rejected, history.waiting)
            for one in part
        )
        since = date.fromordinal(days[len(days) // 2] + 1)
        history = patient_history.forget(history, since)
        encoded = patient_history.encode(history)
    return since.toordinal().to_bytes(_DAY_BYTES) + encoded
