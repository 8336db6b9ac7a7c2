"""I/OCE: which procedure codes the outpatient code editor holds as of a day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.reference.dated_codes import DatedCodeSeries, pack_codes


class OutpatientRow(NamedTuple):
    """A code of the editor with its first and last day; an absent date leaves its side open."""

    code: str
    effective: date | None = None
    expires: date | None = None


class OutpatientSeries(DatedCodeSeries):
    """All loaded editions."""


def pack(rows: Iterable[OutpatientRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_codes(rows)
