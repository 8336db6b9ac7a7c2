"""NCCI medically unlikely edits: how many units of a code a day or a line can hold."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.ncci_codes import checked, code_of, number_of
from scrubber.reference.snapshot import Edition, edition_for

INDICATORS = frozenset("123")
CACHED_DAYS = 512
CACHED_CODES = 4096


class MueRow(NamedTuple):
    """
    A limit; 0 is one too.

    `mai` says of what: 1 of a claim line; 2 (absolute) and 3 (clinical) of all lines of a day.
    """

    code: str
    value: int
    mai: str


def pack(rows: Iterable[MueRow]) -> dict[str, bytes]:
    """
    Return the buffers of an edition: `codes`, `values`, `mai`, sorted by code.

    Raises `ValueError` for a code or an MAI of another shape, and for two limits of one code.
    """
    by_code: dict[str, MueRow] = {}
    for row in rows:
        if row.mai not in INDICATORS:
            message = f"{row.mai!r} is not an MAI (1, 2 or 3)"
            raise ValueError(message)
        if by_code.setdefault(checked(row.code), row) != row:
            message = f"{row.code} has two limits"
            raise ValueError(message)
    ordered = [by_code[code] for code in sorted(by_code)]
    return {
        "codes": array("Q", [number_of(row.code) for row in ordered]).tobytes(),
        "values": array("I", [row.value for row in ordered]).tobytes(),
        "mai": "".join(row.mai for row in ordered).encode("ascii"),
    }


def unpack(edition: Edition) -> Iterator[MueRow]:
    """Yield every row of an edition."""
    codes, values, mai = _columns(edition)
    for code, value, indicator in zip(codes, values, mai, strict=True):
        yield MueRow(code_of(code), value, chr(indicator))


class MueSeries:
    """All loaded editions of one of the three tables."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions."""
        self._editions = tuple(editions)
        self._limits = {each.info.effective: _limits(each) for each in editions}
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "MueView | None":
        """Return the table as of the day; `None` when no edition covers it."""
        return self._view(day, latest_when_missing)

    def covers(self, day: date) -> bool:
        """Tell whether an edition is loaded for the day."""
        return edition_for(self._editions, day) is not None

    def _make_view(self, day: date, latest_when_missing: bool) -> "MueView | None":  # noqa: FBT001
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        if edition is None:
            return None
        return MueView(self, edition, day, self._limits[edition.info.effective])


class MueView:
    """The table as of one day."""

    limit: Callable[[str], MueRow | None]
    """The limit of a code; `None` for a code without a published one, which proves nothing."""

    def __init__(
        self,
        series: MueSeries,
        edition: Edition,
        day: date,
        limit: Callable[[str], MueRow | None],
    ) -> None:
        """Ask `MueSeries.as_of` for a view."""
        self.day = day
        self.version = edition.info.version
        self.holds = edition.info.holds
        self.covers = series.covers
        self.on = series.as_of
        """The view of another day."""
        self.limit = limit


def _limits(edition: Edition) -> Callable[[str], MueRow | None]:
    codes, values, mai = _columns(edition)

    @lru_cache(maxsize=CACHED_CODES)
    def limit(code: str) -> MueRow | None:
        number = number_of(code)
        at = bisect_left(codes, number)
        if at == len(codes) or codes[at] != number:
            return None
        return MueRow(code, values[at], chr(mai[at]))

    return limit


def _columns(edition: Edition) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    buffers = edition.buffers
    return buffers["codes"].cast("Q"), buffers["values"].cast("I"), buffers["mai"]
