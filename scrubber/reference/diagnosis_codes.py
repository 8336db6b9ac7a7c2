"""ICD-10-CM: which diagnosis codes are billable, and which are headings, as of a day."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from scrubber.reference.code_table import (
    ALWAYS_AFTER,
    ALWAYS_BEFORE,
    LONGEST_CODE,
    CodeTable,
    CodeWindow,
    Period,
    joined,
    pack_windows,
    period_of,
)
from scrubber.reference.coverage import (
    CACHED_CODES,
    CACHED_DAYS,
    Coverage,
    Window,
    covered_period,
    within,
)
from scrubber.reference.snapshot import Edition
from scrubber.reference.tabular_list import TABULAR, Note, TabularList, pack_tabular

DiagnosisStatus = Literal["billable", "heading", "other_dates", "unknown"]

AgeRange = tuple[int, int]
Unacceptable = Literal["", "always", "hospice"]

#: Completed years: newborn, pediatric, maternity (two periods), adult. The editors know no other.
AGE_RANGES: tuple[AgeRange, ...] = ((0, 0), (0, 17), (9, 64), (12, 55), (15, 124))
ANY_AGE: AgeRange = (0, 124)

_LEAF, _HEADING, _EXTERNAL_CAUSE, _MANIFESTATION = 1, 2, 4, 8
# Few codes have limits: they stand in columns of their own. One bit for each range of ages first.
_LIMITS = "limit_"
_ALL_AGES = (1 << len(AGE_RANGES)) - 1
_UNACCEPTABLE, _UNACCEPTABLE_HOSPICE = 1 << len(AGE_RANGES), 2 << len(AGE_RANGES)
_CATEGORY_LENGTH = 3


class DiagnosisRow(NamedTuple):
    """
    A code of an edition; absent dates mean "as long as the edition covers".

    A flag, an age or `unacceptable` (as principal diagnosis of outpatient claims: always, on
    hospice bills only, or never) is `None` when the publisher's file has no such column. What the
    tabular list states at a code holds for all codes below it too: `seventh` (a list of seventh
    characters), `side` (right or left), `sides` (the codes of right and left where this one leaves
    it open), `notes`.
    """

    code: str
    billable: bool = True
    effective: date | None = None
    expires: date | None = None
    external_cause: bool | None = None
    manifestation: bool | None = None
    seventh: bool = False
    side: str = ""
    sides: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    lo_age: int | None = None
    hi_age: int | None = None
    unacceptable: Unacceptable | None = None


def pack(rows: Sequence[DiagnosisRow]) -> dict[str, bytes]:
    """Return the buffers of an edition: leaves, the headings that follow from them, notes."""
    carried = limits_carried = 0
    windows: list[CodeWindow] = []
    limits: list[CodeWindow] = []
    leaf_periods: defaultdict[str, set[Period]] = defaultdict(set)
    for row in rows:
        period = period_of(row.effective, row.expires)
        traits = _LEAF if row.billable else _HEADING
        for flag, trait in (
            (row.external_cause, _EXTERNAL_CAUSE),
            (row.manifestation, _MANIFESTATION),
        ):
            carried |= 0 if flag is None else trait
            traits |= trait if flag else 0
        windows.append(CodeWindow(row.code, period, traits))
        if row.billable:
            leaf_periods[row.code].add(period)
        limit, known = _limits_of(row)
        limits_carried |= known
        if limit:
            limits.append(CodeWindow(row.code, period, limit))
    windows += _headings(leaf_periods)
    changes = {each.period.first for each in windows} | {each.period.last + 1 for each in windows}
    dated = sorted(changes - {ALWAYS_BEFORE, ALWAYS_AFTER + 1})
    packed = {
        **pack_windows(windows),
        "carried": bytes([carried]),
        "changes": array("i", [ALWAYS_BEFORE, *dated]).tobytes(),
        **pack_tabular(rows),
    }
    if limits_carried:
        columns = {**pack_windows(limits), "carried": bytes([limits_carried])}
        packed |= {f"{_LIMITS}{name}": column for name, column in columns.items()}
    return packed


def _limits_of(row: DiagnosisRow) -> tuple[int, int]:
    """Return the bits of the row's limits, and those of all limits that its file knows."""
    limit = known = 0
    if row.lo_age is not None and row.hi_age is not None:
        known |= _ALL_AGES
        ages = (row.lo_age, row.hi_age)
        limit |= 0 if ages == ANY_AGE else 1 << AGE_RANGES.index(ages)
    if row.unacceptable is not None:
        known |= _UNACCEPTABLE | _UNACCEPTABLE_HOSPICE
        if row.unacceptable:
            limit |= _UNACCEPTABLE if row.unacceptable == "always" else _UNACCEPTABLE_HOSPICE
    return limit, known


