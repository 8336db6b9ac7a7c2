"""
Medicare physician fee schedule relative values (CMS, quarterly): global days of each procedure.

The official PPRRVU file states its release above a header of several lines. A table of several
releases, with `date_start` and `date_end` on each row, is read too.
"""

import re
from datetime import date
from typing import BinaryIO

from scrubber.reference.fee_schedule import GLOBAL_DAYS, FeeRow
from scrubber.reference.importers.dates import compact_date, quarter_end
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)

KIND = "pprrvu"

_DATED = ("date_start", "date_end", "hcpcs", "mod", "glob_days")
_OFFICIAL = ("HCPCS", "MOD", "DAYS")
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
    """Return the global days of each procedure and period, those without modifier first."""
    release = _RELEASE.search(head)
    first = date(int(release[1]), _MONTHS[release[2].lower()], 1) if release else None
    last = quarter_end(first) if first else None
    names = _OFFICIAL if first else _DATED
    found: dict[tuple[str, date | None, date | None], FeeRow] = {}
    for line, record in records(csv_cells(file, "latin-1"), names):
        code, modifier, glob_days = (record[name] for name in names[-3:])
        if not _CODE.fullmatch(code):
            raise DamagedFileError(line, f"{code!r} is no procedure code")
        if glob_days not in GLOBAL_DAYS:
            raise DamagedFileError(line, f"{glob_days!r} are no global days")
        starts, ends = first, last
        if first is None:
            starts = compact_date(record["date_start"], line)
            ends = compact_date(record["date_end"], line)
            if starts is None or ends is None or ends < starts:
                raise DamagedFileError(line, f"{code} has no period")
        row = FeeRow(code, glob_days, starts, ends)
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
