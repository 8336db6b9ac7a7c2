"""NPPES, the register of NPIs: whose a number is, and when it was switched off and on again."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from scrubber.reference.npi_numbers import number_of
from scrubber.reference.snapshot import Edition, edition_for

#: As NPPES has them; of a number that is switched off it does not say.
INDIVIDUAL, ORGANIZATION = "1", "2"
ENTITY_TYPES = ("", INDIVIDUAL, ORGANIZATION)
_TYPE_BITS = 2
_TYPE_MASK = (1 << _TYPE_BITS) - 1

CACHED_DAYS = 512
CACHED_NPIS = 65536


class NpiRow(NamedTuple):
    """An NPI; `entity_type` is 1 for a person, 2 for an organization."""

    npi: str
    entity_type: str = ""
    deactivated: date | None = None
    reactivated: date | None = None


class Registration(NamedTuple):
    """What the register says of an NPI."""

    entity_type: str
    deactivated: date | None
    reactivated: date | None

    def is_off(self, day: date) -> bool:
        """Tell whether the number was switched off on the day."""
        off, on = self.deactivated, self.reactivated
        return off is not None and off <= day and not (on is not None and off <= on <= day)


def pack(rows: Iterable[NpiRow]) -> dict[str, bytes]:
    """
    Return sorted columns: `npis` with their types, and `off`, `off_days`, `on_days`.

    Nine million rows pass through one at a time. Raises `ValueError` for a number that is no
    NPI or is there twice, and for a type of another shape.
    """
    npis = array("I")
    dated: list[tuple[int, int, int]] = []
    for row in rows:
        number = number_of(row.npi)
        npis.append(number << _TYPE_BITS | ENTITY_TYPES.index(row.entity_type))
        if row.deactivated:
            on = row.reactivated.toordinal() if row.reactivated else 0
            dated.append((number, row.deactivated.toordinal(), on))
    ordered = sorted(npis)
    if any(one >> _TYPE_BITS == other >> _TYPE_BITS for one, other in pairwise(ordered)):
        message = "an NPI is there twice"
        raise ValueError(message)
    dated.sort()
    return {
        "npis": array("I", ordered).tobytes(),
        "off": array("I", [number for number, _, _ in dated]).tobytes(),
        "off_days": array("i", [off for _, off, _ in dated]).tobytes(),
        "on_days": array("i", [on for _, _, on in dated]).tobytes(),
    }


class _Columns:
    """The columns of an edition, mapped."""

    __slots__ = ("_npis", "_off", "_off_days", "_on_days")

    def __init__(self, edition: Edition) -> None:
        buffers = edition.buffers
        self._npis: Sequence[int] = buffers["npis"].cast("B").cast("I")
        self._off: Sequence[int] = buffers["off"].cast("B").cast("I")
        self._off_days: Sequence[int] = buffers["off_days"].cast("B").cast("i")
        self._on_days: Sequence[int] = buffers["on_days"].cast("B").cast("i")

    def find(self, number: int) -> Registration | None:
        """Return what this edition says of a number."""
        at = bisect_left(self._npis, number << _TYPE_BITS)
        if at == len(self._npis) or self._npis[at] >> _TYPE_BITS != number:
            return None
        entity_type = ENTITY_TYPES[self._npis[at] & _TYPE_MASK]
        at = bisect_left(self._off, number)
        if at == len(self._off) or self._off[at] != number:
            return Registration(entity_type, None, None)
        on = self._on_days[at]
        return Registration(
            entity_type,
            date.fromordinal(self._off_days[at]),
            date.fromordinal(on) if on else None,
        )


class NpiSeries:
    """All loaded editions: the newest that has a number has the say, for its rows are dated."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions, the newest first."""
        self._editions = tuple(editions)
        newest_first = sorted(editions, key=lambda each: each.info.effective, reverse=True)
        self._columns = tuple(_Columns(each) for each in newest_first)
        self.find = lru_cache(maxsize=CACHED_NPIS)(self._find)
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "NpiView | None":
        """Return the register; `None` when no edition reaches the day."""
        return self._view(day, latest_when_missing)

    def _make_view(
        self,
        day: date,
        latest_when_missing: bool,  # noqa: FBT001 (positional, for the cache)
    ) -> "NpiView | None":
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return NpiView(self, day, edition) if edition else None

    def _find(self, npi: str) -> Registration | None:
        number = number_of(npi)
        for columns in self._columns:
            if found := columns.find(number):
                return found
        return None


class NpiView:
    """The register for one day."""

    def __init__(self, series: NpiSeries, day: date, edition: Edition) -> None:
        """Bind the day; `find` takes an NPI with a right check digit."""
        self.day = day
        self.version = edition.info.version
        self.find = series.find
