"""HCPCS Level II and OPPS Addendum B: which procedure codes are in force as of a day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.reference.dated_codes import DatedCodeSeries, pack_codes


class ProcedureRow(NamedTuple):
    """A code with its first and last day; an absent date leaves its side open."""

    code: str
    effective: date | None = None
    expires: date | None = None


class ProcedureSeries(DatedCodeSeries):
    """All loaded editions."""


def pack(rows: Iterable[ProcedureRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_codes(rows)
