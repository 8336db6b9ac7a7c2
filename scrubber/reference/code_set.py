"""Code sets without dates of their own: an edition lists what exists while it is in force."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from scrubber.reference.editions import Coverage, Edition, in_force


class ListedCode(NamedTuple):
    """A code of the set."""

    code: str


def pack_code_set(rows: Iterable[ListedCode]) -> dict[str, bytes]:
    """Return the codes, sorted, one a line."""
    return {"codes": "\n".join(sorted({row.code for row in rows})).encode("ascii")}


class CodeSetSeries:
    """All loaded editions of one code set."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)
        self._codes: dict[date, frozenset[str]] = {}

    def as_of(
        self, day: date, *, latest_when_missing: bool = False
    ) -> "CodeSetView | None":
        """Return the set as of the day; `None` when no edition covers it."""
        edition = in_force(self._editions, day, latest_when_missing=latest_when_missing)
        return CodeSetView(self, day, edition) if edition else None

    def codes_of(self, edition: Edition) -> frozenset[str]:
        """Return the codes of the edition, which are unpacked when first asked for."""
        codes = self._codes.get(edition.info.effective)
        if codes is None:
            codes = frozenset(
                bytes(edition.buffers["codes"]).decode("ascii").split("\n")
            )
            self._codes[edition.info.effective] = codes
        return codes


class CodeSetView:
    """One code set as of one day."""

    def __init__(self, series: CodeSetSeries, day: date, edition: Edition) -> None:
        self.day = day
        self.version = edition.info.effective.isoformat()
        self._series = series
        self._codes = series.codes_of(edition)

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def has(self, code: str) -> bool:
        """Return whether the set lists the code."""
        return code in self._codes
