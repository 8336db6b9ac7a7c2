"""ASP NDC-HCPCS crosswalk (CMS, quarterly): drug packages and the codes they are billed under."""

import re
from datetime import date
from typing import BinaryIO

from scrubber.reference.importers.dates import quarter_end
from scrubber.reference.importers.reading import DamagedFileError, Reading, csv_cells, records
from scrubber.reference.ndc_crosswalk import NdcRow

KIND = "ndc-crosswalk"

_TITLE = re.compile(rb"(?i)\b(January|April|July|October) (20[0-9]{2}) ASP NDC ?- ?HCPCS Crosswalk")
_MONTHS = {b"january": 1, b"april": 4, b"july": 7, b"october": 10}
_CODE = re.compile(r"[A-Z0-9]{5}")
_NDC = re.compile(r"[0-9]{5}-[0-9]{4}-[0-9]{2}")


def recognises(head: bytes) -> bool:
    """Return whether the beginning has the title of the crosswalk."""
    return _TITLE.search(head) is not None


def read(file: BinaryIO, _name: str, head: bytes) -> Reading[NdcRow]:
    """Return each package with each of its codes; the title states the quarter."""
    title = _TITLE.search(head)
    assert title
    first = date(int(title[2]), _MONTHS[title[1].lower()], 1)
    code_column = f"_{first.year}_CODE"
    rows: list[NdcRow] = []
    for line, record in records(csv_cells(file, "latin-1"), (code_column, "NDC")):
        code, ndc = record[code_column], record["NDC"]
        if not _CODE.fullmatch(code):
            raise DamagedFileError(line, f"{code!r} is no procedure code")
        if not _NDC.fullmatch(ndc):
            raise DamagedFileError(line, f"{ndc!r} is not an NDC in the form 5-4-2")
        rows.append(NdcRow(ndc.replace("-", ""), code))
    if not rows:
        raise DamagedFileError(1, "no drug in the file")
    return Reading(rows, first, quarter_end(first))
