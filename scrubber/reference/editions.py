"""Which edition of a table answers for a day, and how far the loaded editions reach."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from scrubber.reference.code_table import ALWAYS_AFTER, ALWAYS_BEFORE, Period, joined

Window = tuple[date | None, date | None]
CACHED_DAYS = 512


class EditionDates(Protocol):
    """The dates of a snapshot that decide for which days it is asked."""

    @property
    def effective(self) -> date:
        """Return the first day."""

    @property
    def expires(self) -> date:
        """Return the last day."""


class Edition(Protocol):
    """A snapshot as the tables see it: its dates and its mapped buffers."""

    @property
    def info(self) -> EditionDates:
        """Return what `snapshot.yaml` says."""

    @property
    def buffers(self) -> Mapping[str, memoryview]:
        """Return the data files by name."""


class Coverage:
    """The days for which at least one edition answers."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self._periods = joined(periods)

    @classmethod
    def of(cls, editions: Sequence[Edition]) -> "Coverage":
        """Return the days from each edition's first to its last."""
        return cls(
            Period(each.info.effective.toordinal(), each.info.expires.toordinal())
            for each in editions
        )

    def holds(self, ordinal: int) -> bool:
        """Return whether an edition answers for the day."""
        return any(period.first <= ordinal <= period.last for period in self._periods)

    def last_until(self, ordinal: int) -> int | None:
        """Return the last covered day not after the day, or `None` when all are later."""
        reached = [
            min(each.last, ordinal) for each in self._periods if each.first <= ordinal
        ]
        return max(reached, default=None)

    def nearest(self, windows: Iterable[Period], ordinal: int) -> Window:
        """
        Return the window around the day or the nearest one; `(None, None)` without any.

        An end beyond which nothing is covered is `None`: there the data end, not the code.
        """
        best = min(
            joined(windows), key=lambda each: _distance(each, ordinal), default=None
        )
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


def within(period: Period, bounds: Period) -> Period:
    """Return the part of the period inside the bounds."""
    return Period(max(period.first, bounds.first), min(period.last, bounds.last))


def in_force(
    editions: Sequence[Edition], day: date, *, latest_when_missing: bool
) -> Edition | None:
    """Return the newest edition that covers the day, or (if asked) the newest one before it."""
    begun = [each for each in editions if each.info.effective <= day]
    covering = [each for each in begun if day <= each.info.expires]
    chosen = covering or (begun if latest_when_missing else [])
    return max(chosen, key=lambda each: each.info.effective, default=None)


def _distance(period: Period, ordinal: int) -> int:
    return max(period.first - ordinal, ordinal - period.last, 0)
