"""I/OCE tables (CMS, quarterly): rows live from one editor version to another, dated elsewhere."""

import re
from collections.abc import Mapping
from datetime import date
from typing import BinaryIO, NamedTuple

from scrubber.reference.diagnosis_codes import AGE_RANGES, ANY_AGE, DiagnosisRow, Unacceptable
from scrubber.reference.importers.dates import compact_date, icd_half_year_end, quarter_end
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.outpatient_bills import BillTypeRow
from scrubber.reference.outpatient_codes import OutpatientRow
from scrubber.reference.revenue_codes import RevenueRow

DIAGNOSIS_KIND = "icd-10-cm"
PROCEDURE_KIND = "ioce"
REVENUE_KIND = "ioce-revenue"
BILL_TYPE_KIND = "ioce-bill-types"

_RANGE = ("lo_version", "hi_version")
_VERSION = ("version", "date_started", "date_ended")
_DIAGNOSIS = ("dx", "external_cause", "manifestation", *_RANGE)
_PROCEDURE = ("hcpcs", *_RANGE)
_REVENUE = ("revenue_code", "status_indicator", "bypass_e48", *_RANGE)
_BILL_TYPE = ("rule", "pbt_index", "lo_bill", "hi_bill", *_RANGE)
_LIMITS = (
    *("lo_age", "hi_age", "unacceptable_pdx"),
    *("unacceptable_pdx_exclusion", "unacceptable_pdx_exclusion_ignored"),
)
_DIAGNOSIS_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_PROCEDURE_CODE = re.compile(r"[0-9A-Z]{5}")
_VERSION_NUMBER = re.compile(r"[0-9]{1,4}")
_REVENUE_CODE = re.compile(r"[0-9]{1,4}")
_FLAGS = {"0": False, "1": True}
# Both flags set: unacceptable for inpatients alone, and with the third for hospice bills too.
_UNACCEPTABLE: Mapping[tuple[str, ...], Unacceptable] = {
    ("0", "0", "0"): "",
    ("1", "0", "0"): "always",
    ("1", "1", "0"): "",
    ("1", "1", "1"): "hospice",
}
_WITHOUT_PROCEDURE = ("N", "F")
# Rows from 11 to 99 catch what no other row names: they say nothing of a type of bill.
_CATCH_ALL = (11, 99)


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


def recognises_revenue(head: bytes) -> bool:
    """Return whether the file is `data_revenue`."""
    return set(_REVENUE) <= set(first_line(head).split(","))


def recognises_bill_types(head: bytes) -> bool:
    """Return whether the file is `pbt_map`."""
    return set(_BILL_TYPE) <= set(first_line(head).split(","))


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
        lo_age, hi_age, unacceptable = _limits(line, record)
        rows.append(
            DiagnosisRow(
                _code(line, record["dx"], _DIAGNOSIS_CODE),
                billable=True,
                effective=effective,
                expires=expires,
                external_cause=flags[0],
                manifestation=flags[1],
                lo_age=lo_age,
                hi_age=hi_age,
                unacceptable=unacceptable,
            )
        )
    if not rows:
        raise DamagedFileError(1, "no diagnosis in the file")
    return Reading(rows, versions.first, icd_half_year_end(versions.latest))


def _limits(
    line: int, record: Mapping[str, str]
) -> tuple[int | None, int | None, Unacceptable | None]:
    if not set(_LIMITS) <= record.keys():
        return None, None, None
    low, high = (_number(line, record[name]) for name in ("lo_age", "hi_age"))
    if (low, high) not in (*AGE_RANGES, ANY_AGE):
        raise DamagedFileError(line, f"ages {low} to {high} are no range of the editor")
    unacceptable = _UNACCEPTABLE.get(tuple(record[name] for name in _LIMITS[2:]))
    if unacceptable is None:
        raise DamagedFileError(line, "the flags of unacceptable_pdx are no combination known")
    return low, high, unacceptable


def read_revenue(file: BinaryIO, versions: Versions) -> Reading[RevenueRow]:
    """Return the revenue codes with four digits; the table leaves out leading zeros."""
    rows: list[RevenueRow] = []
    for line, record in records(csv_cells(file), _REVENUE):
        exempt = _FLAGS.get(record["bypass_e48"])
        if exempt is None:
            raise DamagedFileError(line, "bypass_e48 must be 0 or 1")
        rows.append(
            RevenueRow(
                _code(line, record["revenue_code"], _REVENUE_CODE).zfill(4),
                record["status_indicator"] in _WITHOUT_PROCEDURE,
                exempt,
                *_period(line, record, versions),
            )
        )
    if not rows:
        raise DamagedFileError(1, "no revenue code in the file")
    return Reading(rows, versions.first, quarter_end(versions.latest))


def read_bill_types(file: BinaryIO, versions: Versions) -> Reading[BillTypeRow]:
    """Return the types of bill that a row of its own names."""
    rows: list[BillTypeRow] = []
    for line, record in records(csv_cells(file), _BILL_TYPE):
        low, high = (_number(line, record[name]) for name in ("lo_bill", "hi_bill"))
        if (low, high) == _CATCH_ALL:
            continue
        period = _period(line, record, versions)
        rows.extend(BillTypeRow(f"{bill:02}", *period) for bill in range(low, high + 1))
    if not rows:
        raise DamagedFileError(1, "no type of bill in the file")
    return Reading(rows, versions.first, quarter_end(versions.latest))


def read_procedures(file: BinaryIO, versions: Versions) -> Reading[OutpatientRow]:
    """Return the codes that the editor holds, with the periods of their versions."""
    rows: list[OutpatientRow] = []
    for line, record in records(csv_cells(file), _PROCEDURE):
        effective, expires = _period(line, record, versions)
        rows.append(
            OutpatientRow(_code(line, record["hcpcs"], _PROCEDURE_CODE), effective, expires)
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
