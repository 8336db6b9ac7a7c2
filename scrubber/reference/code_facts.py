"""Codes with facts that hold in a period, in flat buffers; many codes share the same few facts."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from scrubber.reference.code_table import Period, checked_key, joined, key_of
from scrubber.reference.coverage import CACHED_CODES, CACHED_DAYS, Coverage, covered_period
from scrubber.reference.snapshot import Edition

_CELL, _ROW = "\t", "\n"

Facts = tuple[str, ...]
RecordT = TypeVar("RecordT")


class FactWindow(NamedTuple):
    """A code, a period, and what holds of the code in that period."""

    code: str
    period: Period
    facts: Facts


def pack_facts(rows: Iterable[FactWindow], prefix: str = "") -> dict[str, bytes]:
    """
    Return columns of fixed width (`codes`, sorted, `first`, `last`, `facts`), and `distinct` facts.

    The prefix tells the buffers from others of the same edition.
    Periods of one code with the same facts are joined. A code of more than seven characters, or
    with a character beyond ASCII, raises `ValueError`.
    """
    periods: defaultdict[tuple[int, Facts], set[Period]] = defaultdict(set)
    for code, period, facts in rows:
        periods[checked_key(code), facts].add(period)
    numbers = {facts: number for number, facts in enumerate(sorted({each for _, each in periods}))}
    codes, first, last, column = array("Q"), array("i"), array("i"), array("I")
    for key, facts in sorted(periods):
        for period in joined(periods[key, facts]):
            codes.append(key)
            first.append(period.first)
            last.append(period.last)
            column.append(numbers[facts])
    return {
        f"{prefix}codes": codes.tobytes(),
        f"{prefix}first": first.tobytes(),
        f"{prefix}last": last.tobytes(),
        f"{prefix}facts": column.tobytes(),
        f"{prefix}distinct": _ROW.join(map(_CELL.join, numbers)).encode(),
    }


class FactTable:
    """The columns of `pack_facts`, mapped; only the distinct facts are unpacked."""

    __slots__ = ("_codes", "_distinct", "_facts", "_first", "_last")

    def __init__(self, buffers: Mapping[str, memoryview], prefix: str = "") -> None:
        """Bind the mapped columns."""
        columns = {
            name: memoryview(buffers[prefix + name]).cast("B")
            for name in ("codes", "first", "last", "facts")
        }
        self._codes: Sequence[int] = columns["codes"].cast("Q")
        self._first: Sequence[int] = columns["first"].cast("i")
        self._last: Sequence[int] = columns["last"].cast("i")
        self._facts: Sequence[int] = columns["facts"].cast("I")
        rows = bytes(buffers[f"{prefix}distinct"]).decode().split(_ROW)
        self._distinct = [tuple(row.split(_CELL)) for row in rows]

    def on(self, code: str, day: int) -> Facts | None:
        """Return the facts of the code on the day; `None` without a row in force."""
        codes, key = self._codes, key_of(code)
        for at in range(bisect_left(codes, key), len(codes)):
            if codes[at] != key:
                return None
            if self._first[at] <= day <= self._last[at]:
                return self._distinct[self._facts[at]]
        return None


class FactSeries(Generic[RecordT]):
    """All loaded editions of one table, the newest first; `record` names the facts of a code."""

    view: "type[FactView[RecordT]]"

    def __init__(
        self, editions: Sequence[Edition], record: Callable[[Facts], RecordT], prefix: str = ""
    ) -> None:
        """Map the editions."""
        ordered = sorted(editions, key=lambda each: each.info.effective, reverse=True)
        self.loaded = tuple(
            (each.info.version, covered_period(each), FactTable(each.buffers, prefix))
            for each in ordered
        )
        self.coverage = Coverage.of(editions)
        self._record = record
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "FactView[RecordT] | None":
        """Return the table as of the day; `None` when no edition covers it."""
        return self._view(day, latest_when_missing)

    def version(self, ordinal: int) -> str:
        """Return the version of the newest edition that covers a covered day."""
        return next(v for v, period, _ in self.loaded if period.first <= ordinal <= period.last)

    def _make_view(
        self,
        day: date,
        latest_when_missing: bool,  # noqa: FBT001 (positional, for the cache)
    ) -> "FactView[RecordT] | None":
        ordinal = day.toordinal()
        answered = self.coverage.last_until(ordinal)
        if answered is None or (answered != ordinal and not latest_when_missing):
            return None
        return self.view(self, day, answered)

    def on(self, code: str, ordinal: int) -> RecordT | None:
        """Return what the newest edition of a day says of a code; `None` without a row."""
        for _, period, table in self.loaded:
            if period.first <= ordinal <= period.last:
                facts = table.on(code, ordinal)
                if facts is not None:
                    return self._record(facts)
        return None


class FactView(Generic[RecordT]):
    """One table as of one day."""

    def __init__(self, series: FactSeries[RecordT], day: date, answered: int) -> None:
        """Bind the day to the covered day that answers for it."""
        self.day = day
        self.version = series.version(answered)
        self._ordinal = day.toordinal()
        self._answered = answered
        self._series = series
        # A pure function of code and day; claims of a day name the same codes again and again.
        self.of = lru_cache(maxsize=CACHED_CODES)(self._of)

    def _of(self, code: str, ordinal: int | None = None) -> RecordT | None:
        """Return what is known of a code on the view's or another day; `None` without a row."""
        asked = self._answered if ordinal is None or ordinal == self._ordinal else ordinal
        return self._series.on(code, asked)
