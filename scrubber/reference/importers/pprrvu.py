"""
Medicare physician fee schedule relative values (CMS, quarterly): indicators of each procedure.

The official PPRRVU file states its release above a header of several lines. A table of several
releases, with `date_start` and `date_end` on each row, is read too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import BinaryIO

from scrubber.reference.fee_schedule import GLOBAL_DAYS, FeeRow
from scrubber.reference.importers.dates import compact_date, quarter_end
from scrubber.reference.importers.reading import (
    Cells,
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)

KIND = "pprrvu"

_INDICATORS = (
    "glob_days",
    "status_code",
    "pctc_ind",
    "bilat_surg",
    "asst_surg",
    "co_surg",
    "team_surg",
)
_DATED = ("date_start", "date_end", "hcpcs", "mod", *_INDICATORS)
_LAST_OF_HEADER = {"HCPCS", "MOD", "DAYS"}
# Its names are written over two lines: STATUS over CODE, CO- over SURG.
_OFFICIAL = (
    "HCPCS",
    "MOD",
    "GLOB DAYS",
    "STATUS CODE",
    "PCTC IND",
    "BILAT SURG",
    "ASST SURG",
    "CO- SURG",
    "TEAM SURG",
)
_SHAPES = (
    re.compile("|".join(GLOBAL_DAYS)),
    re.compile("[A-Z]"),
    re.compile("[0-9]"),
    re.compile("[01239]"),
    *[re.compile("[0129]")] * 3,
)
_CODE = re.compile(r"[A-Z0-9]{5}")
_RELEASE = re.compile(
    rb"(?i)\b(20[0-9]{2}) National Physician Fee Schedule Relative Value File"
    rb" (January|April|July|October) Release"
)
_MONTHS = {b"january": 1, b"april": 4, b"july": 7, b"october": 10}


def recognises(head: bytes) -> bool:
    """Return whether the beginning is that of the official file, or the header of dated rows."""
    cells = {cell.strip('" ') for cell in first_line(head).split(",")}
    return set(_DATED) <= cells or _RELEASE.search(head) is not None


def read(file: BinaryIO, _name: str, head: bytes) -> Reading[FeeRow]:
    """Return the indicators of each procedure and period, those without modifier first."""
    release = _RELEASE.search(head)
    first = date(int(release[1]), _MONTHS[release[2].lower()], 1) if release else None
    last = quarter_end(first) if first else None
    names = _OFFICIAL if first else _DATED
    cells = csv_cells(file, "latin-1")
    found: dict[tuple[str, date | None, date | None], FeeRow] = {}
    for line, record in records(_with_full_names(cells) if first else cells, names):
        code, modifier, *indicators = (record[name] for name in names[-len(_OFFICIAL) :])
        if not _CODE.fullmatch(code):
            raise DamagedFileError(line, f"{code!r} is no procedure code")
        for name, shape, value in zip(_INDICATORS, _SHAPES, indicators, strict=True):
            if not shape.fullmatch(value):
                raise DamagedFileError(line, f"{value!r} is no {name}")
        starts, ends = first, last
        if first is None:
            starts = compact_date(record["date_start"], line)
            ends = compact_date(record["date_end"], line)
            if starts is None or ends is None or ends < starts:
                raise DamagedFileError(line, f"{code} has no period")
        row = FeeRow._make((code, *indicators, starts, ends))
        # The parts 26 and TC have rows of their own; the whole procedure's row has the say.
        if not modifier:
            found[code, starts, ends] = row
        else:
            found.setdefault((code, starts, ends), row)
    if not found:
        raise DamagedFileError(1, "no procedure code in the file")
    rows = list(found.values())
    return Reading(
        rows,
        min(row.effective for row in rows if row.effective),
        max(row.expires for row in rows if row.expires),
    )


def _with_full_names(rows: Iterable[Cells]) -> Iterator[Cells]:
    """Yield the rows of the official file, each name of its header made of both its lines."""
    above: Sequence[str] = ()
    header_seen = False
    for line, cells in rows:
        if header_seen or not set(cells) >= _LAST_OF_HEADER:
            yield line, cells
        else:
            header_seen = True
            upper = [*above, *[""] * len(cells)]
            yield line, [f"{over} {own}".strip() for over, own in zip(upper, cells, strict=False)]
        above = cells
