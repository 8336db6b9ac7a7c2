"""Medicare physician fee schedule: the payment indicators of a procedure as of a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from scrubber.reference.code_facts import FactSeries, FactView, FactWindow, pack_facts
from scrubber.reference.code_table import period_of
from scrubber.reference.snapshot import Edition

#: 000 the day; 010, 090 with the days after; MMM maternity; XXX none; YYY contractor; ZZZ add-on.
GLOBAL_DAYS = ("000", "010", "090", "MMM", "XXX", "YYY", "ZZZ")


class Indicators(NamedTuple):
    """
    What the schedule says of a procedure; 9 and XXX: the concept does not apply.

    The columns are those of the PPRRVU file: status, PC/TC, global days, bilateral surgery,
    assistant, co- and team surgeon.
    """

    glob_days: str
    status_code: str
    pctc_ind: str
    bilat_surg: str
    asst_surg: str
    co_surg: str
    team_surg: str


class FeeRow(NamedTuple):
    """The indicators of a procedure; an absent date leaves its side open."""

    code: str
    glob_days: str = "XXX"
    status_code: str = "A"
    pctc_ind: str = "9"
    bilat_surg: str = "9"
    asst_surg: str = "9"
    co_surg: str = "9"
    team_surg: str = "9"
    effective: date | None = None
    expires: date | None = None


def pack(rows: Iterable[FeeRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_facts(
        FactWindow(row.code, period_of(row.effective, row.expires), row[1:-2]) for row in rows
    )


class FeeScheduleView(FactView[Indicators]):
    """The schedule as of one day."""

    def glob_days(self, code: str, ordinal: int | None = None) -> str | None:
        """Return the global days of a code on the view's or another day; `None` without a row."""
        row = self.of(code, ordinal)
        return row.glob_days if row else None


class FeeScheduleSeries(FactSeries[Indicators]):
    """All loaded editions."""

    view = FeeScheduleView

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions, the newest first."""
        super().__init__(editions, Indicators._make)
