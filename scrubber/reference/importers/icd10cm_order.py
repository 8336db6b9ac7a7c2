"""ICD-10-CM order file (CMS `icd10cm_order_YYYY.txt`): every code with its billable flag."""

import re
from typing import BinaryIO

from scrubber.reference.diagnosis_codes import DiagnosisRow
from scrubber.reference.importers.dates import fiscal_year_end, icd_edition_named
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    first_line,
    text_lines,
)

KIND = "icd-10-cm"

# Positions 1-5 order number, 7-13 code, 15 flag (0 heading, 1 billable), 17 short description.
_LINE = re.compile(r"(?P<order>[0-9]{5}) (?P<code>[A-Z][0-9A-Z]{2,6} *) (?P<flag>[01]) \S.*")
_CODE = slice(6, 13)
_FLAG = 14


def recognises(head: bytes) -> bool:
    """Return whether the first line has the layout of the order file."""
    return _is_row(first_line(head))


def read(file: BinaryIO, name: str) -> Reading[DiagnosisRow]:
    """Return all codes; the file's name says its year, or that it is the April update."""
    rows: list[DiagnosisRow] = []
    order = 0
    for number, line in text_lines(file, "latin-1"):
        if not line.strip():
            continue
        if not _is_row(line):
            raise DamagedFileError(number, "not order number, code, flag 0 or 1 and description")
        if int(line[:5]) <= order:
            raise DamagedFileError(number, f"order number {line[:5]} does not follow {order:05}")
        order = int(line[:5])
        rows.append(DiagnosisRow(line[_CODE].strip(), billable=line[_FLAG] == "1"))
    if not rows:
        raise DamagedFileError(1, "no diagnosis in the file")
    effective = icd_edition_named(name)
    return Reading(rows, effective, fiscal_year_end(effective) if effective else None)


def _is_row(line: str) -> bool:
    return _LINE.fullmatch(line.rstrip()) is not None and line[_FLAG - 1] == " "
