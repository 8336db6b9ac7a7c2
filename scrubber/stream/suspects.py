"""
The search for a record that ends the process: it would be tried for ever.

Starts at one position are counted in the changelog, so that the record is found whichever worker
it ends, and wherever that one's disk is. From the third such start on the batches are an eighth of
those before, and only as far as those reached; at last records go one by one, each named in the
changelog before it is tried. Who was tried alone twice, and is named at the next start all the
same, is the one.
"""

from collections.abc import Mapping
from typing import Final

from scrubber.stream.state import StateStore, without_expiry
from scrubber.telemetry import metrics
from scrubber.telemetry.log import log

_CAREFUL: Final = 3  # starts without getting on before the batches become smaller
_SMALLER: Final = 8
_TRIED_ALONE: Final = 2  # one death may be anything's: a machine's, a supervisor's
_NUMBER_BYTES: Final = 8

Notes = dict[bytes, bytes]
"""What the changelog is to hold before anything is tried."""


class Suspects:
    """What one task knows of records, by input, on which earlier processes may have ended."""

    def __init__(self, batch_records: int) -> None:
        """Suspect nothing; `batch_records` is the size of a batch when all is well."""
        self._batch_records = batch_records
        self._careful: dict[str, tuple[int, int]] = {}  # size of batches, and up to which offset
        self._named: dict[str, tuple[int, ...]] = {}  # an offset, and how often it was tried

    def count_start(
        self, store: StateStore, number: int, positions: Mapping[str, int], ends: Mapping[str, int]
    ) -> Notes:
        """Count a start of task `number` on inputs that hold records; return what to note of it."""
        notes: Notes = {}
        for topic, position in positions.items():
            if position >= ends[topic]:
                continue
            stored = store.get(_starts_key(topic))
            before, starts, until = _numbers(stored) if stored else (-1, 0, -1)
            again = position == before or (starts >= _CAREFUL and before <= position < until)
            starts = starts + 1 if again else 1
            if again:
                metrics.STARTS_WITHOUT_PROGRESS.labels(topic).inc()
            size = max(1, self._batch_records // _SMALLER ** max(0, starts - _CAREFUL + 1))
            until = position + min(size * _SMALLER, self._batch_records)
            notes[_starts_key(topic)] = _stored(position, starts, until)
            if starts < _CAREFUL:
                continue
            self._careful[topic] = (size, until)
            named = store.get(_suspect_key(topic))
            self._named[topic] = _numbers(named) if named else (-1, 0)
            log(
                "task.careful",
                level="warning",
                topic=topic,
                partition=number,
                offset=position,
                starts=starts,
                records=size,
            )
        return notes

    def batch_size(self, topic: str, offset: int) -> int:
        """Return how many records from an offset on may go together, 0 for any number."""
        size, until = self._careful.get(topic, (0, 0))
        if offset < until:
            return size
        self._careful.pop(topic, None)
        return 0

    def found(self, topic: str, offset: int) -> bool:
        """Tell whether a record to be tried alone is the one; then the search is over."""
        found = self._named[topic] == (offset, _TRIED_ALONE)
        if found:
            del self._careful[topic]
        return found

    def name(self, topic: str, offset: int) -> Notes:
        """Return what to note before a record is tried alone."""
        named, tried = self._named[topic]
        tried = tried + 1 if named == offset else 1
        return {_suspect_key(topic): _stored(offset, tried)}


def _starts_key(topic: str) -> bytes:
    return b"\0starts:" + topic.encode()


def _suspect_key(topic: str) -> bytes:
    return b"\0suspect:" + topic.encode()


def _stored(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(_NUMBER_BYTES) for number in numbers)


def _numbers(stored: bytes) -> tuple[int, ...]:
    value = without_expiry(stored)
    return tuple(
        int.from_bytes(value[at : at + _NUMBER_BYTES]) for at in range(0, len(value), _NUMBER_BYTES)
    )
