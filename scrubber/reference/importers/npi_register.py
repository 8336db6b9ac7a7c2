"""
NPPES (CMS, monthly): NPI, entity type, deactivation and reactivation; no name, no address.

Read are the full dissemination file (`npidata_pfile_20050523-20240707.csv`, ten gigabytes), its
weekly changes, and the report of deactivated NPIs.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from scrubber.claim.npi import npi_fault
from scrubber.reference.importers.dates import american_date
from scrubber.reference.importers.reading import DamagedFileError, csv_rows, first_line, picked
from scrubber.reference.importers.table import Table
from scrubber.reference.npi_register import ENTITY_TYPES, NpiRow, pack

KIND = "nppes"

_REGISTER = ("NPI", "Entity Type Code", "NPI Deactivation Date", "NPI Reactivation Date")
_REPORT = ("NPI", "NPPES Deactivation Date")
_FILE_DATE = re.compile(r"([0-9]{8})(?:_weekly)?\.[a-z]+$", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    """Return whether the beginning has the columns, and rows below them."""
    has_rows = len(head.splitlines()) > 1  # a file with the header alone is published beside
    return has_rows and (_is_register(head) or _is_report(head))


def _is_register(head: bytes) -> bool:
    return set(_REGISTER) <= set(first_line(head).replace('"', "").split(","))


def _is_report(head: bytes) -> bool:
    return ",".join(_REPORT).encode() in head.replace(b'"', b"")


def stated_date(name: str, _head: bytes) -> date | None:
    """Return the last day of the data, which ends the file's name."""
    found = _FILE_DATE.search(name)
    try:
        return datetime.strptime(found[1], "%Y%m%d").date() if found else None  # noqa: DTZ007
    except ValueError:  # digits that are no day of the calendar
        return None


def read(file: BinaryIO, head: bytes, effective: date | None) -> Table:
    """Return the table of a file that is current on the day `effective`."""
    try:
        buffers = pack(_rows(file, _REGISTER if _is_register(head) else _REPORT))
    except DamagedFileError:
        raise
    except ValueError as fault:
        raise DamagedFileError(0, str(fault)) from None
    count = len(memoryview(buffers["npis"]).cast("I"))
    return Table(count, buffers, effective, row_dates=True)


def _rows(file: BinaryIO, names: tuple[str, ...]) -> Iterator[NpiRow]:
    """Yield row after row: all nine million would not fit into memory."""
    for line, cells in picked(csv_rows(file), names):
        npi, entity_type, off, on = cells if names == _REGISTER else (cells[0], "", cells[1], "")
        if fault := npi_fault(npi):
            raise DamagedFileError(line, f"{npi!r} is no NPI: {fault}")
        if entity_type not in ENTITY_TYPES:
            raise DamagedFileError(line, f"{entity_type!r} is no entity type")
        yield NpiRow(npi, entity_type, american_date(off, line), american_date(on, line))
