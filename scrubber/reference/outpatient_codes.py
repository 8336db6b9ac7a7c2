"""I/OCE: which procedure codes the outpatient code editor holds as of a day, and their limits."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.approval_periods import Approval, Approvals, pack_approvals
from scrubber.reference.code_facts import FactSeries, FactWindow, pack_facts
from scrubber.reference.code_table import period_of
from scrubber.reference.coverage import CACHED_CODES
from scrubber.reference.dated_codes import DatedCodeSeries, DatedCodeView, pack_codes
from scrubber.reference.snapshot import Edition, edition_for

OLDEST = 124
_LIMITS = "limits-"


class OutpatientRow(NamedTuple):
    """
    A code of the editor with its first and last day; an absent date leaves its side open.

    Ages in completed years; `sex` is M, F or empty. `bilateral` codes, conditional or independent,
    take modifier 50. `approved` and `terminated` are the first and last day of its approval, where
    it has one.
    """

    code: str
    effective: date | None = None
    expires: date | None = None
    lo_age: int = 0
    hi_age: int = OLDEST
    sex: str = ""
    bilateral: bool = False
    approved: date | None = None
    terminated: date | None = None


class OutpatientLimits(NamedTuple):
    """For whom a code is, and whether it takes modifier 50."""

    lo_age: int
    hi_age: int
    sex: str
    bilateral: bool


class OutpatientSeries(DatedCodeSeries):
    """All loaded editions."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions."""
        super().__init__(editions)
        self.limits = FactSeries(editions, _limits, _LIMITS)
        self._editions = tuple(editions)
        self._approvals = {
            each.info.effective: Approvals(each.buffers["approvals"]) for each in editions
        }

    def _make_view(self, day: date, answered: int) -> "OutpatientView":
        edition = edition_for(self._editions, date.fromordinal(answered))
        assert edition is not None  # the day was answered by one
        return OutpatientView(self, day, answered, self._approvals[edition.info.effective])


class OutpatientView(DatedCodeView):
    """The editor's codes as of one day."""

    def __init__(
        self, series: OutpatientSeries, day: date, answered: int, approvals: Approvals
    ) -> None:
        """Choose the editions that cover the answered day."""
        super().__init__(series, day, answered)
        self._limits_on = series.limits.on
        # A pure function of the code; claims of a day name the same codes again and again.
        self.limits = lru_cache(maxsize=CACHED_CODES)(self._limits)
        self.has_approval = approvals.dated
        self._approvals = approvals

    def approval(self, code: str) -> Approval | None:
        """Return the code's approval; `None` when its rows say nothing of the day."""
        return self._approvals.of(code, date.fromordinal(self._answered))

    def _limits(self, code: str) -> OutpatientLimits | None:
        """Return the limits of a code on the day; `None` when the editor does not hold it."""
        return self._limits_on(code, self._answered)


def pack(rows: Collection[OutpatientRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    limits = pack_facts(
        (
            FactWindow(
                row.code,
                period_of(row.effective, row.expires),
                (str(row.lo_age), str(row.hi_age), row.sex, "1" if row.bilateral else ""),
            )
            for row in rows
        ),
        _LIMITS,
    )
    return pack_codes(rows) | limits | {"approvals": pack_approvals(rows)}


def _limits(facts: tuple[str, ...]) -> OutpatientLimits:
    lo_age, hi_age, sex, bilateral = facts
    return OutpatientLimits(int(lo_age), int(hi_age), sex, bool(bilateral))
