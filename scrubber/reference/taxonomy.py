"""NUCC provider taxonomy: which codes exist, and which are those of persons."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.code_table import period_of
from scrubber.reference.coverage import CACHED_DAYS, Coverage
from scrubber.reference.snapshot import Edition, edition_for

#: The sections of the set. Groups of practitioners are among the individuals.
INDIVIDUAL, NON_INDIVIDUAL = "Individual", "Non-Individual"
SECTIONS = ("", INDIVIDUAL, NON_INDIVIDUAL)


class TaxonomyRow(NamedTuple):
    """A provider specialty; editions before 2022 do not state the section."""

    code: str
    section: str = ""


_BUFFERS = dict(zip(SECTIONS, ("codes", "individual", "non_individual"), strict=True))


def pack(rows: Iterable[TaxonomyRow]) -> dict[str, bytes]:
    """
    Return the buffers of an edition: the codes, and those of each section, one a line.

    Raises `ValueError` for a section that the set does not have.
    """
    codes: dict[str, set[str]] = {section: set() for section in SECTIONS}
    for row in rows:
        if row.section not in codes:
            message = f"{row.section!r} is no section of the taxonomy"
            raise ValueError(message)
        codes[""].add(row.code)
        codes[row.section].add(row.code)
    return {
        buffer: "\n".join(sorted(codes[section])).encode("ascii")
        for section, buffer in _BUFFERS.items()
    }


class TaxonomySeries:
    """All loaded editions: a code of any of them exists, for enrollments keep retired codes."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Read the editions; they are small."""
        self._editions = tuple(sorted(editions, key=lambda each: each.info.effective))
        self.sections: dict[str, str] = {}
        for section, buffer in _BUFFERS.items():
            for edition in self._editions:
                codes = bytes(edition.buffers.get(buffer, b"")).decode("ascii").split("\n")
                self.sections.update(dict.fromkeys(filter(None, codes), section))
        # Nothing is known of a code that was added and retired between two loaded editions.
        self.coverage = Coverage(
            period_of(each.info.effective, each.info.expires) for each in self._editions
        )
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "TaxonomyView":
        """Return the set; there is one for every day, and it says itself what it covers."""
        return self._view(day, latest_when_missing)

    def _make_view(
        self,
        day: date,
        latest_when_missing: bool,  # noqa: FBT001 (positional, for the cache)
    ) -> "TaxonomyView":
        own = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return TaxonomyView(self, day, own or self._editions[-1])


class TaxonomyView:
    """The set as of one day."""

    def __init__(self, series: TaxonomySeries, day: date, edition: Edition) -> None:
        """Bind the day; `version` is that of its edition, or of the newest one."""
        self.day = day
        self.version = edition.info.version
        self._coverage = series.coverage
        self._sections = series.sections

    def covers(self, day: date) -> bool:
        """Tell whether one of the editions was current on the day."""
        return self._coverage.holds(day.toordinal())

    def has(self, code: str) -> bool:
        """Tell whether an edition lists the code."""
        return code in self._sections

    def section(self, code: str) -> str:
        """Return the section of a code; `""` where no edition says it."""
        return self._sections.get(code, "")
