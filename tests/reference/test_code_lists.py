"""Procedure codes, places of service and taxonomy answer for the day."""

import csv
import gzip
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from openpyxl import load_workbook

from scrubber.reference import (
    device_pairs,
    outpatient_bills,
    outpatient_codes,
    outpatient_modifiers,
    place_of_service,
    procedure_codes,
    taxonomy,
)
from scrubber.reference.dated_codes import DatedCodeView
from scrubber.reference.importers import hcpcs, ioce
from scrubber.reference.importers import place_of_service as place_importer
from scrubber.reference.importers import taxonomy as taxonomy_importer
from scrubber.reference.importers.dates import half_year_end
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.importers.reading import Reading
from scrubber.reference.importers.table import RefusedFileError
from scrubber.reference.ncci_ptp import NCCI_MODIFIERS
from scrubber.reference.outpatient_modifiers import ModifierRow
from scrubber.reference.procedure_codes import ProcedureRow, ProcedureSeries
from tests.reference.editions import FIXTURES, edition

HEAD = 1 << 16


def read_hcpcs(path: Path) -> Reading[ProcedureRow]:
    """Read an HCPCS file of any of its text forms."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    assert hcpcs.recognises(content[:HEAD])
    return hcpcs.read(io.BytesIO(content), path.name, content[:HEAD])


@pytest.mark.parametrize("name", ["hcpcs_attributes.csv", "HCPC2026_OCT_ANWEB.csv"])
def test_a_terminated_procedure_code_is_in_force_on_its_last_day(name: str) -> None:
    """`date_term` is the last valid day; modifiers and further description lines are no codes."""
    reading = read_hcpcs(FIXTURES / name)
    assert [row.code for row in sorted(reading.rows)] == ["A4466", "J1740"]
    series = ProcedureSeries([edition(reading, procedure_codes.pack)])
    for day, expected in (
        (date(2009, 12, 31), "other_dates"),
        (date(2010, 1, 1), "in_force"),
        (date(2016, 12, 31), "in_force"),
        (date(2017, 1, 1), "other_dates"),
    ):
        codes = series.as_of(day)
        assert codes is not None
        assert codes.status("A4466") == expected
        assert codes.status("J0009") == "unknown"
        assert codes.window("A4466") == (date(2010, 1, 1), date(2016, 12, 31))
        assert codes.window("J1740") == (date(2007, 1, 1), None)


def test_a_file_with_row_dates_covers_all_days_to_the_end_of_its_quarter() -> None:
    """The attributes of 2024-07-01 speak for 1990 as well, and not for October 2024."""
    series = ProcedureSeries(
        [edition(read_hcpcs(FIXTURES / "hcpcs_attributes.csv"), procedure_codes.pack)]
    )
    assert series.as_of(date(1990, 1, 1)) is not None
    assert series.as_of(date(2024, 9, 30)) is not None
    assert series.as_of(date(2024, 10, 1)) is None
    assert series.as_of(date(2024, 10, 1), latest_when_missing=True) is not None


def test_a_newer_edition_has_the_say_and_an_older_one_still_knows_its_codes() -> None:
    """A retroactive end is taken from the newer file; a code only in the older one was valid."""

    def reading(rows: list[ProcedureRow], effective: date, expires: date) -> Reading[ProcedureRow]:
        return Reading(rows, effective, expires, row_dates=True)

    old = reading(
        [ProcedureRow("A4466"), ProcedureRow("J0009")], date(2024, 1, 1), date(2024, 3, 31)
    )
    new = reading(
        [ProcedureRow("A4466", None, date(2024, 2, 29))], date(2024, 4, 1), date(2024, 6, 30)
    )
    series = ProcedureSeries([edition(each, procedure_codes.pack) for each in (old, new)])
    march, may = series.as_of(date(2024, 3, 1)), series.as_of(date(2024, 5, 1))
    assert march is not None
    assert may is not None
    assert (march.status("A4466"), march.status("J0009")) == ("other_dates", "in_force")
    assert may.status("J0009") == "other_dates"


def test_the_outpatient_editor_holds_codes_from_version_to_version() -> None:
    """Its codes are covered to 2026-06-30, and not before its first version."""
    with (FIXTURES / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    with (FIXTURES / "data_hcpcs.csv").open("rb") as file:
        reading = ioce.read_procedures(file, versions)
    series = outpatient_codes.OutpatientSeries([edition(reading, outpatient_codes.pack)])
    last, after = series.as_of(date(2021, 9, 30)), series.as_of(date(2021, 10, 1))
    assert last is not None
    assert after is not None
    assert (last.status("G0289"), after.status("G0289")) == ("in_force", "other_dates")
    assert after.window("G0289") == (None, date(2021, 9, 30))
    assert after.status("J0009") == "unknown"
    assert last.limits("G0289") == (12, 64, "")
    assert after.limits("G0289") is None
    assert after.limits("J1740") == (0, 124, "")
    assert after.covers(date(2026, 6, 30))
    assert not after.covers(date(2026, 7, 1))
    assert series.as_of(date(2019, 6, 30)) is None


def modifiers_on(read: Callable[..., Reading[ModifierRow]], name: str, day: date) -> DatedCodeView:
    """Return a modifier table of the outpatient editor on a day."""
    with (FIXTURES / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    with (FIXTURES / name).open("rb") as file:
        loaded = edition(read(file, versions), outpatient_modifiers.pack)
    view = outpatient_modifiers.ModifierSeries([loaded]).as_of(day)
    assert view is not None
    return view


def test_the_outpatient_editor_knows_modifiers_from_version_to_version() -> None:
    """A date of activation wins over the version's; rows with # are no modifiers."""
    for day, jz, gt in (
        (date(2021, 9, 30), "other_dates", "in_force"),
        (date(2021, 12, 31), "other_dates", "other_dates"),
        (date(2022, 1, 1), "in_force", "other_dates"),
    ):
        view = modifiers_on(ioce.read_modifiers, "data_modifier.csv", day)
        assert (view.status("JZ"), view.status("GT")) == (jz, gt)
        assert (view.status("25"), view.status("#0")) == ("in_force", "unknown")


