"""I/OCE: what the outpatient code editor holds of a procedure code as of a day."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.approval_periods import Approval, Approvals, pack_approvals
from scrubber.reference.code_facts import FactSeries, FactWindow, pack_facts
from scrubber.reference.code_table import CodeWindow, pack_windows, period_of
from scrubber.reference.coverage import CACHED_CODES
from scrubber.reference.dated_codes import LISTED, DatedCodeSeries, DatedCodeView
from scrubber.reference.snapshot import Edition, edition_for

OLDEST = 124
_LIMITS = "limits-"

#: In the order of their numbers in the buffers; a new one goes to the end.
STATUS_INDICATORS = (
    "", "A", "B", "C", "E1", "E2", "F", "G", "H", "H1", "J1", "J2", "K", "K1", "L", "M", "N", "P",
    "Q1", "Q2", "Q3", "Q4", "R", "S", "S1", "T", "U", "V", "W", "Y", "Z",
)  # fmt: skip
_INDICATOR_BITS = 6
_INDICATORS = (1 << _INDICATOR_BITS) - 1


class OutpatientCode(NamedTuple):
    """
    What the editor holds of a code.

    `critical_care` is a J2 code of APC 5041, which counts as a procedure and not as a visit.
    `bilateral` is conditional or independent. `device_procedure` needs a `device` on the day,
    unless `device_exempt` and modifier CG says that none of the listed ones was used.
    `never_packaged` is paid beside a comprehensive procedure.
    """

    status_indicator: str = ""
    critical_care: bool = False
    separate_procedure: bool = False
    bilateral: bool = False
    vaccine: bool = False
    colorectal: bool = False
    device: bool = False
    device_procedure: bool = False
    device_exempt: bool = False
    never_packaged: bool = False


class OutpatientLimits(NamedTuple):
    """For whom a code is."""

    lo_age: int
    hi_age: int
    sex: str


class OutpatientRow(NamedTuple):
    """
    A code of the editor with its first and last day; an absent date leaves its side open.

    Ages in completed years; `sex` is M, F or empty. `approved` and `terminated` are the first and
    last day of its approval, where it has one.
    """

    code: str
    effective: date | None = None
    expires: date | None = None
    status_indicator: str = ""
    critical_care: bool = False
    separate_procedure: bool = False
    bilateral: bool = False
    vaccine: bool = False
    colorectal: bool = False
    device: bool = False
    device_procedure: bool = False
    device_exempt: bool = False
    never_packaged: bool = False
    lo_age: int = 0
    hi_age: int = OLDEST
    sex: str = ""
    approved: date | None = None
    terminated: date | None = None


UNLISTED = OutpatientCode()
_FLAGS = OutpatientCode._fields[1:]


def pack(rows: Collection[OutpatientRow]) -> dict[str, bytes]:
    """Return the buffers of an edition; raises `ValueError` for another status indicator."""
    codes = pack_windows(
        CodeWindow(
            row.code,
            period_of(row.effective, row.expires),
            _traits(row.status_indicator, [getattr(row, flag) for flag in _FLAGS]),
        )
        for row in rows
    )
    limits = pack_facts(
        (
            FactWindow(
                row.code,
                period_of(row.effective, row.expires),
                (str(row.lo_age), str(row.hi_age), row.sex),
            )
            for row in rows
        ),
        _LIMITS,
    )
    return codes | limits | {"approvals": pack_approvals(rows)}


def _traits(indicator: str, flags: Iterable[object]) -> int:
    traits = STATUS_INDICATORS.index(indicator)
    for at, flag in enumerate(flags, _INDICATOR_BITS):
        traits |= bool(flag) << at
    return traits << 1 | LISTED


# The table has some hundred different ones.
@lru_cache(maxsize=CACHED_CODES)
def _code(traits: int) -> OutpatientCode:
    held = traits >> 1
    flags = held >> _INDICATOR_BITS
    return OutpatientCode(
        STATUS_INDICATORS[held & _INDICATORS],
        *[bool(flags >> at & 1) for at in range(len(_FLAGS))],
    )


def _limits(facts: tuple[str, ...]) -> OutpatientLimits:
    lo_age, hi_age, sex = facts
    return OutpatientLimits(int(lo_age), int(hi_age), sex)


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
        # Pure functions of the code; claims of a day name the same codes again and again.
        self.code = lru_cache(maxsize=CACHED_CODES)(self._code)
        self.limits = lru_cache(maxsize=CACHED_CODES)(self._limits)
        self.has_approval = approvals.dated
        self._approvals = approvals

    def approval(self, code: str) -> Approval | None:
        """Return the code's approval; `None` when its rows say nothing of the day."""
        return self._approvals.of(code, date.fromordinal(self._answered))

    def _limits(self, code: str) -> OutpatientLimits | None:
        """Return the limits of a code on the day; `None` when the editor does not hold it."""
        return self._limits_on(code, self._answered)

    def _code(self, code: str) -> OutpatientCode:
        """Return what the editor holds of the code on the day; `UNLISTED` for nothing."""
        for edition in self._covering:
            if traits := edition.table.traits(code, self._answered)[0]:
                return _code(traits)
        return UNLISTED
