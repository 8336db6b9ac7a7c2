"""Code lists that a user loads, for CMS publishes no table of them or their licence forbids one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from scrubber.reference.code_facts import Facts, FactSeries, FactView, FactWindow, pack_facts
from scrubber.reference.code_table import period_of
from scrubber.reference.snapshot import Edition


class CodeListRow(NamedTuple):
    """A code of a list, and what the list says of it; an absent date leaves its side open."""

    code: str
    value: str = ""
    effective: date | None = None
    expires: date | None = None


CodeListView = FactView[str]


class CodeListSeries(FactSeries[str]):
    """All loaded editions."""

    view = FactView[str]

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions, the newest first."""
        super().__init__(editions, _value)


def pack(rows: Iterable[CodeListRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_facts(
        FactWindow(row.code, period_of(row.effective, row.expires), (row.value,)) for row in rows
    )


def _value(facts: Facts) -> str:
    return facts[0]
