"""Records that no outcome can answer: their bytes and key untouched, the reason in headers."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from aiokafka import ConsumerRecord

from scrubber import __version__

TOPIC: Final = "claims-dead-letter"
ATTEMPTS: Final = "attempts"
_OURS: Final = frozenset(
    {
        "error", "error_type", "source_topic", "source_partition", "source_offset",
        ATTEMPTS, "failed_at", "source_timestamp", "app_version", "edits_version", "event_id",
    }
)  # fmt: skip


def event_id(record: ConsumerRecord, kind: str) -> bytes:
    """Return what names an answer for readers: the same for the same record, however often."""
    place = f"{record.topic}\0{record.partition}\0{record.offset}\0{kind}"
    return blake2b(place.encode(), digest_size=16).hexdigest().encode()


def attempts_of(record: ConsumerRecord) -> int:
    """Return how often a record was tried before; a replayed dead letter says it in a header."""
    stated = next((value for name, value in record.headers if name == ATTEMPTS), b"0")
    return int(stated) if stated.isdigit() else 0


def headers(
    record: ConsumerRecord,
    topic: str,
    error_type: str,
    error: str,
    edits_version: str,
    *,
    own: bool = True,
) -> list[tuple[str, bytes]]:
    """
    Return the headers of a dead letter: ours, and with `own` those that the record came with.

    `topic` is the input's name in `topics/`; `error` is our own words, without any of the record's.
    """
    ours = {
        "error": error,
        "error_type": error_type,
        "source_topic": topic,
        "source_partition": str(record.partition),
        "source_offset": str(record.offset),
        "source_timestamp": str(record.timestamp),
        ATTEMPTS: str(attempts_of(record) + 1),
        "failed_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "app_version": __version__,
        "edits_version": edits_version,
    }
    return [
        *((name, text.encode()) for name, text in ours.items()),
        ("event_id", event_id(record, "dead-letter")),
        *(original_headers(record) if own else ()),
    ]


def original_headers(record: ConsumerRecord) -> list[tuple[str, bytes]]:
    """Return the headers that are not ours: those that a record first came with."""
    return [(name, value) for name, value in record.headers if name not in _OURS]
