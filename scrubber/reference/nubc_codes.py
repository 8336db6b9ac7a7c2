"""NUBC condition, occurrence, span and value codes, from the user's licensed list."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from scrubber.reference.dated_codes import DatedCodeSeries, DatedCodeView, pack_codes

NubcKind = Literal["condition", "occurrence", "span", "value"]


class NubcRow(NamedTuple):
    """A code of one kind with its first and last day; an absent date leaves its side open."""

    kind: NubcKind
    code: str
    valid_from: date | None = None
    valid_to: date | None = None


class _Dated(NamedTuple):
    code: str
    effective: date | None
    expires: date | None


class NubcSeries(DatedCodeSeries):
    """All loaded editions."""


NubcView = DatedCodeView


def key_of(kind: NubcKind, code: str) -> str:
    """Return the code as it is listed: the four kinds have the same codes."""
    return f"{kind[0]}{code}"


def pack(rows: Iterable[NubcRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_codes(
        _Dated(key_of(row.kind, row.code), row.valid_from, row.valid_to) for row in rows
    )
