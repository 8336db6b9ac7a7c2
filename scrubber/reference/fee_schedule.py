"""Medicare physician fee schedule: the global surgery days of a procedure as of a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.code_table import CodeTable, CodeWindow, pack_windows, period_of
from scrubber.reference.coverage import CACHED_CODES, CACHED_DAYS, Coverage, covered_period
from scrubber.reference.snapshot import Edition

#: 000 the day; 010, 090 with the days after; MMM maternity; XXX none; YYY contractor; ZZZ add-on.
GLOBAL_DAYS = ("000", "010", "090", "MMM", "XXX", "YYY", "ZZZ")


class FeeRow(NamedTuple):
    """The global days of a procedure; an absent date leaves its side open."""

    code: str
    glob_days: str
    effective: date | None = None
    expires: date | None = None


def pack(rows: Iterable[FeeRow]) -> dict[str, bytes]:
    """Return the buffers of an edition; raises `ValueError` for global days of another shape."""
    return pack_windows(
        CodeWindow(
            row.code,
            period_of(row.effective, row.expires),
            1 << GLOBAL_DAYS.index(row.glob_days),
        )
        for row in rows
    )


class FeeScheduleSeries:
    """All loaded editions."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions, the newest first."""
        ordered = sorted(editions, key=lambda each: each.info.effective, reverse=True)
        self.loaded = tuple(
            (each.info.version, covered_period(each), CodeTable(each.buffers)) for each in ordered
        )
        self.coverage = Coverage.of(editions)
        self.glob_days = lru_cache(maxsize=CACHED_CODES)(self._glob_days)
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "FeeScheduleView | None":
        """Return the schedule as of the day; `None` when no edition covers it."""
        return self._view(day, latest_when_missing)

    def version(self, ordinal: int) -> str:
        """Return the version of the newest edition that covers a covered day."""
        return next(v for v, period, _ in self.loaded if period.first <= ordinal <= period.last)

    def _make_view(
        self,
        day: date,
        latest_when_missing: bool,  # noqa: FBT001 (positional, for the cache)
    ) -> "FeeScheduleView | None":
        ordinal = day.toordinal()
        answered = self.coverage.last_until(ordinal)
        if answered is None or (answered != ordinal and not latest_when_missing):
            return None
        return FeeScheduleView(self, day, answered)

    def _glob_days(self, code: str, ordinal: int) -> str | None:
        for _, period, table in self.loaded:
            if period.first <= ordinal <= period.last and (found := table.traits(code, ordinal)[0]):
                return GLOBAL_DAYS[found.bit_length() - 1]
        return None


class FeeScheduleView:
    """The schedule as of one day."""

    def __init__(self, series: FeeScheduleSeries, day: date, answered: int) -> None:
        """Bind the day to the covered day that answers for it."""
        self.day = day
        self.version = series.version(answered)
        self._ordinal = day.toordinal()
        self._answered = answered
        self._glob_days = series.glob_days

    def glob_days(self, code: str, ordinal: int | None = None) -> str | None:
        """Return the global days of a code on the view's or another day; `None` without a row."""
        asked = self._answered if ordinal in (None, self._ordinal) else ordinal
        return self._glob_days(code, asked)
