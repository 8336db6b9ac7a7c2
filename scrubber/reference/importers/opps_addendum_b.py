"""
OPPS Addendum B (CMS, quarterly): the codes that the hospital outpatient rules know in a quarter.

Its title states the year alone; official file names say the quarter.
"""

import re
from typing import BinaryIO

from scrubber.reference.importers.dates import quarter_end, quarter_named
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    records,
)
from scrubber.reference.procedure_codes import ProcedureRow

KIND = "opps-addendum-b"

_TITLE = re.compile(rb"(?i)\bAddendum B\.[^\n]*\bOPPS\b[^\n]*\bHCPCS\b")
_CODE_COLUMN, _STATUS_COLUMN = "HCPCS Code", "SI"
_CODE = re.compile(r"[0-9A-Z]{5}")
_STATUS = re.compile(r"[A-Z][0-9]?")


def recognises(head: bytes) -> bool:
    """Return whether the beginning has the title of the addendum."""
    return _TITLE.search(head) is not None


def read(file: BinaryIO, name: str) -> Reading[ProcedureRow]:
    """Return all codes; what is paid for them is left out, since no edit reads it."""
    first = quarter_named(name)
    rows: list[ProcedureRow] = []
    for line, record in records(csv_cells(file, "cp1252"), (_CODE_COLUMN, _STATUS_COLUMN)):
        code, status = record[_CODE_COLUMN], record[_STATUS_COLUMN]
        if not _CODE.fullmatch(code):
            raise DamagedFileError(line, f"{code!r} is no procedure code")
        if not _STATUS.fullmatch(status):
            raise DamagedFileError(line, f"{status!r} is no status indicator")
        rows.append(ProcedureRow(code))
    if not rows:
        raise DamagedFileError(1, "no code in the file")
    return Reading(rows, first, quarter_end(first) if first else None)
