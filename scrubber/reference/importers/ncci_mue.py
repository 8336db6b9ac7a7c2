"""NCCI medically unlikely edits (CMS, quarterly): code, value, adjudication indicator."""

import re
from collections.abc import Sequence
from datetime import date

from scrubber.reference.importers.dates import quarter_end
from scrubber.reference.importers.ncci_names import setting_named
from scrubber.reference.importers.opening import OfficialFile
from scrubber.reference.importers.reading import DamagedFileError, csv_cells
from scrubber.reference.importers.stated_dates import stated_quarter
from scrubber.reference.importers.table import Table
from scrubber.reference.ncci_codes import checked
from scrubber.reference.ncci_mue import MueRow, pack

KINDS = {
    "practitioner": "ncci-mue-practitioner",
    "hospital": "ncci-mue-hospital",
    "dme": "ncci-mue-dme",
}

_HEADER = re.compile(r'(?im)^"?HCPCS/\s*CPT Code"?,(?P<value>[^,\r\n]*\bMUE\s+Values"?),[^\r\n]*')
# "2 Date of Service Edit: Policy", or the digit alone.
_INDICATOR = re.compile(r"([123])(?: .*)?")
_VALUE = re.compile(r"[0-9]{1,7}", re.ASCII)
_INDICATOR_TITLES = ("MAI", "MUE Adjudication Indicator")


def recognises(head: bytes) -> bool:
    """Return whether the header is that of an MUE table."""
    return _HEADER.search(head.decode("latin-1")) is not None


def kind_of(name: str, head: bytes) -> str:
    """Return the kind that the title of the values or else the name states; "" for none."""
    header = _HEADER.search(head.decode("latin-1"))
    titled = setting_named(header["value"]) if header else ""
    return KINDS.get(titled or setting_named(name), "")


def stated_date(name: str, head: bytes) -> date | None:
    """Return the quarter that preamble or name states."""
    text = head.decode("latin-1")
    header = _HEADER.search(text)
    return stated_quarter(name, text[: header.start()] if header else "")


def read(files: Sequence[OfficialFile], effective: date) -> Table:
    """Return the rows of the file."""
    if len(files) > 1:
        raise DamagedFileError(0, "is the second file of one table and quarter; give one of them")
    rows: dict[str, MueRow] = {}
    width = indicator = line = 0
    with files[0].open() as file:
        for line, cells in csv_cells(file, "latin-1"):
            if not width:
                titles = [" ".join(cell.split()) for cell in cells]
                if titles[0].replace(" ", "").upper() == "HCPCS/CPTCODE":
                    width, indicator = len(cells), _indicator_column(line, titles)
                continue
            if len(cells) != width:
                raise DamagedFileError(line, f"{len(cells)} columns, the header has {width}")
            row = _row(line, cells[0], cells[1], cells[indicator])
            if row.code in rows:
                raise DamagedFileError(line, f"{row.code} a second time")
            rows[row.code] = row
    if not rows:
        raise DamagedFileError(line, "no row in the file")
    return Table(
        rows=len(rows),
        buffers=pack(rows.values()),
        effective=effective,
        expires=quarter_end(effective),
    )


def _indicator_column(line: int, titles: Sequence[str]) -> int:
    for at, title in enumerate(titles):
        if title in _INDICATOR_TITLES:
            return at
    raise DamagedFileError(line, "no column MUE Adjudication Indicator")


def _row(line: int, code: str, value: str, indicator: str) -> MueRow:
    mai = _INDICATOR.fullmatch(indicator)
    if mai is None:
        raise DamagedFileError(line, f"{indicator!r} is not an adjudication indicator (1, 2 or 3)")
    if not _VALUE.fullmatch(value):
        raise DamagedFileError(line, f"{value!r} is not a number of units")
    try:
        return MueRow(checked(code), int(value), mai[1])
    except ValueError as fault:
        raise DamagedFileError(line, str(fault)) from None
