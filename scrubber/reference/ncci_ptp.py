"""
NCCI procedure-to-procedure edits: which codes of a day exclude each other.

A pair is stored once, under its lower code, with the direction and dates of each of its rows.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import accumulate, combinations
from typing import NamedTuple, TypeVar

from scrubber.reference.ncci_codes import CODE_LENGTH, checked
from scrubber.reference.snapshot import Edition, edition_for

#: CMS, Modifiers for Medicare NCCI PTP edits: any of these on either code of a pair counts.
NCCI_MODIFIERS = frozenset((
    "E1", "E2", "E3", "E4",
    "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9",
    "TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9",
    "LT", "RT", "LC", "LD", "LM", "RC", "RI",
    "24", "25", "57", "58", "78", "79",
    "27", "59", "91", "XE", "XP", "XS", "XU",
))  # fmt: skip
INDICATORS = frozenset("019")
_NEVER_COUNTS = ord("9")  # deleted on the day it took effect

CACHED_DAYS = 512
CACHED_PERIODS = 8
CACHED_SETS = 8192

_NARROW = 1 << 16
_STRIDE = 40503  # odd, far from a power of two: pairs of neighbouring codes spread

T = TypeVar("T")
#: What rows share: effective date, deletion date, indicator.
DatedIndicator = tuple[date | None, date | None, str]


class PtpRow(NamedTuple):
    """
    A row: on days from `effective` through `deletion`, column 2 is not paid beside column 1.

    `deletion` is the last day in force; an absent date leaves its side open. `indicator` is 0 (no
    modifier separates the codes), 1 (an NCCI modifier does) or 9 (never counts).
    """

    column1: str
    column2: str
    effective: date | None = None
    deletion: date | None = None
    indicator: str = ""


class _Window(NamedTuple):
    """What rows share; dates as ordinals, 0 for an open side."""

    effective: int
    deletion: int
    indicator: int

    @classmethod
    def of(cls, effective: date | None, deletion: date | None, indicator: str) -> "_Window":
        if indicator not in INDICATORS:
            message = f"{indicator!r} is not an indicator (0, 1 or 9)"
            raise ValueError(message)
        return cls(
            effective.toordinal() if effective else 0,
            deletion.toordinal() if deletion else 0,
            ord(indicator),
        )

    def holds(self, day: int) -> bool:
        return self.effective <= day and (not self.deletion or day <= self.deletion)


class PtpPacker:
    """Takes rows column by column, which for millions of rows is many times faster."""

    def __init__(self) -> None:
        """Begin without rows."""
        self._codes: _Numbered[str] = _Numbered(checked)
        self._windows: _Numbered[DatedIndicator] = _Numbered(lambda key: _Window.of(*key))
        self._first = array("I")
        self._second = array("I")
        self._window = array("I")

    def __len__(self) -> int:
        """Return how many rows were taken."""
        return len(self._window)

    def add(
        self,
        column1: Iterable[str],
        column2: Iterable[str],
        windows: Iterable[DatedIndicator],
    ) -> None:
        """Take rows; raises `ValueError` for a code or an indicator of another shape."""
        self._first.extend(map(self._codes.__getitem__, column1))
        self._second.extend(map(self._codes.__getitem__, column2))
        self._window.extend(map(self._windows.__getitem__, windows))

    def buffers(self) -> dict[str, bytes]:
        """Return the sorted table of all rows taken."""
        codes = sorted(self._codes)
        rank_of = {code: rank for rank, code in enumerate(codes)}
        ranks = [rank_of[code] for code in self._codes]
        # A key is low rank, high rank, window, direction: small enough to sort fast.
        high_shift = len(self._windows).bit_length() + 1
        low_shift = high_shift + len(codes).bit_length()
        keys = [
            (low << low_shift | high << high_shift | window << 1)
            if low < high
            else (high << low_shift | low << high_shift | window << 1 | 1)
            for low, high, window in zip(
                map(ranks.__getitem__, self._first),
                map(ranks.__getitem__, self._second),
                self._window,
                strict=True,
            )
        ]
        keys.sort()
        sizes = [0] * len(codes)
        for key in keys:
            sizes[key >> low_shift] += 1
        rank_bits = (1 << low_shift - high_shift) - 1
        fact_bits = (1 << high_shift) - 1
        pairs = [key >> high_shift for key in keys]
        return {
            "hints": _hints(pairs, low_shift - high_shift),
            "codes": "".join(codes).encode("ascii"),
            "starts": array("I", accumulate(sizes, initial=0)).tobytes(),
            "partners": _column([pair & rank_bits for pair in pairs]),
            "facts": _column([key & fact_bits for key in keys]),
            "windows": array(
                "I", (part for window in self._windows for part in _Window.of(*window))
            ).tobytes(),
        }


def pack(rows: Iterable[PtpRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    packer = PtpPacker()
    for row in rows:
        packer.add((row.column1,), (row.column2,), ((row.effective, row.deletion, row.indicator),))
    return packer.buffers()


def unpack(edition: Edition) -> Iterator[PtpRow]:
    """Yield every row of an edition, those with indicator 9 too."""
    table = _Table(edition)
    for low in range(len(table.codes)):
        yield from table.rows_below(low)


class PtpSeries:
    """All loaded editions of one of the two tables."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions; their tables are set up when first asked for."""
        self._editions = tuple(editions)
        self._tables: dict[date, _Table] = {}
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "PtpView | None":
        """Return the table as of the day; `None` when no edition covers it."""
        return self._view(day, latest_when_missing)

    def covers(self, day: date) -> bool:
        """Tell whether an edition is loaded for the day."""
        return edition_for(self._editions, day) is not None

    def _make_view(self, day: date, latest_when_missing: bool) -> "PtpView | None":  # noqa: FBT001
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        if edition is None:
            return None
        effective = edition.info.effective
        if effective not in self._tables:
            self._tables[effective] = _Table(edition)
        return PtpView(self, edition, day, self._tables[effective])


