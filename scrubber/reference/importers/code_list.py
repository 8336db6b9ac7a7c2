"""
Code lists of the user's own: `code,value,effective,expires`, named by the file or by `--kind`.

Dates are `YYYY-MM-DD` or `YYYYMMDD`, and may be empty. A file name may state the quarter for which
the list holds: `therapy-codes_2024-07-01.csv`.
"""

import re
from datetime import date
from typing import BinaryIO

from scrubber.reference.code_lists import CodeListRow
from scrubber.reference.importers.dates import compact_date
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.importers.stated_dates import stated_quarter

KINDS = (
    "clia-tests",
    "dental-needs",
    "dmepos-categories",
    "single-dose-drugs",
    "therapy-codes",
    "unlisted-codes",
)

_HEADER = ("code", "value", "effective", "expires")
_CODE = re.compile(r"[A-Z0-9]{5}")
_VALUE = re.compile(r"[a-z -]*")


def recognises(head: bytes) -> bool:
    """Return whether the first line is the header of a code list."""
    return first_line(head).split(",") == list(_HEADER)


def kind_of(name: str, _head: bytes) -> str:
    """Return the kind with which the file's name begins; empty when it begins with none."""
    return next((kind for kind in KINDS if name.startswith(kind)), "")


def stated_date(name: str, _head: bytes) -> date | None:
    """Return the quarter in the file's name."""
    return stated_quarter(name, "")


def read(file: BinaryIO, name: str) -> Reading[CodeListRow]:
    """Return all rows; a list whose rows are dated speaks for all days to its end."""
    rows: list[CodeListRow] = []
    for line, record in records(csv_cells(file), _HEADER):
        code, value = record["code"], record["value"]
        if not _CODE.fullmatch(code):
            raise DamagedFileError(line, f"{code!r} is no procedure code")
        if not _VALUE.fullmatch(value):
            raise DamagedFileError(line, f"{value!r} is not lower-case words")
        effective, expires = (compact_date(record[name], line) for name in _HEADER[2:])
        if effective and expires and expires < effective:
            raise DamagedFileError(line, f"{code} ends on {expires}, before {effective}")
        rows.append(CodeListRow(code, value, effective, expires))
    if not rows:
        raise DamagedFileError(1, "no code in the file")
    dated = any(row.effective for row in rows)
    return Reading(rows, stated_date(name, b""), None, row_dates=dated)
