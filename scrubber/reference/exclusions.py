"""OIG's list of excluded providers (LEIE): which NPIs were excluded on a day."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.claim.npi import npi_fault
from scrubber.reference.npi_numbers import number_of
from scrubber.reference.snapshot import Edition, edition_for

CACHED_DAYS = 512
CACHED_NPIS = 16384
_NEVER = date.max.toordinal()


class ExclusionRow(NamedTuple):
    """The exclusion of an NPI: from the day `excluded`, until the day `reinstated` if any."""

    npi: str
    excluded: date
    reinstated: date | None = None


def pack(rows: Iterable[ExclusionRow]) -> dict[str, bytes]:
    """Return sorted columns `npis`, `from` and `until` (the day on which it has ended)."""
    ordered = sorted(
        {
            (
                number_of(row.npi),
                row.excluded.toordinal(),
                row.reinstated.toordinal() if row.reinstated else _NEVER,
            )
            for row in rows
        }
    )
    return {
        "npis": array("I", [npi for npi, _, _ in ordered]).tobytes(),
        "from": array("i", [first for _, first, _ in ordered]).tobytes(),
        "until": array("i", [end for _, _, end in ordered]).tobytes(),
    }


class _Columns:
    """The columns of an edition, mapped."""

    __slots__ = ("_from", "_npis", "_until")

    def __init__(self, edition: Edition) -> None:
        buffers = edition.buffers
        self._npis: Sequence[int] = buffers["npis"].cast("B").cast("I")
        self._from: Sequence[int] = buffers["from"].cast("B").cast("i")
        self._until: Sequence[int] = buffers["until"].cast("B").cast("i")

    def periods(self, npi: str) -> Iterator[tuple[int, int]]:
        """Yield the first day of each exclusion of an NPI, and the day on which it has ended."""
        number = number_of(npi)
        at = bisect_left(self._npis, number)
        while at < len(self._npis) and self._npis[at] == number:
            yield self._from[at], self._until[at]
            at += 1


class ExclusionSeries:
    """All loaded editions, each the whole list of its month."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions."""
        self._editions = {each.info.effective: (each, _Columns(each)) for each in editions}
        self.lists = lru_cache(maxsize=CACHED_NPIS)(self._lists)
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "ExclusionView | None":
        """Return the list as of the day; `None` when no edition reaches it."""
        return self._view(day, latest_when_missing)

    def _make_view(
        self,
        day: date,
        latest_when_missing: bool,  # noqa: FBT001 (positional, for the cache)
    ) -> "ExclusionView | None":
        editions = [edition for edition, _ in self._editions.values()]
        own = edition_for(editions, day, latest_when_missing=latest_when_missing)
        if own is None:
            return None
        # A list that came later tells exclusions that had begun; one that was replaced before
        # the day still has providers who were reinstated since.
        current = [
            columns
            for effective, (_, columns) in self._editions.items()
            if effective >= own.info.effective
        ]
        return ExclusionView(self, current, day, own)

    def _lists(self, npi: str) -> bool:
        return not npi_fault(npi) and any(
            True for _, columns in self._editions.values() for _ in columns.periods(npi)
        )


class ExclusionView:
    """The list as of one day."""

    lists: Callable[[str], bool]
    """Tell whether any loaded edition lists an NPI; what is no NPI is in none."""

    def __init__(
        self, series: ExclusionSeries, columns: Sequence[_Columns], day: date, edition: Edition
    ) -> None:
        """Bind the day to the editions that speak for it."""
        self.day = day
        self.version = edition.info.version
        self.lists = series.lists
        self._columns = columns

    def excluded(self, npi: str, day: date) -> date | None:
        """Return since when a listed NPI was excluded on the day, `None` when it was not."""
        ordinal = day.toordinal()
        first = max(
            (
                since
                for columns in self._columns
                for since, end in columns.periods(npi)
                if since <= ordinal < end
            ),
            default=0,
        )
        return date.fromordinal(first) if first else None
