"""CARC: which claim adjustment reason codes are in force as of a day; numbers only."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.reference.dated_codes import DatedCodeSeries, pack_codes


class AdjustmentRow(NamedTuple):
    """A reason code with its first and last day; an absent date leaves its side open."""

    code: str
    effective: date | None = None
    expires: date | None = None


class AdjustmentSeries(DatedCodeSeries):
    """All loaded editions."""


def pack(rows: Iterable[AdjustmentRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_codes(rows)
