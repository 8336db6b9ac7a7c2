"""I/OCE: which groups of edits run on a bill, by its type and its condition codes."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.code_table import CodeTable, CodeWindow, pack_windows, period_of
from scrubber.reference.coverage import CACHED_CODES, CACHED_DAYS
from scrubber.reference.snapshot import Edition, edition_for

#: Rules of the map: bills of an OPPS hospital, and else.
_PLAIN_RULES = (0, 9)
#: Condition codes whose bills have rows of their own: partial hospitalization, opioid treatment
#: program, intensive outpatient program.
_RULES = {"41": 1, "89": 11, "92": 12}


_ALL_RULES = range(13)


class BillEdits(NamedTuple):
    """Which groups of edits run."""

    ncci: bool = False
    opps: bool = False
    units: bool = False


class BillTypeRow(NamedTuple):
    """
    The groups that run on a bill type under a rule of the map.

    `bill` is facility and care, as `13`. An absent date leaves its side open.
    """

    bill: str
    rule: int = 0
    ncci: bool = False
    opps: bool = False
    units: bool = False
    effective: date | None = None
    expires: date | None = None


NONE = BillEdits()


def pack(rows: Iterable[BillTypeRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_windows(
        CodeWindow(
            _key(row.bill, row.rule),
            period_of(row.effective, row.expires),
            1 | row.ncci << 1 | row.opps << 2 | row.units << 3,
        )
        for row in rows
    )


def _key(bill: str, rule: int) -> str:
    return f"{bill}{rule:02}"


class BillTypeSeries:
    """All loaded editions of the map."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions."""
        self._editions = tuple(editions)
        self._tables = {each.info.effective: CodeTable(each.buffers) for each in editions}
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "BillTypeView | None":
        """Return the map as of the day; `None` when no edition covers it."""
        return self._view(day, latest_when_missing)

    def _make_view(
        self,
        day: date,
        latest_when_missing: bool,  # noqa: FBT001 (positional, for the cache)
    ) -> "BillTypeView | None":
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        if edition is None:
            return None
        return BillTypeView(day, edition, self._tables[edition.info.effective])


class BillTypeView:
    """The map as of one day."""

    def __init__(self, day: date, edition: Edition, table: CodeTable) -> None:
        """Ask `BillTypeSeries.as_of` for a view."""
        self.day = day
        self.version = edition.info.version
        self._ordinal = min(day, edition.info.expires).toordinal()
        self._table = table
        self.edits = lru_cache(maxsize=CACHED_CODES)(self._edits)

    def names(self, bill: str) -> bool:
        """Return whether a row of its own names facility and care, as `13`."""
        return any(self._table.traits(_key(bill, rule), self._ordinal)[0] for rule in _ALL_RULES)

    def _edits(self, bill_type: str, condition_codes: tuple[str, ...]) -> BillEdits:
        """
        Return the groups of edits that run on a bill type of four characters.

        The most specific row of the map has the say; a bill type without one is not edited.
        """
        special = [rule for code, rule in _RULES.items() if code in condition_codes]
        for rule in (*special, *_PLAIN_RULES):
            if traits := self._table.traits(_key(bill_type[1:3], rule), self._ordinal)[0]:
                return BillEdits(*(bool(traits >> at & 1) for at in (1, 2, 3)))
        return NONE
