"""I/OCE: what the outpatient code editor holds of a procedure code as of a day."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.code_table import CodeWindow, pack_windows, period_of
from scrubber.reference.coverage import CACHED_CODES
from scrubber.reference.dated_codes import LISTED, DatedCodeSeries, DatedCodeView

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


class OutpatientRow(NamedTuple):
    """A code of the editor with its first and last day; an absent date leaves its side open."""

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


UNLISTED = OutpatientCode()
_FLAGS = OutpatientRow._fields.index("status_indicator") + 1


def pack(rows: Iterable[OutpatientRow]) -> dict[str, bytes]:
    """Return the buffers of an edition; raises `ValueError` for another status indicator."""
    return pack_windows(
        CodeWindow(
            row.code,
            period_of(row.effective, row.expires),
            _traits(row.status_indicator, row[_FLAGS:]),
        )
        for row in rows
    )


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
    names = OutpatientCode._fields[1:]
    return OutpatientCode(
        STATUS_INDICATORS[held & _INDICATORS],
        *[bool(flags >> at & 1) for at in range(len(names))],
    )


class OutpatientSeries(DatedCodeSeries):
    """All loaded editions."""

    def _make_view(self, day: date, answered: int) -> "OutpatientView":
        return OutpatientView(self, day, answered)


class OutpatientView(DatedCodeView):
    """The editor's codes as of one day."""

    def __init__(self, series: DatedCodeSeries, day: date, answered: int) -> None:
        """Choose the editions that cover the answered day."""
        super().__init__(series, day, answered)
        # A pure function of the code; claims of a day name the same codes again and again.
        self.code = lru_cache(maxsize=CACHED_CODES)(self._code)

    def _code(self, code: str) -> OutpatientCode:
        """Return what the editor holds of the code on the day; `UNLISTED` for nothing."""
        for edition in self._covering:
            if traits := edition.table.traits(code, self._answered)[0]:
                return _code(traits)
        return UNLISTED
