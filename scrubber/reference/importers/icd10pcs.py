"""
ICD-10-PCS (CMS): the order file `icd10pcs_order_YYYY.txt`, or the codes `icd10pcs_codes_YYYY.txt`.

The order file has the layout of the diagnoses' (CMS, *ICD-10-PCS Order File* with its
`OrderFile.pdf`): positions 1-5 order number, 7-13 code, 15 flag (0 heading, 1 code), 17 short,
78 long title. In the other the code stands first on the line, and then its long title.
"""

import re
from typing import BinaryIO

from scrubber.reference.importers.dates import fiscal_year_end, icd_edition_named
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    first_line,
    text_lines,
)
from scrubber.reference.inpatient_procedures import InpatientProcedure

KIND = "icd-10-pcs"

# Seven characters, none of them the letters I and O, the first one a section; headings have three.
_SECTION, _REST = "[0-9B-DF-HX]", "[0-9A-HJ-NP-Z]"
_ORDER = re.compile(
    rf"[0-9]{{5}} (?:(?P<code>{_SECTION}{_REST}{{6}}) 1|{_SECTION}{_REST}{{2}} {{5}}0) \S.*"
)
_CODE = re.compile(rf"(?P<code>{_SECTION}{_REST}{{6}}) \S.*")


def recognises(head: bytes) -> bool:
    """Return whether the first line has the layout of one of the two."""
    return _layout(first_line(head)) is not None


def read(file: BinaryIO, name: str) -> Reading[InpatientProcedure]:
    """Return all codes; the file's name says its year, or that it is the April update."""
    rows: list[InpatientProcedure] = []
    layout: re.Pattern[str] | None = None
    for number, line in text_lines(file, "latin-1"):
        text = line.rstrip()
        if not text:
            continue
        layout = layout or _layout(text)
        found = layout.fullmatch(text) if layout else None
        if found is None:
            raise DamagedFileError(number, "not a code of seven characters and its title")
        if found["code"]:
            rows.append(InpatientProcedure(found["code"]))
    if not rows:
        raise DamagedFileError(1, "no procedure in the file")
    effective = icd_edition_named(name)
    return Reading(rows, effective, fiscal_year_end(effective) if effective else None)


def _layout(line: str) -> re.Pattern[str] | None:
    return next((each for each in (_ORDER, _CODE) if each.fullmatch(line)), None)
