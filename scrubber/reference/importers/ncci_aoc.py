"""NCCI add-on codes (CMS, quarterly): fixed-width text, or a table by column titles."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from scrubber.reference.importers.dates import quarter_end
from scrubber.reference.importers.opening import OfficialFile
from scrubber.reference.importers.reading import DamagedFileError, csv_cells, text_lines
from scrubber.reference.importers.stated_dates import stated_quarter
from scrubber.reference.importers.table import Table
from scrubber.reference.ncci_aoc import AocRow, pack

KIND = "ncci-aoc"

_TITLES = ("addoncode", "primarycode", "aocedittype")
_EFFECTIVE = "aocediteffdt"
_DELETIONS = ("aocdeldt", "primarycodedeldt", "aoceditdeldt")
# Positions 1 type, 2-6 add-on, 7-13 its deletion, 14-18 primary, 19-25 its deletion,
# 26-32 and 33-39 first and last day of the pair, then notes. Dates are year and day of year.
_RECORD = re.compile(
    r"(?P<aocedittype>.)(?P<addoncode>.{5})(?P<aocdeldt>.{7})(?P<primarycode>.{5})"
    r"(?P<primarycodedeldt>.{7})(?P<aocediteffdt>.{7})(?P<aoceditdeldt>.{0,7}).*"
)
_FIRST_RECORD = re.compile(
    r"(?m)^[123][0-9A-Z]{5}[0-9 ]{7}[0-9A-Z]{5}[0-9 ]{7}[0-9 ]{7}([0-9 ]{1,7}|\s*$)"
)
_YEAR_AND_DAY = re.compile(r"([0-9]{4})([0-9]{3})", re.ASCII)
_NO_DATE = frozenset(("", "0000000", "9999999", "0"))


def recognises(head: bytes) -> bool:
    """Return whether the beginning holds the header or a record of the add-on table."""
    text = head.decode("latin-1")
    return _FIRST_RECORD.search(text) is not None or _header_in(text)


def kind_of(_name: str, _head: bytes) -> str:
    """Return the one kind: all settings share the table."""
    return KIND


def stated_date(name: str, head: bytes) -> date | None:
    """Return the quarter that the name or the preamble states."""
    return stated_quarter(name, "\n".join(head.decode("latin-1").split("\n")[:3]))


def read(files: Sequence[OfficialFile], effective: date) -> Table:
    """Return the rows of the file."""
    if len(files) > 1:
        raise DamagedFileError(0, "is the second file of one table and quarter; give one of them")
    file = files[0]
    records = _titled(file) if _header_in(file.head().decode("latin-1")) else _fixed(file)
    rows: list[AocRow] = []
    dated = True
    for line, record in records:
        dated = _EFFECTIVE in record
        rows.append(_row(line, record))
    if not rows:
        raise DamagedFileError(0, "no row in the file")
    return Table(
        rows=len(rows),
        buffers=pack(rows),
        effective=effective,
        expires=quarter_end(effective),
        row_dates=dated,
    )


def _header_in(text: str) -> bool:
    return any(set(_TITLES) <= set(_plain(line.split(","))) for line in text.split("\n"))


def _plain(cells: Sequence[str]) -> list[str]:
    """Return column titles without case and marks: CMS spells `Add-On_Code` in several ways."""
    return [re.sub(r"[^a-z]", "", cell.lower()).removesuffix("julian") for cell in cells]


def _titled(file: OfficialFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    titles: list[str] = []
    with file.open() as binary:
        for line, cells in csv_cells(binary, "latin-1"):
            if not titles:
                plain = _plain(cells)
                titles = plain if set(_TITLES) <= set(plain) else []
            elif len(cells) != len(titles):
                raise DamagedFileError(line, f"{len(cells)} columns, the header has {len(titles)}")
            else:
                yield line, dict(zip(titles, cells, strict=True))


def _fixed(file: OfficialFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    begun = False
    with file.open() as binary:
        for line, text in text_lines(binary, "latin-1"):
            begun = begun or _FIRST_RECORD.match(text) is not None
            if not begun or not text.strip():
                continue
            record = _RECORD.fullmatch(text)
            if record is None:
                raise DamagedFileError(line, f"a line of {len(text)} characters is no record")
            yield line, record.groupdict()


def _row(line: int, record: Mapping[str, str]) -> AocRow:
    ends = [_day(line, record.get(name, "")) for name in _DELETIONS]
    row = AocRow(
        record["addoncode"].strip(),
        record["primarycode"].strip(),
        record["aocedittype"].strip(),
        _day(line, record.get(_EFFECTIVE, "")),
        min((end for end in ends if end), default=None),
    )
    if not row.primary:
        raise DamagedFileError(line, "no primary code")
    try:
        pack([row])
    except ValueError as fault:
        raise DamagedFileError(line, str(fault)) from None
    return row


def _day(line: int, text: str) -> date | None:
    """Return the day of year and day of year; `None` for an open side."""
    text = text.strip()
    if text in _NO_DATE:
        return None
    found = _YEAR_AND_DAY.fullmatch(text)
    if found and int(found[1]):
        day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
        if int(found[2]) and day.year == int(found[1]):
            return day
    raise DamagedFileError(line, f"{text!r} is not a year and day of year")