def _headings(leaf_periods: dict[str, set[Period]]) -> Iterator[CodeWindow]:
    """Yield each beginning of a leaf as a heading for as long as a leaf below it is in force."""
    below: defaultdict[str, set[Period]] = defaultdict(set)
    for code, periods in leaf_periods.items():
        for length in range(_CATEGORY_LENGTH, len(code)):
            below[code[:length]] |= periods
    for code, periods in below.items():
        for period in joined(periods):
            yield CodeWindow(code, period, _HEADING)


class _LoadedEdition:
    """One edition, mapped."""

    def __init__(self, edition: Edition) -> None:
        """Map the edition."""
        self.version = edition.info.version
        self.period = covered_period(edition)
        self.table = CodeTable(edition.buffers)
        self.carried = edition.buffers["carried"][0]
        self._changes = memoryview(edition.buffers["changes"]).cast("B").cast("i")
        self._tabular = edition.buffers.get(TABULAR, memoryview(b""))
        self.has_tabular = TABULAR in edition.buffers
        limits = {
            name.removeprefix(_LIMITS): buffer
            for name, buffer in edition.buffers.items()
            if name.startswith(_LIMITS)
        }
        self.limits = CodeTable(limits) if limits else None
        self.limits_carried = limits["carried"][0] if limits else 0

    @cached_property
    def tabular(self) -> TabularList:
        """The notes of the edition, decoded when first asked for."""
        return TabularList(self.version, self._tabular, self._is_billable)

    def _is_billable(self, code: str) -> bool:
        return bool(self.table.traits(code, self.period.first)[1] & _LEAF)

    def current_since(self, ordinal: int) -> int:
        """Return the day since which the edition's codes are what they are on the day."""
        changes = [change for change in self._changes if change <= ordinal]
        return max(self.period.first, changes[-1])

    def covers(self, ordinal: int) -> bool:
        return self.period.first <= ordinal <= self.period.last


class DiagnosisSeries:
    """All loaded editions of ICD-10-CM."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions."""
        self.coverage = Coverage.of(editions)
        self.loaded = tuple(_LoadedEdition(each) for each in editions)
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "DiagnosisView | None":
        """
        Return the codes as of the day; `None` when no edition covers it.

        With `latest_when_missing`, a day that is not covered is answered as of the last covered
        day before it.
        """
        ordinal = day.toordinal()
        answered = self.coverage.last_until(ordinal)
        if answered is None or (answered != ordinal and not latest_when_missing):
            return None
        return self._view(day, answered)

    def tabular_on(self, ordinal: int) -> TabularList | None:
        """
        Return the tabular list of the day, else the first later one, else `None`.

        Old lists are seldom loaded, and most notes stay from year to year; a later note is taken
        for codes that its list still has, and whoever uses it can name its edition.
        """
        lists = [each for each in self.loaded if each.has_tabular]
        covering = [each for each in lists if each.covers(ordinal)]
        if covering:
            return max(covering, key=lambda each: each.version).tabular
        later = [each for each in lists if each.period.first > ordinal]
        return min(later, key=lambda each: each.version).tabular if later else None

    def _make_view(self, day: date, answered: int) -> "DiagnosisView":
        return DiagnosisView(self, day, answered)


