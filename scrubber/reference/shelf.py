"""The shelf: all snapshots of a folder, and the tables in force on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, get_type_hints

import msgspec

from scrubber.reference.snapshot import (
    Edition,
    SnapshotError,
    SnapshotInfo,
    open_snapshot,
)

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2099, 12, 31)


class _Table(NamedTuple):
    """Where a kind's code is: module, and the names of its series and row."""

    module: str
    series: str
    row: str


_CODE_LIST = _Table("code_lists", "CodeListSeries", "CodeListRow")

_TABLES = {
    "carc": _Table("adjustment_codes", "AdjustmentSeries", "AdjustmentRow"),
    "clia-tests": _CODE_LIST,
    "contractor-jurisdiction": _Table("contractors", "ContractorSeries", "ContractorRow"),
    "coverage-articles": _Table("coverage_articles", "CoverageArticleSeries", "ArticleRow"),
    "dental-needs": _CODE_LIST,
    "dmepos-categories": _CODE_LIST,
    "hcpcs": _Table("procedure_codes", "ProcedureSeries", "ProcedureRow"),
    "icd-10-cm": _Table("diagnosis_codes", "DiagnosisSeries", "DiagnosisRow"),
    "icd-10-pcs": _Table("inpatient_procedures", "InpatientProcedureSeries", "InpatientProcedure"),
    "ioce": _Table("outpatient_codes", "OutpatientSeries", "OutpatientRow"),
    "ioce-bill-types": _Table("outpatient_bills", "BillTypeSeries", "BillTypeRow"),
    "ioce-device-pairs": _Table("device_pairs", "DevicePairSeries", "DevicePairRow"),
    "ioce-modifier-conflicts": _Table("outpatient_modifiers", "ModifierSeries", "ModifierRow"),
    "ioce-modifiers": _Table("outpatient_modifiers", "ModifierSeries", "ModifierRow"),
    "ioce-revenue": _Table("revenue_codes", "RevenueSeries", "RevenueRow"),
    "lab-ncd": _Table("lab_ncd", "LabNcdSeries", "LabNcdRow"),
    "leie": _Table("exclusions", "ExclusionSeries", "ExclusionRow"),
    "mce": _Table("mce", "MceSeries", "MceRow"),
    "ncci-aoc": _Table("ncci_aoc", "AocSeries", "AocRow"),
    "ncci-mue-dme": _Table("ncci_mue", "MueSeries", "MueRow"),
    "ncci-mue-hospital": _Table("ncci_mue", "MueSeries", "MueRow"),
    "ncci-mue-practitioner": _Table("ncci_mue", "MueSeries", "MueRow"),
    "ncci-ptp-hospital": _Table("ncci_ptp", "PtpSeries", "PtpRow"),
    "ncci-ptp-practitioner": _Table("ncci_ptp", "PtpSeries", "PtpRow"),
    "ndc-crosswalk": _Table("ndc_crosswalk", "NdcSeries", "NdcRow"),
    "nppes": _Table("npi_register", "NpiSeries", "NpiRow"),
    "nubc-codes": _Table("nubc_codes", "NubcSeries", "NubcRow"),
    "opps-addendum-b": _Table("procedure_codes", "ProcedureSeries", "ProcedureRow"),
    "payer-list": _Table("payer_list", "PayerListSeries", "PayerRow"),
    "place-of-service": _Table("place_of_service", "PlaceSeries", "PlaceRow"),
    "poa-exempt": _Table("poa_exempt", "PoaExemptSeries", "PoaExemptRow"),
    "pprrvu": _Table("fee_schedule", "FeeScheduleSeries", "FeeRow"),
    "single-dose-drugs": _CODE_LIST,
    "taxonomy": _Table("taxonomy", "TaxonomySeries", "TaxonomyRow"),
    "therapy-codes": _CODE_LIST,
    "unlisted-codes": _CODE_LIST,
}
KINDS = frozenset(_TABLES)


