"""I/OCE: which procedures need which device, as of a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.reference.code_table import period_of
from scrubber.reference.coverage import CACHED_DAYS
from scrubber.reference.ncci_codes import checked
from scrubber.reference.snapshot import Edition, edition_for


class DevicePairRow(NamedTuple):
    """A procedure and a device that it needs; an absent date leaves its side open."""

    procedure: str
    device: str
    effective: date | None = None
    expires: date | None = None


def pack(rows: Iterable[DevicePairRow]) -> dict[str, bytes]:
    """Return the pairs, one a line; raises `ValueError` for a code of another shape."""
    lines = [
        " ".join(
            (
                checked(row.procedure),
                checked(row.device),
                *map(str, period_of(row.effective, row.expires)),
            )
        )
        for row in rows
    ]
    return {"pairs": "\n".join(sorted(set(lines))).encode("ascii")}


class DevicePairSeries:
    """All loaded editions."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions."""
        self._editions = tuple(editions)
        self._view = lru_cache(maxsize=CACHED_DAYS)(self._make_view)

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> "DevicePairView | None":
        """Return the pairs as of the day; `None` when no edition covers it."""
        return self._view(day, latest_when_missing)

    def _make_view(
        self,
        day: date,
        latest_when_missing: bool,  # noqa: FBT001 (positional, for the cache)
    ) -> "DevicePairView | None":
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        return DevicePairView(day, edition) if edition else None


class DevicePairView:
    """The pairs as of one day."""

    def __init__(self, day: date, edition: Edition) -> None:
        """Ask `DevicePairSeries.as_of` for a view."""
        self.day = day
        self.version = edition.info.version
        devices: defaultdict[str, set[str]] = defaultdict(set)
        procedures: defaultdict[str, set[str]] = defaultdict(set)
        asked = min(day, edition.info.expires).toordinal()
        for line in bytes(edition.buffers["pairs"]).decode("ascii").splitlines():
            procedure, device, first, last = line.split(" ")
            if int(first) <= asked <= int(last):
                devices[procedure].add(device)
                procedures[device].add(procedure)
        self.devices = {code: frozenset(needed) for code, needed in devices.items()}
        """Procedure → the devices of which it needs one."""
        self.procedures = {code: frozenset(allowed) for code, allowed in procedures.items()}
        """Device → the procedures of which it needs one."""
