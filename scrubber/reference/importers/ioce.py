"""I/OCE tables (CMS, quarterly): rows live from one editor version to another, dated elsewhere."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, BinaryIO, NamedTuple

from scrubber.reference.device_pairs import DevicePairRow
from scrubber.reference.diagnosis_codes import DiagnosisRow
from scrubber.reference.importers.dates import compact_date, icd_half_year_end, quarter_end
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.outpatient_bills import BillEdits, BillTypeRow
from scrubber.reference.outpatient_codes import STATUS_INDICATORS, OutpatientRow

DIAGNOSIS_KIND = "icd-10-cm"
PROCEDURE_KIND = "ioce"
BILL_TYPE_KIND = "ioce-bill-types"
DEVICE_PAIR_KIND = "ioce-device-pairs"

_RANGE = ("lo_version", "hi_version")
_VERSION = ("version", "date_started", "date_ended")
_DIAGNOSIS = ("dx", "external_cause", "manifestation", *_RANGE)
#: Column of the file → name in the row.
_PROCEDURE_FLAGS = {
    "separate_procedure": "separate_procedure",
    "bilateral_conditional": "bilateral",
    "bilateral_independent": "bilateral",
    "vaccine": "vaccine",
    "colorectal": "colorectal",
    "device": "device",
    "device_procedure": "device_procedure",
    "bypass_e92_modifier": "device_exempt",
    "capc_exclusion": "never_packaged",
}
_PROCEDURE = ("hcpcs", "apc", "status_indicator", *_PROCEDURE_FLAGS, *_RANGE)
_DEVICE_PAIR = ("procedure", "device", *_RANGE)
_BILL_TYPE = ("rule", "pbt_index", "lo_bill", "hi_bill", *_RANGE)
_CONTROL = ("key1", "unit_edits", "ncci_edits", "opps_edits")
#: Rows for all bills; they say what the editor does with a bill type that it does not know.
_CATCH_ALL = ("11", "99")
#: APC 5041; its J2 code is critical care.
_CRITICAL_CARE = "05041"
_DIAGNOSIS_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_PROCEDURE_CODE = re.compile(r"[0-9A-Z]{5}")
_VERSION_NUMBER = re.compile(r"[0-9]{1,4}")
_BILL = re.compile(r"[0-9]{2}")
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


def recognises_bill_types(head: bytes) -> bool:
    """Return whether the file is `pbt_map`."""
    return set(_BILL_TYPE) <= set(first_line(head).split(","))


def recognises_controls(head: bytes) -> bool:
    """Return whether the file is `pbt_control`, which says what the rows of `pbt_map` mean."""
    return set(_CONTROL) <= set(first_line(head).split(","))


def recognises_device_pairs(head: bytes) -> bool:
    """Return whether the file is `map_device_procedure`."""
    return set(_DEVICE_PAIR) <= set(first_line(head).split(","))


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
        flags = [_flag(line, name, record[name]) for name in ("external_cause", "manifestation")]
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
        indicator = record["status_indicator"]
        if indicator not in STATUS_INDICATORS:
            raise DamagedFileError(line, f"{indicator!r} is not a status indicator")
        flags: dict[str, Any] = {}
        for column, name in _PROCEDURE_FLAGS.items():
            flags[name] = _flag(line, column, record[column]) or flags.get(name, False)
        rows.append(
            OutpatientRow(
                _code(line, record["hcpcs"], _PROCEDURE_CODE),
                *_period(line, record, versions),
                indicator,
                critical_care=indicator == "J2" and record["apc"] == _CRITICAL_CARE,
                **flags,
            )
        )
    if not rows:
        raise DamagedFileError(1, "no procedure code in the file")
    return Reading(rows, versions.first, quarter_end(versions.latest))


def read_controls(file: BinaryIO) -> dict[str, BillEdits]:
    """Return which edits run by the number that `pbt_map` names."""
    return {
        record["key1"]: BillEdits(
            ncci=_flag(line, "ncci_edits", record["ncci_edits"]),
            opps=_flag(line, "opps_edits", record["opps_edits"]),
            units=_flag(line, "unit_edits", record["unit_edits"]),
        )
        for line, record in records(csv_cells(file), _CONTROL)
    }


def read_bill_types(
    file: BinaryIO, versions: Versions, controls: Mapping[str, BillEdits]
) -> Reading[BillTypeRow]:
    """Return the edits of each bill type and rule, without the rows for all bill types."""
    rows: list[BillTypeRow] = []
    for line, record in records(csv_cells(file), _BILL_TYPE):
        low, high, index = record["lo_bill"], record["hi_bill"], record["pbt_index"]
        if index not in controls:
            raise DamagedFileError(line, f"{index!r} is not in pbt_control")
        if not (_BILL.fullmatch(low) and _BILL.fullmatch(high)) or high < low:
            raise DamagedFileError(line, f"{low!r} to {high!r} are not bill types")
        if (low, high) == _CATCH_ALL:
            continue
        rule = _number(line, record["rule"])
        period = _period(line, record, versions)
        rows.extend(
            BillTypeRow(f"{bill:02}", rule, *controls[index], *period)
            for bill in range(int(low), int(high) + 1)
        )
    if not rows:
        raise DamagedFileError(1, "no bill type in the file")
    return Reading(rows, versions.first, quarter_end(versions.latest))


def read_device_pairs(file: BinaryIO, versions: Versions) -> Reading[DevicePairRow]:
    """Return which procedures need which device."""
    rows = [
        DevicePairRow(
            _code(line, record["procedure"], _PROCEDURE_CODE),
            _code(line, record["device"], _PROCEDURE_CODE),
            *_period(line, record, versions),
        )
        for line, record in records(csv_cells(file), _DEVICE_PAIR)
    ]
    if not rows:
        raise DamagedFileError(1, "no device in the file")
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


def _flag(line: int, column: str, text: str) -> bool:
    if text not in _FLAGS:
        raise DamagedFileError(line, f"{column} must be 0 or 1")
    return _FLAGS[text]


def _code(line: int, text: str, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(text):
        raise DamagedFileError(line, f"{text!r} is not a code")
    return text
