"""Codes with the days on which they are in force, in flat buffers searched where they lie."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

LONGEST_CODE = 7
ALWAYS_BEFORE = 0
ALWAYS_AFTER = date.max.toordinal()

_KEY_BYTES = 8
_NO_KEY = -1


class Period(NamedTuple):
    """The days from `first` to `last`, both included, as ordinals."""

    first: int
    last: int


class CodeWindow(NamedTuple):
    """A code, a period in which it is in force, and bits that hold in that period."""

    code: str
    period: Period
    traits: int


def period_of(effective: date | None, expires: date | None) -> Period:
    """Return the period between two dates; an absent date leaves its side open."""
    return Period(
        effective.toordinal() if effective else ALWAYS_BEFORE,
        expires.toordinal() if expires else ALWAYS_AFTER,
    )


def joined(periods: Iterable[Period]) -> list[Period]:
    """Return the periods in order, those that overlap or touch made one."""
    result: list[Period] = []
    for period in sorted(periods):
        if result and period.first <= result[-1].last + 1:
            result[-1] = Period(result[-1].first, max(result[-1].last, period.last))
        else:
            result.append(period)
    return result


def pack_windows(rows: Iterable[CodeWindow]) -> dict[str, bytes]:
    """
    Return sorted columns of fixed width: `codes`, `first`, `last`, `traits`.

    Traits take one byte each, two when one of them needs it. Periods of one code with the same
    traits are joined. A code of more than seven characters, or with a character beyond ASCII,
    raises `ValueError`.
    """
    periods: defaultdict[tuple[int, int], set[Period]] = defaultdict(set)
    for code, period, traits in rows:
        periods[checked_key(code), traits].add(period)
    wide = max((traits for _, traits in periods), default=0) >= 1 << 8
    codes, first, last = array("Q"), array("i"), array("i")
    columns = array("H" if wide else "B")
    for key, traits in sorted(periods):
        for period in joined(periods[key, traits]):
            codes.append(key)
            first.append(period.first)
            last.append(period.last)
            columns.append(traits)
    return {
        "codes": codes.tobytes(),
        "first": first.tobytes(),
        "last": last.tobytes(),
        "traits": columns.tobytes(),
    }


class CodeTable:
    """The columns of `pack_windows`, mapped: nothing is read before it is asked for."""

    __slots__ = ("_codes", "_first", "_last", "_size", "_traits")

    def __init__(self, buffers: Mapping[str, memoryview]) -> None:
        """Bind the mapped columns."""
        self._codes: Sequence[int] = memoryview(buffers["codes"]).cast("B").cast("Q")
        self._first: Sequence[int] = memoryview(buffers["first"]).cast("B").cast("i")
        self._last: Sequence[int] = memoryview(buffers["last"]).cast("B").cast("i")
        self._size = len(self._codes)
        traits = memoryview(buffers["traits"]).cast("B")
        self._traits: Sequence[int] = traits if len(traits) == self._size else traits.cast("H")

    def traits(self, code: str, day: int) -> tuple[int, int]:
        """Return the traits of the code on the day, and those of all its periods (0: unknown)."""
        codes = self._codes
        key = key_of(code)
        at = bisect_left(codes, key)
        on_day = ever = 0
        while at < self._size and codes[at] == key:
            ever |= self._traits[at]
            if self._first[at] <= day <= self._last[at]:
                on_day |= self._traits[at]
            at += 1
        return on_day, ever

    def periods(self, code: str, trait: int) -> Iterator[Period]:
        """Yield the periods in which the code has the trait."""
        key = key_of(code)
        for at in range(bisect_left(self._codes, key), self._size):
            if self._codes[at] != key:
                return
            if self._traits[at] & trait:
                yield Period(self._first[at], self._last[at])

    def below(self, code: str, trait: int, day: int) -> Iterator[str]:
        """Yield the longer codes that begin with the code and have the trait on the day."""
        prefix = code.encode()
        for at in range(bisect_left(self._codes, key_of(code)), self._size):
            found = self._codes[at].to_bytes(_KEY_BYTES, "big")
            if not found.startswith(prefix):
                return
            if (
                found[-1] > len(prefix)
                and self._traits[at] & trait
                and self._first[at] <= day <= self._last[at]
            ):
                yield found[: found[-1]].decode()


def checked_key(code: str) -> int:
    """Return the code's key; raises `ValueError` for a code that can have none."""
    key = key_of(code)
    if not code or key == _NO_KEY:
        message = f"{code!r} is no code of one to {LONGEST_CODE} ASCII characters"
        raise ValueError(message)
    return key


def key_of(code: str) -> int:
    """Return the code as a number of the code's order: its characters, then its length."""
    size = len(code)
    if size > LONGEST_CODE or not code.isascii():
        return _NO_KEY
    return int.from_bytes(code.encode(), "big") << (_KEY_BYTES - size) * 8 | size