class PtpView:
    """The table as of one day."""

    rows: Callable[[tuple[str, ...]], tuple[PtpRow, ...]]
    """
    The rows in force among distinct codes, in both orders, sorted; indicator 9 left out.

    Answers for a tuple of codes are remembered, so give the codes in a stable order.
    """

    def __init__(self, series: PtpSeries, edition: Edition, day: date, table: "_Table") -> None:
        """Ask `PtpSeries.as_of` for a view."""
        self.day = day
        self.version = edition.info.version
        self.holds = edition.info.holds
        self.covers = series.covers
        self.on = series.as_of
        """The view of another day."""
        self.rows = table.rows_on(day.toordinal())


class _Table:
    """
    One edition, searched where it lies.

    Between two dates that the rows name the table does not change: the answers of all those
    days are remembered together.
    """

    def __init__(self, edition: Edition) -> None:
        codes = bytes(edition.buffers["codes"]).decode("ascii")
        self.codes = [codes[at : at + CODE_LENGTH] for at in range(0, len(codes), CODE_LENGTH)]
        self._ranks = {code: rank for rank, code in enumerate(self.codes)}
        # An array answers faster than mapped memory, and this one is small.
        self._starts = array("I", bytes(edition.buffers["starts"]))
        self._hints = edition.buffers["hints"]
        rows = self._starts[-1]
        self._partners = _cast(edition.buffers["partners"], rows)
        self._facts = _cast(edition.buffers["facts"], rows)
        parts = edition.buffers["windows"].cast("I").tolist()
        self._windows = [_Window(*parts[at : at + 3]) for at in range(0, len(parts), 3)]
        self._changes = sorted(
            {window.effective for window in self._windows}
            | {window.deletion + 1 for window in self._windows if window.deletion}
        )
        self._rows_of_period = lru_cache(maxsize=CACHED_PERIODS)(self._make_rows_of_period)

    def rows_on(self, day: int) -> Callable[[tuple[str, ...]], tuple[PtpRow, ...]]:
        period = bisect_right(self._changes, day)
        return self._rows_of_period(self._changes[period - 1] if period else 0)

    def _make_rows_of_period(self, day: int) -> Callable[[tuple[str, ...]], tuple[PtpRow, ...]]:
        rank_of = self._ranks.get
        starts, partners, hints = self._starts, self._partners, self._hints
        mask = 8 * len(hints) - 1

        @lru_cache(maxsize=CACHED_SETS)
        def rows(codes: tuple[str, ...]) -> tuple[PtpRow, ...]:
            ranks = sorted([rank for rank in map(rank_of, codes) if rank is not None])
            found: list[PtpRow] = []
            for low, high in combinations(ranks, 2):
                hint = (low * _STRIDE + high) & mask
                if not hints[hint >> 3] >> (hint & 7) & 1:
                    continue
                end = starts[low + 1]
                at = bisect_left(partners, high, starts[low], end)
                while at < end and partners[at] == high:
                    if self._counts(self._facts[at], day):
                        found.append(self._row(low, high, self._facts[at]))
                    at += 1
            return tuple(sorted(found, key=_order)) if found else ()

        return rows

    def rows_below(self, low: int) -> Iterator[PtpRow]:
        for at in range(self._starts[low], self._starts[low + 1]):
            yield self._row(low, self._partners[at], self._facts[at])

    def _counts(self, fact: int, day: int) -> bool:
        window = self._windows[fact >> 1]
        return window.indicator != _NEVER_COUNTS and window.holds(day)

    def _row(self, low: int, high: int, fact: int) -> PtpRow:
        window = self._windows[fact >> 1]
        first, second = (high, low) if fact & 1 else (low, high)
        return PtpRow(
            self.codes[first],
            self.codes[second],
            date.fromordinal(window.effective) if window.effective else None,
            date.fromordinal(window.deletion) if window.deletion else None,
            chr(window.indicator),
        )


def _order(row: PtpRow) -> tuple[str, str, date, date, str]:
    return (
        row.column1,
        row.column2,
        row.effective or date.min,
        row.deletion or date.max,
        row.indicator,
    )


class _Numbered(dict[T, int]):
    """Numbers its keys in the order of their first use, checking each once."""

    def __init__(self, check: Callable[[T], object]) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, key: T) -> int:
        self._check(key)
        self[key] = len(self)
        return self[key]


def _column(values: Sequence[int]) -> bytes:
    """Return a column in two bytes each, in four when a value needs them."""
    return array("H" if max(values, default=0) < _NARROW else "I", values).tobytes()


def _hints(pairs: Sequence[int], rank_width: int) -> bytes:
    """
    Return bits of which a pair in the table has its own set: most pairs asked for are not there.

    Eight bits a row leave one absent pair in fifteen to the search.
    """
    rank_bits = (1 << rank_width) - 1
    bits = bytearray(1 << max(len(pairs).bit_length(), 3))
    mask = 8 * len(bits) - 1
    for pair in pairs:
        hint = ((pair >> rank_width) * _STRIDE + (pair & rank_bits)) & mask
        bits[hint >> 3] |= 1 << (hint & 7)
    return bytes(bits)


def _cast(buffer: memoryview, rows: int) -> Sequence[int]:
    return buffer.cast("H" if len(buffer) == 2 * rows else "I")
