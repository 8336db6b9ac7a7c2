"""Laboratory NCDs: the diagnoses that support a test nationally, and those that do not."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import orjson

from scrubber.reference.coverage import Coverage
from scrubber.reference.snapshot import Edition, edition_for

CACHED_TESTS = 512


class LabNcdRow(NamedTuple):
    """A diagnosis (upper case, without dot) on one of the two lists of an NCD, for one test."""

    ncd: str
    hcpcs: str
    icd10: str
    covered: bool


class Ncd(NamedTuple):
    """The lists of one NCD for one test; without covered codes all but the others support it."""

    ncd: str
    covered: frozenset[str]
    noncovered: frozenset[str]


def pack(rows: Iterable[LabNcdRow]) -> dict[str, bytes]:
    """Return the tests, one a line, each with its NCDs as JSON."""
    tests: dict[str, dict[str, tuple[set[str], set[str]]]] = {}
    for row in rows:
        lists = tests.setdefault(row.hcpcs, {}).setdefault(row.ncd, (set(), set()))
        lists[0 if row.covered else 1].add(row.icd10)
    lines = [
        orjson.dumps(
            [test, [[ncd, *map(sorted, lists)] for ncd, lists in sorted(tests[test].items())]]
        )
        for test in sorted(tests)
    ]
    return {"tests": b"\n".join(lines)}


class LabNcdSeries:
    """All loaded editions."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions; a test is decoded when a claim first asks for it."""
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)
        self._lines: dict[date, dict[str, bytes]] = {}

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "LabNcdView | None":
        """Return the lists as of the day; `None` when no edition covers it."""
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return None if edition is None else LabNcdView(self, day, edition)

    def lines(self, edition: Edition) -> dict[str, bytes]:
        """Return the line of each test of an edition."""
        effective = edition.info.effective
        if effective not in self._lines:
            self._lines[effective] = {
                line[2 : line.index(b'"', 2)].decode(): line
                for line in bytes(edition.buffers["tests"]).splitlines()
            }
        return self._lines[effective]


class LabNcdView:
    """The lists as of one day."""

    def __init__(self, series: LabNcdSeries, day: date, edition: Edition) -> None:
        """Bind the edition in force to the day."""
        self.day = day
        self.version = edition.info.version
        self._series = series
        self._lines = series.lines(edition)
        self.of = lru_cache(maxsize=CACHED_TESTS)(self._of)

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def lists(self, test: str) -> bool:
        """Return whether an NCD lists the test."""
        return test in self._lines

    def _of(self, test: str) -> tuple[Ncd, ...]:
        """Return the NCDs of a test."""
        line = self._lines.get(test)
        found = orjson.loads(line)[1] if line else ()
        return tuple(
            Ncd(ncd, frozenset(covered), frozenset(noncovered))
            for ncd, covered, noncovered in found
        )
