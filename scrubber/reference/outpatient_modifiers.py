"""I/OCE: which modifiers the editor knows, and which two may not stand together, as of a day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.reference.dated_codes import DatedCodeSeries, pack_codes


class ModifierRow(NamedTuple):
    """A modifier, or two that conflict written as one (`CTFX`); an absent date is open."""

    code: str
    effective: date | None = None
    expires: date | None = None


class ModifierSeries(DatedCodeSeries):
    """All loaded editions."""


def pack(rows: Iterable[ModifierRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_codes(rows)