def test_the_outpatient_editor_knows_which_modifiers_conflict() -> None:
    """Each order is a row of its own, with its own versions."""
    for day, status in ((date(2021, 9, 30), "in_force"), (date(2021, 10, 1), "other_dates")):
        view = modifiers_on(ioce.read_conflicts, "map_modifier_conflict.csv", day)
        assert (view.status("CTFX"), view.status("FXCT")) == ("in_force", status)
        assert view.status("CTFY") == "unknown"


def test_the_outpatient_editor_tells_what_a_code_is_on_the_day() -> None:
    """Status indicator, lists and APC 5041 come from the version of the day."""
    series = outpatient_codes.OutpatientSeries(
        [edition(_dated("data_hcpcs.csv", ioce.read_procedures), outpatient_codes.pack)]
    )
    last, after = series.as_of(date(2021, 9, 30)), series.as_of(date(2021, 10, 1))
    assert isinstance(last, outpatient_codes.OutpatientView)
    assert isinstance(after, outpatient_codes.OutpatientView)
    code = outpatient_codes.OutpatientCode
    assert last.code("G9999") == code("J2", critical_care=True)
    assert after.code("G9999") == code("J2")
    assert after.code("G9998") == code(
        "J1", bilateral=True, device_procedure=True, device_exempt=True
    )
    assert after.code("G9997") == code(
        "C",
        bilateral=True,
        vaccine=True,
        separate_procedure=True,
        device=True,
        colorectal=True,
        never_packaged=True,
    )
    assert (last.code("G0289"), after.code("G0289")) == (
        code("N", bilateral=True),
        outpatient_codes.UNLISTED,
    )


