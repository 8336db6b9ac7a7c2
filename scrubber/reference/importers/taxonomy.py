"""NUCC provider taxonomy: the codes and their sections, for the texts are NUCC's."""

import io
import re
from typing import BinaryIO

from scrubber.reference.importers.dates import half_year_end, nucc_release_named
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.taxonomy import SECTIONS, TaxonomyRow

KIND = "taxonomy"

_CODE = re.compile(r"[0-9A-Z]{9}X")
_COLUMNS = ("Code", "Grouping", "Classification", "Specialization")


def recognises(head: bytes) -> bool:
    """Return whether the header is that of the taxonomy."""
    return first_line(head).startswith(",".join(_COLUMNS))


def read(file: BinaryIO, name: str) -> Reading[TaxonomyRow]:
    """Return all codes; the file's name states the release."""
    content = file.read()
    rows: list[TaxonomyRow] = []
    for line, record in records(csv_cells(io.BytesIO(content), _encoding(content)), _COLUMNS):
        if not _CODE.fullmatch(record["Code"]):
            raise DamagedFileError(line, f"{record['Code']!r} is not a taxonomy code")
        section = record.get("Section", "")
        if section not in SECTIONS:
            raise DamagedFileError(line, f"{section!r} is no section of the taxonomy")
        rows.append(TaxonomyRow(record["Code"], section))
    if not rows:
        raise DamagedFileError(1, "no code in the file")
    effective = nucc_release_named(name)
    return Reading(rows, effective, half_year_end(effective) if effective else None, row_dates=True)


def _encoding(content: bytes) -> str:
    """Return the encoding: UTF-8, except one release (23.0) that is Windows text."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
