"""CMS list of diagnoses exempt from POA reporting: `POAexemptCodesFY25.txt`, tab-separated."""

import re
from typing import BinaryIO

from scrubber.reference.importers.dates import fiscal_year_end, poa_year_named
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
    tabbed_cells,
)
from scrubber.reference.poa_exempt import PoaExemptRow

KIND = "poa-exempt"

_EXEMPT = "POAexemptCode"
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?")
# The folder also holds what was added, deleted and revised: parts that are no list.
_PART = re.compile(r"(?i)exempt(?:add|delete|revise)")


def recognises(head: bytes) -> bool:
    """Return whether the header is order, code and description; the order's name has the year."""
    return re.split(r"[\t,]", first_line(head))[1:3] == [_EXEMPT, "Description"]


def read(file: BinaryIO, name: str) -> Reading[PoaExemptRow]:
    """Return all codes without their dots; the file's name states the fiscal year."""
    if _PART.search(name):
        raise DamagedFileError(0, "lists changes only; import the whole list, POAexemptCodes…")
    # A workbook reads as comma-separated text.
    cells = csv_cells if name.lower().endswith((".xlsx", ".csv")) else tabbed_cells
    rows: list[PoaExemptRow] = []
    for line, record in records(cells(file), (_EXEMPT, "Description")):
        if not _CODE.fullmatch(record[_EXEMPT]):
            raise DamagedFileError(line, f"{record[_EXEMPT]!r} is not a diagnosis")
        rows.append(PoaExemptRow(record[_EXEMPT].replace(".", "")))
    if not rows:
        raise DamagedFileError(1, "no code in the file")
    effective = poa_year_named(name)
    return Reading(rows, effective, fiscal_year_end(effective) if effective else None)
