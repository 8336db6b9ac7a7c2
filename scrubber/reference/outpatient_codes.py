"""I/OCE: which procedure codes the outpatient code editor holds as of a day."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from scrubber.reference.approval_periods import Approval, Approvals, pack_approvals
from scrubber.reference.dated_codes import DatedCodeSeries, DatedCodeView, pack_codes
from scrubber.reference.snapshot import Edition, edition_for


class OutpatientRow(NamedTuple):
    """
    A code of the editor with its first and last day; an absent date leaves its side open.

    `approved` and `terminated` are the first and last day of its approval, where it has one.
    """

    code: str
    effective: date | None = None
    expires: date | None = None
    approved: date | None = None
    terminated: date | None = None


def pack(rows: Collection[OutpatientRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_codes(rows) | {"approvals": pack_approvals(rows)}


class OutpatientSeries(DatedCodeSeries):
    """All loaded editions."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions."""
        super().__init__(editions)
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
        self.has_approval = approvals.dated
        self._approvals = approvals

    def approval(self, code: str) -> Approval | None:
        """Return the code's approval; `None` when its rows say nothing of the day."""
        return self._approvals.of(code, date.fromordinal(self._answered))
