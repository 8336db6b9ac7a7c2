"""The days on which a service was approved, where approval began or ended within a quarter."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol

import orjson


class _Row(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def effective(self) -> date | None: ...
    @property
    def expires(self) -> date | None: ...
    @property
    def approved(self) -> date | None: ...
    @property
    def terminated(self) -> date | None: ...


class Approval(NamedTuple):
    """The first and the last day of an approval; an absent date leaves its side open."""

    approved: date | None
    terminated: date | None

    def holds(self, day: date) -> bool:
        """Tell whether the service was approved on the day."""
        return (self.approved is None or self.approved <= day) and (
            self.terminated is None or day <= self.terminated
        )


def pack_approvals(rows: Iterable[_Row]) -> bytes:
    """Return the rows that state an approval, by code, as JSON; there are some hundred."""
    found: dict[str, list[list[str | None]]] = {}
    for row in rows:
        if row.approved or row.terminated:
            dates = (row.effective, row.expires, row.approved, row.terminated)
            found.setdefault(row.code, []).append(
                [each.isoformat() if each else None for each in dates]
            )
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS)


class Approvals:
    """What `pack_approvals` has written."""

    def __init__(self, buffer: memoryview) -> None:
        """Read all of it."""
        self._rows: dict[str, list[list[str | None]]] = orjson.loads(bytes(buffer))

    def dated(self, code: str) -> bool:
        """Return whether the code has an approval with dates."""
        return code in self._rows

    def of(self, code: str, day: date) -> Approval | None:
        """Return the approval that the rows of the day state; `None` when no row is of the day."""
        today = day.isoformat()
        for first, last, approved, terminated in self._rows.get(code, ()):
            if (first or "") <= today <= (last or "9"):
                return Approval(_day(approved), _day(terminated))
        return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
