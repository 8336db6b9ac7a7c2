"""NCCI PTP edits (CMS, quarterly): tab- or comma-separated, whole or in four parts."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice, repeat
from typing import NamedTuple, NoReturn, Protocol

from scrubber.reference.importers.dates import compact_date, quarter_end
from scrubber.reference.importers.ncci_names import part_named, setting_named
from scrubber.reference.importers.opening import OfficialFile
from scrubber.reference.importers.reading import DamagedFileError
from scrubber.reference.importers.stated_dates import stated_quarter
from scrubber.reference.importers.table import RefusedFileError, Table
from scrubber.reference.ncci_ptp import DatedIndicator, PtpPacker
from scrubber.reference.snapshot import EVERYTHING, THROUGH

KINDS = {
    "practitioner": "ncci-ptp-practitioner",
    "hospital": "ncci-ptp-hospital",
}
#: CMS has published each table in four files since its rows outgrew one.
PARTS = 4

_CHUNK = 50_000
_PREAMBLE_ROWS = 40
_HEADER = re.compile(r'(?im)^"?column ?1"?([,\t])"?column ?2"?\1')
_OPEN_END = "*"
_BEFORE_1996 = frozenset(("", "*"))
_ABSENT = "absent"  # in place of the cells of a column that the file does not have


def recognises(head: bytes) -> bool:
    """Return whether the header is that of a PTP table."""
    return _HEADER.search(head.decode("latin-1")) is not None


def kind_of(name: str, _head: bytes) -> str:
    """Return the kind that the name states, for the content does not; "" for none."""
    return KINDS.get(setting_named(name), "")


def stated_date(name: str, head: bytes) -> date | None:
    """Return the quarter that preamble or name states."""
    text = head.decode("latin-1")
    header = _HEADER.search(text)
    return stated_quarter(name, text[: header.start()] if header else "")


def read(files: Sequence[OfficialFile], effective: date) -> Table:
    """
    Return the rows of all parts together.

    Without the last parts the table answers only for codes up to the last column 1 code that it
    has: beyond it, absence says nothing.
    """
    parts = sorted(part_named(file.name) for file in files)
    if parts not in (list(range(1, len(parts) + 1)), [0]):
        reason = f"not the parts f1 to f{PARTS} of one table, each once and from the first"
        raise DamagedFileError(0, reason)
    packer = PtpPacker()
    stated = _Stated()
    last = ""
    dated = True
    for file in files:
        try:
            highest, has_dates = _read_file(file, stated, packer)
        except DamagedFileError as fault:
            raise RefusedFileError(file.shown, fault.line, fault.reason) from None
        last = max(last, highest)
        dated &= has_dates
    return Table(
        rows=len(packer),
        buffers=packer.buffers(),
        effective=effective,
        expires=quarter_end(effective),
        row_dates=dated,
        scope=EVERYTHING if parts == [0] or len(parts) >= PARTS else f"{THROUGH}{last}",
    )


class _Rows(Protocol):
    """A `csv.reader`."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class _Columns(NamedTuple):
    width: int
    prior: int | None
    effective: int | None
    deletion: int
    indicator: int


class _Stated(dict[tuple[str, str, str, str], DatedIndicator]):
    """Reads each combination of dates and indicator once."""

    def __missing__(self, key: tuple[str, str, str, str]) -> DatedIndicator:
        prior, effective, deletion, indicator = key
        if prior not in _BEFORE_1996:
            message = f"{prior!r} is not * or empty (in existence before 1996)"
            raise ValueError(message)
        first = None if effective == _ABSENT else _date(effective)
        last = None if deletion == _OPEN_END else _date(deletion)
        self[key] = (first, last, indicator)
        return self[key]


def _date(text: str) -> date:
    day = compact_date(text, 0)
    if day is None:
        message = "an empty date (an open end is *)"
        raise ValueError(message)
    return day


def _read_file(file: OfficialFile, stated: _Stated, packer: PtpPacker) -> tuple[str, bool]:
    """Pack a file; returns its last column 1 code, and whether its rows have effective dates."""
    delimiter = _delimiter(file.head())
    with file.open() as binary, io.TextIOWrapper(binary, "latin-1", newline="") as text:
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        columns = _columns(rows)
        try:
            last = _take(rows, columns, stated, packer)
        except csv.Error as fault:
            raise DamagedFileError(rows.line_num, str(fault)) from None
    return last, columns.effective is not None


def _delimiter(head: bytes) -> str:
    header = _HEADER.search(head.decode("latin-1"))
    return header[1] if header else ","


def _columns(rows: _Rows) -> _Columns:
    """Read preamble and header; the header's further lines are passed by `_take`."""
    for row in islice(rows, _PREAMBLE_ROWS):
        names = ["".join(cell.split()).lower() for cell in row]
        if names[:2] == ["column1", "column2"]:
            found = {
                title: next((at for at, name in enumerate(names) if name.startswith(title)), None)
                for title in ("*", "effective", "deletion", "modifier")
            }
            deletion, indicator = found["deletion"], found["modifier"]
            if deletion is None or indicator is None:
                raise DamagedFileError(rows.line_num, "no column Deletion or no column Modifier")
            return _Columns(len(row), found["*"], found["effective"], deletion, indicator)
    raise DamagedFileError(rows.line_num, "no header Column 1, Column 2")


def _take(rows: _Rows, columns: _Columns, stated: _Stated, packer: PtpPacker) -> str:
    """Pack all rows; returns the last column 1 code."""
    for row in rows:
        if row and any(row[:2]):
            break
    else:
        raise DamagedFileError(rows.line_num, "no row in the file")
    line, chunk, last = rows.line_num, [row], ""
    while chunk:
        filled = [row for row in chunk if any(row)]
        try:
            _pack(filled, columns, stated, packer)
        except ValueError:
            _refuse(line, chunk, columns, stated)
            raise
        last = max(last, max((row[0] for row in filled), default=""))
        line = rows.line_num + 1
        chunk = list(islice(rows, _CHUNK))
    return last


def _pack(
    rows: Sequence[Sequence[str]], columns: _Columns, stated: _Stated, packer: PtpPacker
) -> None:
    if not rows:
        return
    if set(map(len, rows)) != {columns.width}:
        message = f"not {columns.width} columns"
        raise ValueError(message)
    cells = list(zip(*rows, strict=True))
    keys = zip(
        repeat("", len(rows)) if columns.prior is None else cells[columns.prior],
        repeat(_ABSENT, len(rows)) if columns.effective is None else cells[columns.effective],
        cells[columns.deletion],
        cells[columns.indicator],
        strict=True,
    )
    packer.add(cells[0], cells[1], map(stated.__getitem__, keys))


def _refuse(
    line: int, rows: Sequence[Sequence[str]], columns: _Columns, stated: _Stated
) -> NoReturn:
    """Find the first row at fault, and say where it is and why."""
    for at, row in enumerate(rows):
        if not any(row):
            continue
        if len(row) != columns.width:
            reason = f"{len(row)} columns, the header has {columns.width}"
            raise DamagedFileError(line + at, reason)
        try:
            _pack([row], columns, stated, PtpPacker())
        except DamagedFileError as fault:
            raise DamagedFileError(line + at, fault.reason) from None
        except ValueError as fault:
            raise DamagedFileError(line + at, str(fault)) from None
    raise AssertionError
