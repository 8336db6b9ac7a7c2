"""NCCI add-on codes: which codes are paid only beside a primary code, and beside which."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.ncci_codes import NO_NUMBER, checked, code_of, number_of
from scrubber.reference.snapshot import Edition, edition_for

TYPES = frozenset("123")
CONTRACTOR_DEFINED = "CCCCC"
CACHED_DAYS = 512
CACHED_CODES = 2048


class AocRow(NamedTuple):
    """
    An add-on code and one of its primaries (`CCCCC`: the contractor decides).

    Type 1 has a closed list of primaries, type 2 none, type 3 an open one. `deletion` is the
    last day in force; an absent date leaves its side open. An empty `primary` says that the
    table leaves primaries of this add-on out, and so cannot answer for it.
    """

    add_on: str
    primary: str
    type: str
    effective: date | None = None
    deletion: date | None = None


def pack(rows: Iterable[AocRow]) -> dict[str, bytes]:
    """
    Return the buffers of an edition: one entry a row, sorted by add-on code.

    Raises `ValueError` for a code or a type of another shape.
    """
    table = sorted({_entry(row) for row in rows})
    add_ons, primaries, types, effective, deletion = zip(*table, strict=True) if table else [()] * 5
    return {
        "add_ons": array("Q", add_ons).tobytes(),
        "primaries": array("Q", primaries).tobytes(),
        "types": bytes(types),
        "effective": array("I", effective).tobytes(),
        "deletion": array("I", deletion).tobytes(),
    }


def _entry(row: AocRow) -> tuple[int, int, int, int, int]:
    if row.type not in TYPES:
        message = f"{row.type!r} is not an add-on type (1, 2 or 3)"
        raise ValueError(message)
    return (
        number_of(checked(row.add_on)),
        number_of(checked(row.primary)) if row.primary else NO_NUMBER,
        ord(row.type),
        row.effective.toordinal() if row.effective else 0,
        row.deletion.toordinal() if row.deletion else 0,
    )


def unpack(edition: Edition) -> Iterator[AocRow]:
    """Yield every row of an edition."""
    for add_on, primary, kind, effective, deletion in zip(*_columns(edition), strict=True):
        yield AocRow(
            code_of(add_on),
            code_of(primary) if primary else "",
            chr(kind),
            date.fromordinal(effective) if effective else None,
            date.fromordinal(deletion) if deletion else None,
        )


def _columns(edition: Edition) -> tuple[Sequence[int], ...]:
    buffers = edition.buffers
    return (
        buffers["add_ons"].cast("Q"),
        buffers["primaries"].cast("Q"),
        buffers["types"],
        buffers["effective"].cast("I"),
        buffers["deletion"].cast("I"),
    )


class AocSeries:
    """All loaded editions of the table."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions."""
        self._editions = tuple(editions)
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "AocView | None":
        """Return the table as of the day; `None` when no edition covers it."""
        return self._view(day, latest_when_missing)

    def covers(self, day: date) -> bool:
        """Tell whether an edition is loaded for the day."""
        return edition_for(self._editions, day) is not None

    def _make_view(self, day: date, latest_when_missing: bool) -> "AocView | None":  # noqa: FBT001
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return AocView(self, edition, day) if edition else None


class AddOn(NamedTuple):
    """
    What the table says of a code as of a day.

    `type` is 1, 2 or 3, or `""` for a code that is no add-on; a code with rows of two types has
    the milder one: an open list excuses what a closed one would not. `primaries` has none for
    type 2. `held` tells whether the table can answer for the code at all.
    """

    type: str
    primaries: frozenset[str]
    held: bool


class AocView:
    """The table as of one day."""

    find: Callable[[str], AddOn]
    """What the table says of a code; answers are remembered."""

    def __init__(self, series: AocSeries, edition: Edition, day: date) -> None:
        """Ask `AocSeries.as_of` for a view."""
        self.day = day
        self.version = edition.info.version
        self.covers = series.covers
        self.on = series.as_of
        """The view of another day."""
        self._info = edition.info
        self._add_ons, self._primaries, self._types, self._effective, self._deletion = _columns(
            edition
        )
        self.find = lru_cache(maxsize=CACHED_CODES)(self._find)

    def _find(self, code: str) -> AddOn:
        rows = list(self._rows(number_of(code)))
        primaries = {primary for _, primary in rows}
        return AddOn(
            max((kind for kind, _ in rows), default=""),
            frozenset(
                code for code in map(code_of, primaries - {NO_NUMBER}) if code != CONTRACTOR_DEFINED
            ),
            held=self._info.holds(code) and NO_NUMBER not in primaries,
        )

    def _rows(self, number: int) -> Iterator[tuple[str, int]]:
        """Yield type and primary of the rows in force."""
        day = self.day.toordinal()
        for at in range(bisect_left(self._add_ons, number), len(self._add_ons)):
            if self._add_ons[at] != number:
                return
            if self._effective[at] <= day and (not self._deletion[at] or day <= self._deletion[at]):
                yield chr(self._types[at]), self._primaries[at]