def test_bill_types_have_the_edits_of_their_most_specific_row() -> None:
    """A condition code may have a row; rows for all bill types do not count."""
    with (FIXTURES / "pbt_control.csv").open("rb") as file:
        controls = ioce.read_controls(file)
    reading = _dated("pbt_map.csv", lambda file, dated: ioce.read_bill_types(file, dated, controls))
    series = outpatient_bills.BillTypeSeries([edition(reading, outpatient_bills.pack)])
    last, after = series.as_of(date(2021, 9, 30)), series.as_of(date(2021, 10, 1))
    assert last is not None
    assert after is not None
    edits = outpatient_bills.BillEdits
    assert last.edits("0131", ()) == edits(ncci=True, opps=True, units=True)
    assert last.edits("0131", ("41", "09")) == edits()
    assert after.edits("0131", ()) == edits(ncci=True, units=True)
    assert after.edits("0221", ()) == after.edits("0234", ("92",)) == edits(ncci=True)
    assert after.edits("0111", ()) == after.edits("0721", ()) == after.edits("", ()) == edits()
    assert series.as_of(date(2019, 6, 30)) is None
    assert series.as_of(date(2026, 7, 1)) is None
    late = series.as_of(date(2026, 7, 1), latest_when_missing=True)
    assert late is not None
    assert late.edits("0231", ()) == edits(ncci=True)


def test_device_pairs_are_those_of_the_day() -> None:
    """Each way round, from the first to the last day of a pair."""
    reading = _dated("map_device_procedure.csv", ioce.read_device_pairs)
    series = device_pairs.DevicePairSeries([edition(reading, device_pairs.pack)])
    last, after = series.as_of(date(2021, 9, 30)), series.as_of(date(2021, 10, 1))
    assert last is not None
    assert after is not None
    assert last.devices == {"G9998": {"C1840", "C1841"}}
    assert after.devices == {"G9998": {"C1841"}}
    assert after.procedures == {"C1841": {"G9998"}}
    assert series.as_of(date(2026, 7, 1)) is None


def test_the_editor_s_tables_need_the_files_that_explain_them(tmp_path: Path) -> None:
    """Without its companion a file is refused, and says which one is missing."""
    names = ("pbt_map.csv", "pbt_control.csv", "version_range.csv")
    files = [FIXTURES / name for name in names]
    (imported,) = import_files(files, tmp_path, Choice())
    assert isinstance(imported, Imported)
    assert (imported.info.folder, imported.info.rows) == ("ioce-bill-types@2019-07-01", 5)
    for left_out in ("pbt_control", "version_range"):
        (refused,) = import_files(
            [file for file in files if file.stem != left_out], tmp_path, Choice()
        )
        assert isinstance(refused, RefusedFileError)
        assert f"give {left_out}.csv in the same call" in refused.reason


def test_the_ncci_modifiers_are_those_of_the_editor(shared_data: Path) -> None:
    """The 44 of every version since 2019 are the ones that the pair edits know."""
    path = shared_data / "data/ioce_v27_tables/data_modifier.csv"
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["ncci"] == "1"]
    assert {(row["lo_version"], row["hi_version"]) for row in rows} == {("76", "103")}
    assert {row["modifier"] for row in rows} == NCCI_MODIFIERS


def test_places_of_service_are_read_past_the_byte_order_mark() -> None:
    """The list covers the dates it is imported for, and nothing before."""
    with (FIXTURES / "place_of_service.csv").open("rb") as file:
        reading = place_importer.read(file, "place_of_service.csv")
    loaded = edition(reading, place_of_service.pack, date(2024, 1, 1), date(2024, 12, 31))
    series = place_of_service.PlaceSeries([loaded])
    places = series.as_of(date(2024, 12, 31))
    assert places is not None
    assert [places.has(code) for code in ("11", "21", "97", "1", "", "11\n21")] == [
        *(True, True),
        *(False, False, False, False),
    ]
    assert not places.covers(date(2025, 1, 1))
    assert series.as_of(date(2023, 12, 31)) is None