class Shelf:
    """Tables by kind; each kind's editions are opened already and cost no private memory."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions of all kinds, in any order."""
        self._editions: dict[str, list[Edition]] = {}
        for edition in sorted(editions, key=lambda each: (each.info.kind, each.info.effective)):
            self._editions.setdefault(edition.info.kind, []).append(edition)
        self._series: dict[str, Any] = {}

    @classmethod
    def of_rows(
        cls,
        rows: Mapping[str, Sequence[Mapping[str, object]]],
        *,
        effective: date = FIRST_DAY,
        expires: date = LAST_DAY,
    ) -> "Shelf":
        """
        Build a shelf from plain rows, through the same buffers as an imported file.

        A row's keys are the fields of the kind's row; a field with a default may be left out,
        and dates and numbers may be text.
        """
        return cls(
            [_edition_of_rows(kind, table, effective, expires) for kind, table in rows.items()]
        )

    def as_of(self, kind: str, day: date, *, latest_when_missing: bool = False) -> Any:
        """
        Return the view of a table on a day: `None` when no edition on the shelf covers the day.

        `latest_when_missing` takes the last edition before the day instead of none.
        """
        if kind not in self._series:
            if kind not in self._editions:
                return None
            series = getattr(_module(kind), _TABLES[kind].series)
            self._series[kind] = series(self._editions[kind])
        return self._series[kind].as_of(day, latest_when_missing=latest_when_missing)

    def versions(self, day: date) -> dict[str, str]:
        """Return kind → version of every table that covers the day, sorted by kind."""
        views = {kind: self.as_of(kind, day) for kind in self._editions}
        return {kind: view.version for kind, view in views.items() if view}

    def snapshots(self) -> tuple[SnapshotInfo, ...]:
        """Return what is on the shelf, by kind and date."""
        return tuple(each.info for editions in self._editions.values() for each in editions)


def open_shelf(directory: Path) -> Shelf:
    """
    Open every snapshot in `directory`; files and folders without an `@` in the name are passed.

    Raises `SnapshotError` when the folder is absent, or a snapshot in it is damaged or of an
    unknown kind: a shelf that silently lacks a table would say "no data" for good claims.
    """
    return Shelf([open_snapshot(folder) for folder in snapshot_folders(directory)])


def snapshot_folders(directory: Path) -> list[Path]:
    """Return the snapshot folders in `directory`, sorted; raises `SnapshotError`."""
    if not directory.is_dir():
        remedy = "Name a folder of snapshots, or fill one: scrubber reference import."
        raise SnapshotError(directory, "is not a folder", remedy)
    folders = sorted(
        entry
        for entry in directory.iterdir()
        if "@" in entry.name and not entry.name.startswith(".") and entry.is_dir()
    )
    for folder in folders:
        if folder.name.partition("@")[0] not in KINDS:
            remedy = f"Remove it; the kinds are {', '.join(sorted(KINDS))}."
            raise SnapshotError(folder, "is of an unknown kind", remedy)
    return folders


def starter_directory() -> Path:
    """Return the bundled snapshots: code sets without licence fee, and no CPT code."""
    return Path(__file__).parent / "starter"


def pack_rows(kind: str, rows: Sequence[Any]) -> dict[str, bytes]:
    """Return the buffers of a kind's rows."""
    buffers: dict[str, bytes] = _module(kind).pack(rows)
    return buffers


def _module(kind: str) -> ModuleType:
    return import_module(f"scrubber.reference.{_TABLES[kind].module}")


def _edition_of_rows(
    kind: str, rows: Sequence[Mapping[str, object]], effective: date, expires: date
) -> Edition:
    row_class = getattr(_module(kind), _TABLES[kind].row)
    types = get_type_hints(row_class)
    packed = pack_rows(
        kind,
        [
            row_class(
                **{
                    name: msgspec.convert(value, types.get(name, Any), strict=False)
                    for name, value in row.items()
                }
            )
            for row in rows
        ],
    )
    info = SnapshotInfo(kind=kind, effective=effective, expires=expires, rows=len(rows))
    return Edition(info, {name: memoryview(buffer) for name, buffer in packed.items()})