class DiagnosisView:
    """The diagnosis codes as of one day."""

    def __init__(self, series: DiagnosisSeries, day: date, answered: int) -> None:
        """Rank the editions that cover the answered day."""
        self.day = day
        self._series = series
        self._answered = answered
        # A yearly file is superseded by what changed later: the April codes of a dated table
        # rank before the October file that still covers the day.
        self._covering = sorted(
            (each for each in series.loaded if each.covers(answered)),
            key=lambda each: (each.current_since(answered), each.period.first),
            reverse=True,
        )
        self._table = self._covering[0].table
        self.version = self._covering[0].version
        self.tabular = series.tabular_on(answered)
        # A pure function of the code; claims of a day name the same codes again and again.
        self.status = lru_cache(maxsize=CACHED_CODES)(self._status)
        self.seventh_characters = lru_cache(maxsize=CACHED_CODES)(self._seventh_characters)
        self.age_range = lru_cache(maxsize=CACHED_CODES)(self._age_range)
        self.unacceptable = lru_cache(maxsize=CACHED_CODES)(self._unacceptable)
        self.manifestation = lru_cache(maxsize=CACHED_CODES)(self._manifestation)
        self.external_cause = lru_cache(maxsize=CACHED_CODES)(self._external_cause)

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def _status(self, code: str) -> DiagnosisStatus:
        """
        Return what the code is on the day.

        A heading of another day that was never billable is a heading too: it is known, and it
        needs more characters. `other_dates` is a code that was or will be billable.
        """
        on_day, ever = self._table.traits(code, self._answered)
        if on_day & _LEAF:
            return "billable"
        if on_day & _HEADING:
            return "heading"
        for edition in self._series.loaded:
            ever |= edition.table.traits(code, self._answered)[1]
        if ever & _LEAF:
            return "other_dates"
        return "heading" if ever & _HEADING else "unknown"

    def window(self, code: str) -> Window:
        """Return the period around the day, or nearest to it, in which the code is billable."""
        return self._series.coverage.nearest(
            (
                within(period, edition.period)
                for edition in self._series.loaded
                for period in edition.table.periods(code, _LEAF)
            ),
            self._answered,
        )

    def candidates(self, heading: str, most: int = 4) -> tuple[str, ...]:
        """Return the first billable codes of the day below the heading."""
        return tuple(islice(self._table.below(heading, _LEAF, self._answered), most))

    def _seventh_characters(self, code: str) -> tuple[str, ...] | None:
        """
        Return what the seventh character may be of a code that fails for it alone, else `()`.

        Such a code is a beginning that takes seventh characters, filled up with X, short of one
        or with another than were in force on the day. `None` when no tabular list is loaded.
        """
        if self.status(code) in ("billable", "other_dates") or len(code) > LONGEST_CODE:
            return ()
        for length in range(min(len(code), LONGEST_CODE - 1), _CATEGORY_LENGTH - 1, -1):
            stem = code[:length].ljust(LONGEST_CODE - 1, "X")
            found = tuple(leaf[-1] for leaf in self._table.below(stem, _LEAF, self._answered))
            if found:
                if self.tabular is None:
                    return None
                return found if self.tabular.takes_seventh(stem) else ()
        return ()

    def _external_cause(self, code: str) -> bool | None:
        """Return whether the code is an external cause; `None` when no edition of the day says."""
        return self._flag(code, _EXTERNAL_CAUSE)

    def _manifestation(self, code: str) -> bool | None:
        """Return whether the code is a manifestation; `None` when no edition of the day says."""
        return self._flag(code, _MANIFESTATION)

    def _age_range(self, code: str) -> AgeRange | None:
        """Return the ages at which the code is used; `None` when no edition of the day says."""
        limit = self._limit(code, _ALL_AGES)
        if limit is None:
            return None
        ages = [ages for bit, ages in enumerate(AGE_RANGES) if limit & 1 << bit]
        return ages[0] if ages else ANY_AGE

    def _unacceptable(self, code: str) -> Unacceptable | None:
        """Return where the code cannot be principal; `None` when no edition of the day says."""
        limit = self._limit(code, _UNACCEPTABLE | _UNACCEPTABLE_HOSPICE)
        if limit is None:
            return None
        if limit & _UNACCEPTABLE:
            return "always"
        return "hospice" if limit else ""

    def _limit(self, code: str, kind: int) -> int | None:
        for edition in self._covering:
            if edition.limits is not None and edition.limits_carried & kind:
                return edition.limits.traits(code, self._answered)[0] & kind
        return None

    def _flag(self, code: str, trait: int) -> bool | None:
        for edition in self._covering:
            if edition.carried & trait:
                on_day, ever = edition.table.traits(code, self._answered)
                return bool((on_day if on_day & _LEAF else ever) & trait)
        return None