def test_taxonomy_texts_may_hold_line_breaks_and_windows_characters() -> None:
    """A row is a row of the table, not a line; release 23.0 is no UTF-8."""
    content = (FIXTURES / "nucc_taxonomy_251.csv").read_bytes()
    for text in (content, content.replace(b"two lines", b"two\x92 lines")):
        reading = taxonomy_importer.read(_file(text), "nucc_taxonomy_251.csv")
        assert [row.code for row in reading.rows] == ["207Q00000X", "208D00000X"]
        assert (reading.effective, reading.expires) == (date(2025, 7, 1), date(2025, 12, 31))
    codes = taxonomy.TaxonomySeries([edition(reading, taxonomy.pack)]).as_of(date(2025, 8, 1))
    assert (codes.has("207Q00000X"), codes.has("207Q00000Y")) == (True, False)


def test_every_loaded_taxonomy_counts_and_only_current_ones_prove_absence() -> None:
    """A retired code stays known; a day between two loaded editions is covered by neither."""
    rows = {
        date(2024, 1, 1): [taxonomy.TaxonomyRow("1234567890"), taxonomy.TaxonomyRow("207Q00000X")],
        date(2025, 1, 1): [
            taxonomy.TaxonomyRow("207Q00000X", "Individual"),
            taxonomy.TaxonomyRow("282N00000X", "Non-Individual"),
        ],
    }
    series = taxonomy.TaxonomySeries(
        [
            edition(Reading(each, day, half_year_end(day), row_dates=True), taxonomy.pack)
            for day, each in rows.items()
        ]
    )
    codes = series.as_of(date(2024, 8, 1))
    assert [codes.has(code) for code in ("1234567890", "282N00000X", "", "207")] == [
        *(True, True, False, False)
    ]
    assert [codes.section(code) for code in ("1234567890", "207Q00000X", "282N00000X", "9")] == [
        *("", "Individual", "Non-Individual", "")
    ]
    covered = [
        day
        for day in (date(2023, 12, 31), date(2024, 1, 1), date(2024, 6, 30), date(2024, 7, 1))
        if codes.covers(day)
    ]
    assert covered == [date(2024, 1, 1), date(2024, 6, 30)]
    assert codes.covers(date(2025, 6, 30))
    assert not codes.covers(date(2025, 7, 1))
    assert codes.version == "2025-01-01"
    assert series.as_of(date(2024, 2, 1)).version == "2024-01-01"
    assert series.as_of(date(2030, 1, 1)).version == "2025-01-01"
    with pytest.raises(ValueError, match="is no section"):
        taxonomy.pack([taxonomy.TaxonomyRow("207Q00000X", "Sample")])


def test_the_official_hcpcs_files_are_read_in_text_and_workbook_alike(shared_data: Path) -> None:
    """The text and the workbook of 2019 hold the same 6,440 procedure codes."""
    folder = shared_data / "data/hcpcs_level2/official_2019"
    text = read_hcpcs(folder / "HCPC2019_CONTR_ANWEB.txt.gz")
    book = load_workbook(folder / "HCPC2019_CONTR_ANWEB.xlsx", read_only=True)
    with pytest.warns(UserWarning, match="header or footer"):
        cells = [
            (number, ["" if cell is None else str(cell).strip() for cell in row])
            for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
        ]
    book.close()
    workbook = hcpcs.read_table(cells, "HCPC2019_CONTR_ANWEB.xlsx")
    assert len(text.rows) == 6_440
    assert sorted(text.rows, key=_code) == sorted(workbook.rows, key=_code)
    assert text.effective == workbook.effective == date(2019, 1, 1)


