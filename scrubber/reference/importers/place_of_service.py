"""CMS place of service codes: code and name."""

import re
from typing import BinaryIO

from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.place_of_service import PlaceRow

KIND = "place-of-service"

_COLUMN = "place_of_service_code"
_CODE = re.compile(r"[0-9]{2}")


def recognises(head: bytes) -> bool:
    """Return whether the header is that of the place of service table."""
    return _COLUMN in first_line(head).split(",")


def read(file: BinaryIO, _name: str) -> Reading[PlaceRow]:
    """Return all codes; neither the file nor its name states a date."""
    rows: list[PlaceRow] = []
    for line, record in records(csv_cells(file), [_COLUMN]):
        if not _CODE.fullmatch(record[_COLUMN]):
            raise DamagedFileError(line, f"{record[_COLUMN]!r} is not a code of two digits")
        rows.append(PlaceRow(record[_COLUMN]))
    if not rows:
        raise DamagedFileError(1, "no code in the file")
    return Reading(rows, None, None)
