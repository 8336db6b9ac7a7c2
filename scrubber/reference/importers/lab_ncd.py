"""
The code lists of the laboratory NCDs (190.12 to 190.34), one row a test and diagnosis.

CMS publishes them each quarter with the edit module; the columns are `ncd`, `hcpcs`, `icd10` and
`list`, which is `covered` or `noncovered`.
"""

import re
from typing import BinaryIO

from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.lab_ncd import LabNcdRow

KIND = "lab-ncd"

_COLUMNS = ("ncd", "hcpcs", "icd10", "list")
_LISTS = {"covered": True, "noncovered": False}
_NCD = re.compile(r"190\.[1-3][0-9][A-Z]?")


def recognises(head: bytes) -> bool:
    """Return whether the file has the columns."""
    return set(_COLUMNS) <= set(first_line(head).split(","))


def read(file: BinaryIO, _name: str) -> Reading[LabNcdRow]:
    """Return all rows; the file states no date."""
    rows = []
    for line, record in records(csv_cells(file), _COLUMNS):
        covered = _LISTS.get(record["list"].lower())
        if covered is None or not _NCD.fullmatch(record["ncd"]):
            raise DamagedFileError(line, "no laboratory NCD, or a list that is none of its two")
        code = record["icd10"].upper().replace(".", "")
        rows.append(LabNcdRow(record["ncd"], record["hcpcs"].upper(), code, covered=covered))
    if not rows:
        raise DamagedFileError(1, "no row in the file")
    return Reading(rows, None, None)
