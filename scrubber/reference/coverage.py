"""How far the loaded editions of a table reach, and where a code's own period ends in them."""

from collections.abc import Iterable, Sequence
from datetime import date

from scrubber.reference.code_table import ALWAYS_AFTER, ALWAYS_BEFORE, Period, joined, period_of
from scrubber.reference.snapshot import Edition

Window = tuple[date | None, date | None]
CACHED_DAYS = 512
CACHED_CODES = 4096


class Coverage:
    """The days for which at least one edition answers."""

    def __init__(self, periods: Iterable[Period]) -> None:
        """Join the periods."""
        self._periods = joined(periods)

    @classmethod
    def of(cls, editions: Sequence[Edition]) -> "Coverage":
        """Return all days that the editions cover."""
        return cls(covered_period(each) for each in editions)

    def holds(self, ordinal: int) -> bool:
        """Return whether an edition answers for the day."""
        return any(period.first <= ordinal <= period.last for period in self._periods)

    def last_until(self, ordinal: int) -> int | None:
        """Return the last covered day not after the day, or `None` when all are later."""
        reached = [min(each.last, ordinal) for each in self._periods if each.first <= ordinal]
        return max(reached, default=None)

    def nearest(self, windows: Iterable[Period], ordinal: int) -> Window:
        """
        Return the window around the day or the nearest one; `(None, None)` without any.

        An end beyond which nothing is covered is `None`: there the data end, not the code.
        """
        best = min(joined(windows), key=lambda each: _distance(each, ordinal), default=None)
        if best is None:
            return None, None
        return (
            date.fromordinal(best.first) if self._bounded_before(best.first) else None,
            date.fromordinal(best.last) if self._bounded_after(best.last) else None,
        )

    def _bounded_before(self, first: int) -> bool:
        return first > ALWAYS_BEFORE + 1 and self.holds(first - 1)

    def _bounded_after(self, last: int) -> bool:
        return last < ALWAYS_AFTER and self.holds(last + 1)


def covered_period(edition: Edition) -> Period:
    """Return the days for which the edition answers."""
    info = edition.info
    return period_of(None if info.row_dates else info.effective, info.expires)


def within(period: Period, bounds: Period) -> Period:
    """Return the part of the period inside the bounds."""
    return Period(max(period.first, bounds.first), min(period.last, bounds.last))


def _distance(period: Period, ordinal: int) -> int:
    return max(period.first - ordinal, ordinal - period.last, 0)
