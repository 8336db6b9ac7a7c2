"""Which Medicare contractor serves a state, for each part of Medicare (MCD)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import orjson

from scrubber.reference.coverage import Coverage
from scrubber.reference.snapshot import Edition, edition_for


class ContractorRow(NamedTuple):
    """
    A contractor that serves a state, or an area of it, for a part of Medicare.

    Parts are `A`, `B`, `HHH` (home health and hospice) and `DME`.
    """

    state: str
    part: str
    contractor: str
    effective: date | None = None
    expires: date | None = None


def pack(rows: Iterable[ContractorRow]) -> dict[str, bytes]:
    """Return the rows as JSON; there are a few hundred."""
    ordered = sorted(set(rows), key=lambda row: tuple(map(str, row)))
    return {"rows": orjson.dumps([row._asdict() for row in ordered])}


class ContractorSeries:
    """All loaded editions."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions; rows are read when a view is asked for."""
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "ContractorView | None":
        """Return the contractors as of the day; `None` when no edition covers it."""
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return None if edition is None else ContractorView(self, day, edition)


class ContractorView:
    """The contractors as of one day."""

    def __init__(self, series: ContractorSeries, day: date, edition: Edition) -> None:
        """Keep the rows that are in force on the day."""
        self.day = day
        self.version = edition.info.version
        self._series = series
        serving: dict[tuple[str, str], set[str]] = {}
        for row in orjson.loads(bytes(edition.buffers["rows"])):
            first, last = row["effective"] or "", row["expires"] or "9"
            if first <= day.isoformat() <= last:
                serving.setdefault((row["state"], row["part"]), set()).add(row["contractor"])
        self._serving = {place: frozenset(names) for place, names in serving.items()}

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def contractors(self, state: str, part: str) -> frozenset[str]:
        """Return who serves the state, or areas of it; nobody where none is listed."""
        return self._serving.get((state, part), frozenset())
