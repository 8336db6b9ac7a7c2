"""Code lists whose rows carry their own dates: every edition speaks for all days to its end."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

from scrubber.reference.code_table import (
    CodeTable,
    CodeWindow,
    Period,
    pack_windows,
    period_of,
)
from scrubber.reference.coverage import (
    CACHED_CODES,
    CACHED_DAYS,
    Coverage,
    Window,
    covered_period,
    within,
)
from scrubber.reference.snapshot import Edition

CodeStatus = Literal["in_force", "other_dates", "unknown"]

#: The trait that every code has; a table may keep more beside it.
LISTED = 1


class DatedCode(Protocol):
    """A code and its first and last day; an absent date leaves its side open."""

    @property
    def code(self) -> str:
        """The code."""

    @property
    def effective(self) -> date | None:
        """The first day."""

    @property
    def expires(self) -> date | None:
        """The last day."""


def pack_codes(rows: Iterable[DatedCode]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_windows(
        CodeWindow(row.code, period_of(row.effective, row.expires), LISTED) for row in rows
    )


class _LoadedEdition(NamedTuple):
    version: str
    period: Period
    table: CodeTable


class DatedCodeSeries:
    """All loaded editions of one list, the newest first."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions."""
        ordered = sorted(editions, key=lambda each: each.info.effective, reverse=True)
        self.loaded = tuple(
            _LoadedEdition(
                each.info.version,
                covered_period(each),
                CodeTable(each.buffers),
            )
            for each in ordered
        )
        self.coverage = Coverage(each.period for each in self.loaded)
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "DatedCodeView | None":
        """
        Return the list as of the day; `None` when no edition covers it.

        With `latest_when_missing`, a day that is not covered is answered as of the last covered
        day before it.
        """
        ordinal = day.toordinal()
        answered = self.coverage.last_until(ordinal)
        if answered is None or (answered != ordinal and not latest_when_missing):
            return None
        return self._view(day, answered)

    def _make_view(self, day: date, answered: int) -> "DatedCodeView":
        return DatedCodeView(self, day, answered)


class DatedCodeView:
    """One list as of one day."""

    def __init__(self, series: DatedCodeSeries, day: date, answered: int) -> None:
        """Choose the editions that cover the answered day."""
        self.day = day
        self._series = series
        self._answered = answered
        self._covering = tuple(
            each for each in series.loaded if each.period.first <= answered <= each.period.last
        )
        self.version = self._covering[0].version
        # A pure function of the code; claims of a day name the same codes again and again.
        self.status = lru_cache(maxsize=CACHED_CODES)(self._status)

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def on(self, day: date) -> "DatedCodeView | None":
        """Return the list as of another day; `None` when no edition covers it."""
        return self._series.as_of(day)

    def _status(self, code: str) -> CodeStatus:
        """Return what the code is on the day; the newest edition that lists it has the say."""
        for edition in self._covering:
            on_day, ever = edition.table.traits(code, self._answered)
            if on_day:
                return "in_force"
            if ever:
                return "other_dates"
        for edition in self._series.loaded:
            if edition.table.traits(code, self._answered)[1]:
                return "other_dates"
        return "unknown"

    def window(self, code: str) -> Window:
        """Return the period around the day, or nearest to it, in which the code is in force."""
        return self._series.coverage.nearest(
            (
                within(period, edition.period)
                for edition in self._series.loaded
                for period in edition.table.periods(code, LISTED)
            ),
            self._answered,
        )
