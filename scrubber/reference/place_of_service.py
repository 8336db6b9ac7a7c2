"""CMS place of service: which codes exist as of a day."""

from collections.abc import Iterable
from typing import NamedTuple

from scrubber.reference.code_set import CodeSetSeries, pack_code_set


class PlaceRow(NamedTuple):
    """A place of service."""

    code: str


class PlaceSeries(CodeSetSeries):
    """All loaded editions."""


def pack(rows: Iterable[PlaceRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_code_set(row.code for row in rows)
