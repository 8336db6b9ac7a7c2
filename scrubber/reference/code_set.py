"""Code sets without dates of their own: an edition lists what exists while it is in force."""

from collections.abc import Container, Iterable, Sequence
from datetime import date

from scrubber.reference.code_table import CodeTable, CodeWindow, pack_windows, period_of
from scrubber.reference.coverage import Coverage
from scrubber.reference.snapshot import Edition, edition_for

_LISTED = 1


def pack_code_set(codes: Iterable[str]) -> dict[str, bytes]:
    """Return the codes, sorted, one a line."""
    return {"codes": "\n".join(sorted(set(codes))).encode("ascii")}


def pack_large_code_set(codes: Iterable[str]) -> dict[str, bytes]:
    """Return the codes as columns that are searched where they lie."""
    always = period_of(None, None)
    return pack_windows(CodeWindow(code, always, _LISTED) for code in codes)


class CodeSetSeries:
    """All loaded editions of one code set."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions; their codes are unpacked when first asked for."""
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)
        self._codes: dict[date, Container[str]] = {}

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "CodeSetView | None":
        """Return the set as of the day; `None` when no edition covers it."""
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return CodeSetView(self, day, edition) if edition else None

    def codes_of(self, edition: Edition) -> Container[str]:
        """Return the codes of the edition, which are unpacked when first asked for."""
        codes = self._codes.get(edition.info.effective)
        if codes is None:
            codes = self._codes[edition.info.effective] = self._unpacked(edition)
        return codes

    def _unpacked(self, edition: Edition) -> Container[str]:
        return frozenset(bytes(edition.buffers["codes"]).decode("ascii").split("\n"))


class LargeCodeSetSeries(CodeSetSeries):
    """A set of many thousand codes, which stays in the mapped file that all processes share."""

    def _unpacked(self, edition: Edition) -> Container[str]:
        return _MappedCodes(edition)


class _MappedCodes:
    def __init__(self, edition: Edition) -> None:
        self._table = CodeTable(edition.buffers)

    def __contains__(self, code: object) -> bool:
        return self._table.traits(str(code), 0)[1] != 0


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
