"""
Lists of the Medicare Code Editor, tabulated from CMS's *Definitions of Medicare Code Edits*.

CMS publishes the definitions as running text; two public tabulations of it are read. One names
version, section and list in each row (tab-separated). The other has the lists of ages, sexes and
manifestations (comma-separated), and its version in the file's name, as `mce_v41.1_….csv`.

Sections whose lists work together (8 B, 11 B to E and G, 17 B, and 20) are in neither. Who
tabulates them adds rows to the first form, with the names of `reference/mce.py`.
"""

import re
from collections.abc import Mapping
from typing import BinaryIO

from scrubber.reference import mce
from scrubber.reference.importers.dates import fiscal_year_end, mce_version_day
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
    tabbed_cells,
)
from scrubber.reference.mce import LISTS, MceList, MceRow

KIND = "mce"

_BY_SECTION = ("MCE_Version", "MCE_Edit_Type", "ICD_Code_Type", "ICD_Code")
_BY_CONFLICT = ("icd_code", "icd_conflict_group", "icd_conflict_rule")
_FIRST_ICD_10 = 33
_SHAPES = {
    "D": re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}"),
    "P": re.compile(r"[0-9A-HJ-NP-Z]{7}"),
}
_CONFLICTS: Mapping[str, MceList] = {
    "Perinatal/Newborn (Age 0 Only)": mce.NEWBORN,
    "Pediatric (Ages 0-17)": mce.PEDIATRIC,
    "Maternity (Ages 9-64)": mce.MATERNITY,
    "Adult (Ages 15-124)": mce.ADULT,
    "Female Only": mce.FEMALE,
    "Male Only": mce.MALE,
    "Manifestation (Not Allowed as Principal Diagnosis)": mce.MANIFESTATION,
}


def recognises(head: bytes) -> bool:
    """Return whether the header is that of one of the two tabulations."""
    line = first_line(head)
    return set(_BY_SECTION) <= set(line.split("\t")) or _has_conflicts(line)


def read(file: BinaryIO, name: str, head: bytes) -> Reading[MceRow]:
    """Return all rows; an unknown list is refused, for it would be one that nobody asks."""
    if _has_conflicts(first_line(head)):
        rows = _rows_by_conflict(file)
        named = re.search(r"(?i)v([0-9]{2}(?:\.[01])?)(?![0-9])", name)
        version = named[1] if named else ""
    else:
        rows, version = _rows_by_section(file)
    if not rows:
        raise DamagedFileError(1, "no code in the file")
    effective = mce_version_day(version)
    return Reading(rows, effective, fiscal_year_end(effective) if effective else None)


def _rows_by_section(file: BinaryIO) -> tuple[list[MceRow], str]:
    rows: list[MceRow] = []
    version = ""
    for line, record in records(tabbed_cells(file), _BY_SECTION):
        own = record["MCE_Version"]
        if mce_version_day(own) is None or own < str(_FIRST_ICD_10) or own != (version or own):
            raise DamagedFileError(line, f"version {own!r} is not one of ICD-10, the same for all")
        version = own
        name = MceList(record["MCE_Edit_Type"], "D" if record["ICD_Code_Type"] == "D" else "P")
        if name not in LISTS or name.code_type != record["ICD_Code_Type"]:
            raise DamagedFileError(line, f"{record['MCE_Edit_Type']!r} is not a list of the editor")
        rows.append(_row(line, name, record["ICD_Code"]))
    return rows, version


def _rows_by_conflict(file: BinaryIO) -> list[MceRow]:
    rows: list[MceRow] = []
    for line, record in records(csv_cells(file), _BY_CONFLICT):
        name = _CONFLICTS.get(record["icd_conflict_rule"])
        if name is None:
            reason = f"{record['icd_conflict_rule']!r} is not a conflict of the editor"
            raise DamagedFileError(line, reason)
        rows.append(_row(line, name, record["icd_code"].replace(".", "")))
    return rows


def _row(line: int, name: MceList, code: str) -> MceRow:
    if not _SHAPES[name.code_type].fullmatch(code):
        raise DamagedFileError(line, f"{code!r} is not a code")
    return MceRow(*name, code)


def _has_conflicts(line: str) -> bool:
    return set(_BY_CONFLICT) <= {cell.strip('"') for cell in line.split(",")}
