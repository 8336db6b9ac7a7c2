"""I/OCE tables (CMS, quarterly): rows live from one editor version to another, dated elsewhere."""

import re
from collections.abc import Mapping
from datetime import date
from typing import BinaryIO, NamedTuple

from scrubber.reference.diagnosis_codes import DiagnosisRow
from scrubber.reference.importers.dates import compact_date, icd_half_year_end, quarter_end
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.outpatient_codes import OutpatientRow

DIAGNOSIS_KIND = "icd-10-cm"
PROCEDURE_KIND = "ioce"

_RANGE = ("lo_version", "hi_version")
_VERSION = ("version", "date_started", "date_ended")
_DIAGNOSIS = ("dx", "external_cause", "manifestation", *_RANGE)
_PROCEDURE = ("hcpcs", "date_approved", "date_terminated", *_RANGE)
_DIAGNOSIS_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_PROCEDURE_CODE = re.compile(r"[0-9A-Z]{5}")
_VERSION_NUMBER = re.compile(r"[0-9]{1,4}")
_FLAGS = {"0": False, "1": True}


class Versions(NamedTuple):
    """The editor's versions and their quarters."""

    started: Mapping[int, date]
    ended: Mapping[int, date]

    @property
    def first(self) -> date:
        """The first day of the oldest version."""
        return min(self.started.values())

    @property
    def latest(self) -> date:
        """The first day of the newest version."""
        return max(self.started.values())


def recognises_versions(head: bytes) -> bool:
    """Return whether the file is `version_range`, which dates the versions of the others."""
    return set(_VERSION) <= set(first_line(head).split(","))


def recognises_diagnoses(head: bytes) -> bool:
    """Return whether the file is `data_dx10`."""
    return set(_DIAGNOSIS) <= set(first_line(head).split(","))


def recognises_procedures(head: bytes) -> bool:
    """Return whether the file is `data_hcpcs`."""
    return set(_PROCEDURE) <= set(first_line(head).split(","))


def read_versions(file: BinaryIO) -> Versions:
    """Return the versions; the end of the newest is a placeholder that no row is dated by."""
    started: dict[int, date] = {}
    ended: dict[int, date] = {}
    line = 1
    for line, record in records(csv_cells(file), _VERSION):
        version = _number(line, record["version"])
        first = compact_date(record["date_started"], line)
        last = compact_date(record["date_ended"], line)
        if first is None or last is None or last < first:
            raise DamagedFileError(line, f"version {version} has no period")
        if version in started:
            raise DamagedFileError(line, f"version {version} a second time")
        started[version] = first
        ended[version] = last
    if not started:
        raise DamagedFileError(line, "no version in the file")
    return Versions(started, ended)


def read_diagnoses(file: BinaryIO, versions: Versions) -> Reading[DiagnosisRow]:
    """Return the billable codes; the newest version's stay until ICD-10-CM next changes."""
    rows: list[DiagnosisRow] = []
    for line, record in records(csv_cells(file), _DIAGNOSIS):
        effective, expires = _period(line, record, versions)
        flags = [_FLAGS.get(record[name]) for name in ("external_cause", "manifestation")]
        if None in flags:
            raise DamagedFileError(line, "external_cause and manifestation must be 0 or 1")
        rows.append(
            DiagnosisRow(
                _code(line, record["dx"], _DIAGNOSIS_CODE),
                billable=True,
                effective=effective,
                expires=expires,
                external_cause=flags[0],
                manifestation=flags[1],
            )
        )
    if not rows:
        raise DamagedFileError(1, "no diagnosis in the file")
    return Reading(rows, versions.first, icd_half_year_end(versions.latest))


def read_procedures(file: BinaryIO, versions: Versions) -> Reading[OutpatientRow]:
    """Return the codes that the editor holds, with the periods of their versions."""
    rows: list[OutpatientRow] = []
    for line, record in records(csv_cells(file), _PROCEDURE):
        effective, expires = _period(line, record, versions)
        rows.append(
            OutpatientRow(
                _code(line, record["hcpcs"], _PROCEDURE_CODE),
                effective,
                expires,
                # An absent date reads 0.
                *(
                    None if record[name] == "0" else compact_date(record[name], line)
                    for name in ("date_approved", "date_terminated")
                ),
            )
        )
    if not rows:
        raise DamagedFileError(1, "no procedure code in the file")
    return Reading(rows, versions.first, quarter_end(versions.latest))


def _period(
    line: int, record: Mapping[str, str], versions: Versions
) -> tuple[date | None, date | None]:
    """Return the row's days; open at the ends, where the table begins and where it stops."""
    low, high = (_number(line, record[name]) for name in _RANGE)
    if low not in versions.started or high not in versions.started or high < low:
        raise DamagedFileError(line, f"versions {low} to {high} are not in version_range")
    first, last = versions.started[low], versions.ended[high]
    return (
        None if first == versions.first else first,
        None if versions.started[high] == versions.latest else last,
    )


def _number(line: int, text: str) -> int:
    if not _VERSION_NUMBER.fullmatch(text):
        raise DamagedFileError(line, f"{text!r} is not a version number")
    return int(text)


def _code(line: int, text: str, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(text):
        raise DamagedFileError(line, f"{text!r} is not a code")
    return text
