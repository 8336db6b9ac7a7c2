"""CARC and RARC numbers with their dates; X12's texts are not taken, nor remark codes."""

import re
from datetime import date
from typing import BinaryIO

from scrubber.reference.adjustment_codes import AdjustmentRow
from scrubber.reference.importers.dates import compact_date, month_end
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)

KIND = "carc"

_COLUMNS = ("code", "type", "start_date", "end_date")
_TYPES = ("CARC", "RARC", "Group")
_CODE = re.compile(r"[0-9A-Z]{1,5}")
_MONTH = re.compile(r"(?<![0-9])(20[0-9]{2})-(0[1-9]|1[0-2])(?![0-9])")


def recognises(head: bytes) -> bool:
    """Return whether the header is that of the code lists."""
    return set(_COLUMNS) <= set(first_line(head).split(","))


def read(file: BinaryIO, name: str) -> Reading[AdjustmentRow]:
    """Return the reason codes; the name says the month in which the list was read."""
    rows: list[AdjustmentRow] = []
    for line, record in records(csv_cells(file), _COLUMNS):
        code, kind = record["code"], record["type"]
        if kind not in _TYPES or not _CODE.fullmatch(code):
            raise DamagedFileError(line, f"{code!r} is no code of type CARC, RARC or Group")
        if kind == "CARC":
            first = compact_date(record["start_date"], line)
            rows.append(AdjustmentRow(code, first, compact_date(record["end_date"], line)))
    if not rows:
        raise DamagedFileError(1, "no reason code in the file")
    month = _MONTH.search(name)
    effective = date(int(month[1]), int(month[2]), 1) if month else None
    return Reading(rows, effective, month_end(effective) if effective else None, row_dates=True)
