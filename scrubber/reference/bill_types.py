"""I/OCE: which types of bill the outpatient code editor takes as of a day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.reference.dated_codes import DatedCodeSeries, pack_codes


class BillTypeRow(NamedTuple):
    """Facility and class digit of a bill, with first and last day; absent dates are open."""

    code: str
    effective: date | None = None
    expires: date | None = None


class BillTypeSeries(DatedCodeSeries):
    """All loaded editions."""


def pack(rows: Iterable[BillTypeRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_codes(rows)
