"""
OIG's list of excluded individuals and entities (LEIE), `UPDATED.csv`: NPI and dates, no name.

The whole list is read. The monthly supplements have the same columns and lack everybody who was
excluded before, so they are refused.
"""

import re
from datetime import date
from typing import BinaryIO

from scrubber.claim.npi import npi_fault
from scrubber.reference.exclusions import ExclusionRow
from scrubber.reference.importers.dates import compact_date
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)

KIND = "leie"

_COLUMNS = ("NPI", "EXCLTYPE", "EXCLDATE", "REINDATE")
_SUPPLEMENT = re.compile(r"[0-9]{4}(?:excl|rein)", re.IGNORECASE)
_NO_DATE = "00000000"


def recognises(head: bytes) -> bool:
    """Return whether the header is that of the list."""
    return set(_COLUMNS) <= set(first_line(head).replace('"', "").split(","))


def read(file: BinaryIO, name: str) -> Reading[ExclusionRow]:
    """
    Return the rows with an NPI; most have none, and nobody is found by a name alone.

    A number with a wrong check digit is passed too: no claim with it gets as far as the list.
    """
    if _SUPPLEMENT.match(name):
        raise DamagedFileError(0, "is a monthly supplement: take the whole list, UPDATED.csv")
    rows: list[ExclusionRow] = []
    line = 0
    for line, record in records(csv_cells(file, "latin-1"), _COLUMNS):
        excluded = _day(record["EXCLDATE"], line)
        reinstated = _day(record["REINDATE"], line)
        if excluded is None:
            raise DamagedFileError(line, "no date of exclusion")
        if not npi_fault(record["NPI"]):  # 0000000000 stands for an unknown one
            rows.append(ExclusionRow(record["NPI"], excluded, reinstated))
    if not line:
        raise DamagedFileError(1, "no exclusion in the file")
    return Reading(rows, None, None, row_dates=True)


def _day(text: str, line: int) -> date | None:
    return None if text == _NO_DATE else compact_date(text, line)
