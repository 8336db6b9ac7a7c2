"""Editions for the tests of the code tables, through the same buffers as imported files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from scrubber.reference.importers.reading import Reading
from scrubber.reference.snapshot import Edition, SnapshotInfo

FIXTURES = Path(__file__).parent / "fixtures"

RowT = TypeVar("RowT")


def edition(
    reading: Reading[RowT],
    pack: Callable[[list[RowT]], dict[str, bytes]],
    effective: date | None = None,
    expires: date | None = None,
) -> Edition:
    """Return the edition of a reading, under its own dates unless others are given."""
    first, last = effective or reading.effective, expires or reading.expires
    assert first is not None
    assert last is not None
    info = SnapshotInfo(
        kind="icd-10-cm",
        effective=first,
        expires=last,
        rows=len(reading.rows),
        row_dates=reading.row_dates,
    )
    buffers = pack(reading.rows)
    return Edition(info, {name: memoryview(buffer) for name, buffer in buffers.items()})
