"""I/OCE: which types of bill the outpatient code editor names as of a day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.reference.code_table import CodeWindow, pack_windows, period_of
from scrubber.reference.dated_codes import DatedCodeSeries, DatedCodeView


class BillTypeRow(NamedTuple):
    """Facility and care of a bill, as `13`, with first and last day; absent dates are open."""

    bill: str
    effective: date | None = None
    expires: date | None = None


def pack(rows: Iterable[BillTypeRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_windows(
        CodeWindow(row.bill, period_of(row.effective, row.expires), 1) for row in rows
    )


class BillTypeSeries(DatedCodeSeries):
    """All loaded editions."""

    def _make_view(self, day: date, answered: int) -> "BillTypeView":
        return BillTypeView(self, day, answered)


class BillTypeView(DatedCodeView):
    """The map as of one day."""

    def names(self, bill: str) -> bool:
        """Return whether a row of its own names facility and care, as `13`."""
        return self.status(bill) == "in_force"
