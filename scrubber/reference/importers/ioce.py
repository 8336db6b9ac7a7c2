"""I/OCE tables (CMS, quarterly): rows live from one editor version to another, dated elsewhere."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, BinaryIO, NamedTuple

from scrubber.reference.device_pairs import DevicePairRow
from scrubber.reference.diagnosis_codes import AGE_RANGES, ANY_AGE, DiagnosisRow, Unacceptable
from scrubber.reference.importers.dates import compact_date, icd_half_year_end, quarter_end
from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    RowT,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.outpatient_bills import BillEdits, BillTypeRow
from scrubber.reference.outpatient_codes import STATUS_INDICATORS, OutpatientRow
from scrubber.reference.outpatient_modifiers import ModifierRow
from scrubber.reference.revenue_codes import RevenueRow

DIAGNOSIS_KIND = "icd-10-cm"
PROCEDURE_KIND = "ioce"
MODIFIER_KIND = "ioce-modifiers"
CONFLICT_KIND = "ioce-modifier-conflicts"
REVENUE_KIND = "ioce-revenue"
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
_FOR_WHOM = ("lo_age", "hi_age", "sex")
_APPROVAL = ("date_approved", "date_terminated")
_PROCEDURE = (
    *("hcpcs", "apc", "status_indicator"),
    *_PROCEDURE_FLAGS,
    *_FOR_WHOM,
    *_APPROVAL,
    *_RANGE,
)
_MODIFIER = ("modifier", "date_activated", *_RANGE)
_CONFLICT = ("modifier1", "modifier2", *_RANGE)
_REVENUE = ("revenue_code", "status_indicator", "bypass_e48", *_RANGE)
_DEVICE_PAIR = ("procedure", "device", *_RANGE)
_BILL_TYPE = ("rule", "pbt_index", "lo_bill", "hi_bill", *_RANGE)
_CONTROL = ("key1", "unit_edits", "ncci_edits", "opps_edits")
#: Rows for all bills; they say what the editor does with a bill type that it does not know.
_CATCH_ALL = ("11", "99")
#: APC 5041; its J2 code is critical care.
_CRITICAL_CARE = "05041"
_LIMITS = (
    *("lo_age", "hi_age", "unacceptable_pdx"),
    *("unacceptable_pdx_exclusion", "unacceptable_pdx_exclusion_ignored"),
)
_DIAGNOSIS_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_PROCEDURE_CODE = re.compile(r"[0-9A-Z]{5}")
_MODIFIER_CODE = re.compile(r"[0-9A-Z]{2}")
_NO_MODIFIER = "#"  # rows #0 to #Z stand for whatever begins so
_NO_DATE = "0"
_AGE = re.compile(r"[0-9]{1,3}")
_VERSION_NUMBER = re.compile(r"[0-9]{1,4}")
_REVENUE_CODE = re.compile(r"[0-9]{1,4}")
_BILL = re.compile(r"[0-9]{2}")
_FLAGS = {"0": False, "1": True}
_SEXES = {"0": "", "1": "M", "2": "F"}
# Both flags set: unacceptable for inpatients alone, and with the third for hospice bills too.
_UNACCEPTABLE: Mapping[tuple[str, ...], Unacceptable] = {
    ("0", "0", "0"): "",
    ("1", "0", "0"): "always",
    ("1", "1", "0"): "",
    ("1", "1", "1"): "hospice",
}
_WITHOUT_PROCEDURE = ("N", "F")


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


def recognises_modifiers(head: bytes) -> bool:
    """Return whether the file is `data_modifier`."""
    return set(_MODIFIER) <= set(first_line(head).split(","))


def recognises_conflicts(head: bytes) -> bool:
    """Return whether the file is `map_modifier_conflict`."""
    return set(_CONFLICT) <= set(first_line(head).split(","))


def recognises_revenue(head: bytes) -> bool:
    """Return whether the file is `data_revenue`."""
    return set(_REVENUE) <= set(first_line(head).split(","))


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
    return _reading(rows, "diagnosis", versions, icd_half_year_end)


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
        exempt = _flag(line, "bypass_e48", record["bypass_e48"])
        rows.append(
            RevenueRow(
                _code(line, record["revenue_code"], _REVENUE_CODE).zfill(4),
                record["status_indicator"] in _WITHOUT_PROCEDURE,
                exempt,
                *_period(line, record, versions),
            )
        )
    return _reading(rows, "revenue code", versions, quarter_end)


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
                lo_age=_age(line, record["lo_age"]),
                hi_age=_age(line, record["hi_age"]),
                sex=_sex(line, record["sex"]),
                approved=_approval(line, record["date_approved"]),
                terminated=_approval(line, record["date_terminated"]),
                **flags,
            )
        )
    return _reading(rows, "procedure code", versions, quarter_end)


def read_modifiers(file: BinaryIO, versions: Versions) -> Reading[ModifierRow]:
    """Return the modifiers, each from its date of activation where it has one."""
    rows: list[ModifierRow] = []
    for line, record in records(csv_cells(file), _MODIFIER):
        modifier = record["modifier"]
        if modifier.startswith(_NO_MODIFIER):
            continue
        effective, expires = _period(line, record, versions)
        if record["date_activated"] != _NO_DATE:
            effective = compact_date(record["date_activated"], line) or effective
        rows.append(ModifierRow(_code(line, modifier, _MODIFIER_CODE), effective, expires))
    return _reading(rows, "modifier", versions, quarter_end)


def read_conflicts(file: BinaryIO, versions: Versions) -> Reading[ModifierRow]:
    """Return the pairs of modifiers that may not stand together, in each order."""
    rows = [
        ModifierRow(
            "".join(_code(line, record[name], _MODIFIER_CODE) for name in _CONFLICT[:2]),
            *_period(line, record, versions),
        )
        for line, record in records(csv_cells(file), _CONFLICT)
    ]
    return _reading(rows, "pair of modifiers", versions, quarter_end)


def _reading(
    rows: list[RowT], what: str, versions: Versions, period_end: Callable[[date], date]
) -> Reading[RowT]:
    if not rows:
        raise DamagedFileError(1, f"no {what} in the file")
    return Reading(rows, versions.first, period_end(versions.latest))


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
    return _reading(rows, "bill type", versions, quarter_end)


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
    return _reading(rows, "device", versions, quarter_end)


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


def _flag(line: int, column: str, text: str) -> bool:
    if text not in _FLAGS:
        raise DamagedFileError(line, f"{column} must be 0 or 1")
    return _FLAGS[text]


def _sex(line: int, text: str) -> str:
    if text not in _SEXES:
        raise DamagedFileError(line, f"{text!r} is not a sex (0, 1 or 2)")
    return _SEXES[text]


def _age(line: int, text: str) -> int:
    if not _AGE.fullmatch(text):
        raise DamagedFileError(line, f"{text!r} is not an age")
    return int(text)


def _approval(line: int, text: str) -> date | None:
    return None if text == _NO_DATE else compact_date(text, line)


def _number(line: int, text: str) -> int:
    if not _VERSION_NUMBER.fullmatch(text):
        raise DamagedFileError(line, f"{text!r} is not a version number")
    return int(text)


def _code(line: int, text: str, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(text):
        raise DamagedFileError(line, f"{text!r} is not a code")
    return text
