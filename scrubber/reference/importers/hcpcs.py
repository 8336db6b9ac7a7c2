"""HCPCS Level II: the CMS ANWEB file as fixed-width text or table, and the table of attributes."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO

from scrubber.reference.importers.dates import compact_date, hcpcs_release_named, quarter_end
from scrubber.reference.importers.reading import (
    Cells,
    DamagedFileError,
    Reading,
    csv_cells,
    records,
    text_lines,
)
from scrubber.reference.procedure_codes import ProcedureRow

KIND = "hcpcs"

_CODE = re.compile(r"[A-Z][0-9]{4}")
_ANWEB = ("HCPC", "RECID", "ADD DT", "TERM DT")
_ATTRIBUTES = ("hcpcs_code", "date_added", "date_term", "date_action")
# CMS record identification: 3 procedure, 4 its further lines, 7 modifier, 8 its further lines.
_PROCEDURE = "3"
# Through the action code at 293: the official text of 2019 has a record without its filler.
_RECORD = re.compile(r".{5}[0-9 ]{5}[3478].{282,309}")
_FIXED_CODE, _FIXED_KIND = slice(0, 5), 10
_FIXED_ADDED, _FIXED_TERM = slice(268, 276), slice(284, 292)


def recognises(head: bytes) -> bool:
    """Return whether the beginning holds a record or a header of one of the three forms."""
    lines = head.decode("latin-1").removeprefix("\xef\xbb\xbf").splitlines()
    return any(
        set(_ANWEB) <= set(line.split(",")) or _RECORD.fullmatch(line) for line in lines
    ) or _has_attributes(head)


def recognises_header(cells: Iterable[str]) -> bool:
    """Return whether a row of a workbook is the header of the ANWEB table."""
    return set(_ANWEB) <= set(cells)


def read(file: BinaryIO, name: str, head: bytes) -> Reading[ProcedureRow]:
    """Return all procedure codes; modifiers and the lines of long descriptions are left out."""
    if _has_attributes(head):
        return _read_attributes(file)
    if set(_ANWEB) <= {cell for line in head.splitlines() for cell in _cells_of(line)}:
        return read_table(csv_cells(file, "latin-1"), name)
    return _reading(list(_fixed_rows(file)), hcpcs_release_named(name))


def read_table(rows: Iterable[Cells], name: str) -> Reading[ProcedureRow]:
    """Return all procedure codes of the ANWEB table, from text or from a workbook."""
    found = [
        _row(line, record["HCPC"], record["ADD DT"], record["TERM DT"])
        for line, record in records(rows, _ANWEB)
        if _kind(line, record["RECID"]) == _PROCEDURE
    ]
    return _reading(found, hcpcs_release_named(name))


def _read_attributes(file: BinaryIO) -> Reading[ProcedureRow]:
    rows: list[ProcedureRow] = []
    latest = date.min
    for line, record in records(csv_cells(file), _ATTRIBUTES):
        rows.append(_row(line, record["hcpcs_code"], record["date_added"], record["date_term"]))
        changed = compact_date(record["date_action"], line) or date.min
        latest = max(latest, changed, rows[-1].effective or date.min)
    # The file has no name of a release: its latest change is the first day of its quarter.
    return _reading(rows, latest if rows else None)


def _fixed_rows(file: BinaryIO) -> Iterator[ProcedureRow]:
    begun = False
    for number, line in text_lines(file, "latin-1"):
        if _RECORD.fullmatch(line):
            begun = True
            if line[_FIXED_KIND] == _PROCEDURE:
                yield _row(number, line[_FIXED_CODE], line[_FIXED_ADDED], line[_FIXED_TERM])
        elif begun and line.strip():
            raise DamagedFileError(number, f"a line of {len(line)} characters is no record")


def _row(line: int, code: str, added: str, term: str) -> ProcedureRow:
    if not _CODE.fullmatch(code):
        raise DamagedFileError(line, f"{code!r} is not a HCPCS Level II code")
    row = ProcedureRow(code, compact_date(added, line), compact_date(term, line))
    if row.effective and row.expires and row.expires < row.effective:
        raise DamagedFileError(line, f"{code} ends on {row.expires}, before {row.effective}")
    return row


def _kind(line: int, text: str) -> str:
    if text not in {"3", "4", "7", "8"}:
        raise DamagedFileError(line, f"{text!r} is not a record kind (3, 4, 7 or 8)")
    return text


def _reading(rows: list[ProcedureRow], effective: date | None) -> Reading[ProcedureRow]:
    if not rows:
        raise DamagedFileError(1, "no procedure code in the file")
    return Reading(rows, effective, quarter_end(effective) if effective else None, row_dates=True)


def _has_attributes(head: bytes) -> bool:
    return set(_ATTRIBUTES) <= set(_cells_of(head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0]))


def _cells_of(line: bytes) -> list[str]:
    return [cell.strip().strip('"') for cell in line.decode("latin-1").split(",")]
