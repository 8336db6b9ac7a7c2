"""I/OCE: which revenue codes exist as of a day, and which stand without a procedure code."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.reference.code_table import CodeWindow, pack_windows, period_of
from scrubber.reference.dated_codes import DatedCodeSeries, DatedCodeView

_LISTED, _WITHOUT_PROCEDURE, _EXEMPT = 1, 2, 4


class RevenueRow(NamedTuple):
    """
    A four-digit revenue code with first and last day; an absent date leaves its side open.

    `without_procedure`: its status says that the line needs no procedure (packaged, vaccine).
    `exempt`: the editor does not ask for one whatever the status says.
    """

    code: str
    without_procedure: bool = False
    exempt: bool = False
    effective: date | None = None
    expires: date | None = None


def pack(rows: Iterable[RevenueRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_windows(
        CodeWindow(
            row.code,
            period_of(row.effective, row.expires),
            _LISTED
            | (_WITHOUT_PROCEDURE if row.without_procedure else 0)
            | (_EXEMPT if row.exempt else 0),
        )
        for row in rows
    )


class RevenueSeries(DatedCodeSeries):
    """All loaded editions."""

    def _make_view(self, day: date, answered: int) -> "RevenueView":
        return RevenueView(self, day, answered)


class RevenueView(DatedCodeView):
    """The revenue codes as of one day."""

    def needs_procedure(self, code: str) -> bool:
        """Return whether the code's status asks for a procedure; no for one that is unknown."""
        traits = self._traits(code)
        return traits != 0 and not traits & _WITHOUT_PROCEDURE

    def exempt(self, code: str) -> bool:
        """Return whether the editor lets the code pass without a procedure all the same."""
        return bool(self._traits(code) & _EXEMPT)

    def _traits(self, code: str) -> int:
        return self._covering[0].table.traits(code, self._answered)[0]