@pytest.mark.parametrize(("release", "rows"), [("230", 873), ("250", 879), ("251", 883)])
def test_the_official_taxonomies_are_read_whole(shared_data: Path, release: str, rows: int) -> None:
    """Each release has the rows that its publisher counts."""
    path = shared_data / f"data/nucc_taxonomy/nucc_taxonomy_{release}.csv"
    with path.open("rb") as file:
        assert taxonomy_importer.recognises(file.read(HEAD))
        file.seek(0)
        assert len(taxonomy_importer.read(file, path.name).rows) == rows


def _dated(name: str, read: Callable[[BinaryIO, ioce.Versions], Reading[Any]]) -> Reading[Any]:
    with (FIXTURES / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    with (FIXTURES / name).open("rb") as file:
        return read(file, versions)


def _code(row: ProcedureRow) -> str:
    return row.code


def _file(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def ioce_rows(shared_data: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of an official table of the outpatient editor."""
    path = shared_data / "data" / "ioce_v27_tables" / name
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return list(csv.DictReader(file))


def days_of_versions(rows: list[dict[str, str]]) -> dict[int, tuple[date, date]]:
    """Return the first and last day of each version; the newest ends with its quarter."""
    found = {
        int(row["version"]): tuple(
            date.fromisoformat(row[name]) for name in ("date_started", "date_ended")
        )
        for row in rows
    }
    first, _ = found[max(found)]
    found[max(found)] = (first, date(first.year, first.month + 2, 30))
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "columns", "read"),
    [
        ("data_modifier.csv", ("modifier",), ioce.read_modifiers),
        ("map_modifier_conflict.csv", ("modifier1", "modifier2"), ioce.read_conflicts),
    ],
)
def test_the_modifiers_of_each_version_are_those_of_the_official_rows(
    shared_data: Path,
    name: str,
    columns: tuple[str, ...],
    read: Callable[..., Reading[ModifierRow]],
) -> None:
    """On the first and the last day of every version, each modifier or pair, and no other."""
    folder = shared_data / "data" / "ioce_v27_tables"
    with (folder / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    with (folder / name).open("rb") as file:
        loaded = edition(read(file, versions), outpatient_modifiers.pack)
    series = outpatient_modifiers.ModifierSeries([loaded])
    rows = [row for row in ioce_rows(shared_data, name) if not row[columns[0]].startswith("#")]
    known = {"".join(row[column] for column in columns) for row in rows}
    assert len(known) >= 12
    for version, days in days_of_versions(ioce_rows(shared_data, "version_range.csv")).items():
        in_force = {
            "".join(row[column] for column in columns)
            for row in rows
            if int(row["lo_version"]) <= version <= int(row["hi_version"])
        }
        for day in days:
            view = series.as_of(day)
            assert view is not None
            assert {code for code in known if view.status(code) == "in_force"} == in_force


def test_the_limits_of_each_code_are_those_of_the_official_rows(shared_data: Path) -> None:
    """On the first and the last day of every row."""
    folder = shared_data / "data" / "ioce_v27_tables"
    with (folder / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    with gzip.open(folder / "data_hcpcs.csv.gz") as file:
        reading = ioce.read_procedures(io.BufferedReader(file), versions)
    series = outpatient_codes.OutpatientSeries([edition(reading, outpatient_codes.pack)])
    days = days_of_versions(ioce_rows(shared_data, "version_range.csv"))
    rows = ioce_rows(shared_data, "data_hcpcs.csv.gz")
    assert len(rows) > 30_000
    for row in rows:
        limits = (int(row["lo_age"]), int(row["hi_age"]), "")
        bilateral = "1" in (row["bilateral_conditional"], row["bilateral_independent"])
        for day in (days[int(row["lo_version"])][0], days[int(row["hi_version"])][1]):
            view = series.as_of(day)
            assert view is not None
            assert isinstance(view, outpatient_codes.OutpatientView)
            assert view.limits(row["hcpcs"]) == limits, (row["hcpcs"], day)
            assert view.code(row["hcpcs"]).bilateral == bilateral, (row["hcpcs"], day)
