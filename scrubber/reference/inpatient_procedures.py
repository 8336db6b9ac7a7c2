"""ICD-10-PCS: which inpatient procedure codes exist as of a day."""

from collections.abc import Iterable
from typing import NamedTuple

from scrubber.reference.code_set import LargeCodeSetSeries, pack_large_code_set


class InpatientProcedure(NamedTuple):
    """A procedure code."""

    code: str


class InpatientProcedureSeries(LargeCodeSetSeries):
    """All loaded editions."""


def pack(rows: Iterable[InpatientProcedure]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_large_code_set(row.code for row in rows)
