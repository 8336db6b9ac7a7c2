"""Code sets without dates of their own: an edition lists what exists while it is in force."""

from collections.abc import Iterable, Sequence
from datetime import date

from scrubber.reference.coverage import Coverage
from scrubber.reference.snapshot import Edition, edition_for


def pack_code_set(codes: Iterable[str]) -> dict[str, bytes]:
    """Return the codes, sorted, one a line."""
    return {"codes": "\n".join(sorted(set(codes))).encode("ascii")}


class CodeSetSeries:
    """All loaded editions of one code set."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions; their codes are unpacked when first asked for."""
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)
        self._codes: dict[date, frozenset[str]] = {}

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "CodeSetView | None":
        """Return the set as of the day; `None` when no edition covers it."""
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return CodeSetView(self, day, edition) if edition else None

    def codes_of(self, edition: Edition) -> frozenset[str]:
        """Return the codes of the edition, which are unpacked when first asked for."""
        codes = self._codes.get(edition.info.effective)
        if codes is None:
            codes = frozenset(bytes(edition.buffers["codes"]).decode("ascii").split("\n"))
            self._codes[edition.info.effective] = codes
        return codes


class CodeSetView:
    """One code set as of one day."""

    def __init__(self, series: CodeSetSeries, day: date, edition: Edition) -> None:
        """Bind the edition in force to the day."""
        self.day = day
        self.version = edition.info.version
        self._series = series
        self._codes = series.codes_of(edition)

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def has(self, code: str) -> bool:
        """Return whether the set lists the code."""
        return code in self._codes
