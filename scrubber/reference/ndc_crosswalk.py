"""Which procedure codes a drug package (NDC) is billed under, as of a day."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from scrubber.reference.coverage import Coverage
from scrubber.reference.ncci_codes import checked, code_of, number_of
from scrubber.reference.snapshot import Edition, edition_for


class NdcRow(NamedTuple):
    """An NDC, 11 digits, and a code that it is billed under."""

    ndc: str
    code: str


def pack(rows: Iterable[NdcRow]) -> dict[str, bytes]:
    """Return the pairs as sorted columns; raises `ValueError` for what is no code."""
    pairs = sorted({(int(row.ndc), number_of(checked(row.code))) for row in rows})
    return {
        "ndcs": array("Q", (ndc for ndc, _ in pairs)).tobytes(),
        "codes": array("Q", (code for _, code in pairs)).tobytes(),
    }


class NdcSeries:
    """All loaded editions; a package that moved is found under its code of the quarter."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions."""
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "NdcView | None":
        """Return the crosswalk as of the day; `None` when no edition covers it."""
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return NdcView(day, edition) if edition else None


class NdcView:
    """The crosswalk as of one day."""

    def __init__(self, day: date, edition: Edition) -> None:
        """Bind the mapped columns."""
        self.day = day
        self.version = edition.info.version
        self._ndcs: Sequence[int] = memoryview(edition.buffers["ndcs"]).cast("B").cast("Q")
        self._codes: Sequence[int] = memoryview(edition.buffers["codes"]).cast("B").cast("Q")

    def codes(self, ndc: str) -> tuple[str, ...]:
        """Return the codes of 11 digits, in order; none for a package that is not listed."""
        ndcs, number = self._ndcs, int(ndc)
        first = bisect_left(ndcs, number)
        last = bisect_left(ndcs, number + 1, first)
        return tuple(code_of(code) for code in self._codes[first:last])
