"""CMS: which diagnoses need no present-on-admission indicator as of a day."""

from collections.abc import Iterable
from typing import NamedTuple

from scrubber.reference.code_set import LargeCodeSetSeries, pack_large_code_set


class PoaExemptRow(NamedTuple):
    """An exempt diagnosis."""

    code: str


class PoaExemptSeries(LargeCodeSetSeries):
    """All loaded editions."""


def pack(rows: Iterable[PoaExemptRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_large_code_set(row.code for row in rows)
