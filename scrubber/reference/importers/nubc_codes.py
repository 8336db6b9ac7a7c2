"""NUBC codes: a list that the user makes from the licensed manual, comma-separated."""

import re
from typing import BinaryIO

from scrubber.reference.importers.dates import compact_date
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.nubc_codes import NubcKind, NubcRow

KIND = "nubc-codes"

_COLUMNS = ("kind", "code", "valid_from", "valid_to")
_KINDS: dict[str, NubcKind] = {
    "condition": "condition",
    "occurrence": "occurrence",
    "span": "span",
    "value": "value",
}
_CODE = re.compile(r"[0-9A-Z]{2}")


def recognises(head: bytes) -> bool:
    """Return whether the header is kind, code and the two dates."""
    return first_line(head).split(",") == list(_COLUMNS)


def read(file: BinaryIO, _name: str) -> Reading[NubcRow]:
    """Return all codes; the user says since when and until when the list is complete."""
    rows: list[NubcRow] = []
    for line, record in records(csv_cells(file), _COLUMNS):
        kind = _KINDS.get(record["kind"])
        if kind is None or not _CODE.fullmatch(record["code"]):
            raise DamagedFileError(line, "not a kind (condition, occurrence, span, value) and code")
        dates = (compact_date(record[name], line) for name in _COLUMNS[2:])
        rows.append(NubcRow(kind, record["code"], *dates))
    if not rows:
        raise DamagedFileError(1, "no code in the file")
    return Reading(rows, None, None)
