"""ICD-10-CM answers for the day of service, whichever editions are loaded."""

import csv
import gzip
import io
import random
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.diagnosis_codes import (
    DiagnosisRow,
    DiagnosisSeries,
    DiagnosisView,
    pack,
)
from scrubber.reference.importers import icd10cm_order, icd10cm_tabular, ioce
from scrubber.reference.importers.reading import Reading
from tests.reference.editions import FIXTURES, edition

LAST_DAY, NEXT_DAY = date(2021, 9, 30), date(2021, 10, 1)


def dated_series(folder: Path = FIXTURES) -> DiagnosisSeries:
    """Return the series of the I/OCE table alone."""
    with (folder / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    with (folder / "data_dx10.csv").open("rb") as file:
        return DiagnosisSeries([edition(ioce.read_diagnoses(file, versions), pack)])


def view(series: DiagnosisSeries, day: date) -> DiagnosisView:
    """Return the view of a day that is covered."""
    found = series.as_of(day)
    assert found is not None
    return found


def single(codes: list[str], effective: date, expires: date) -> Reading[DiagnosisRow]:
    """Return an edition's reading of leaves without dates or flags of their own."""
    return Reading([DiagnosisRow(code) for code in codes], effective, expires)


def test_a_code_that_was_split_is_billable_to_the_last_day_and_a_heading_from_the_next() -> None:
    """M545 is the trap: billable until 2021-09-30, a heading since."""
    series = dated_series()
    assert view(series, LAST_DAY).status("M545") == "billable"
    assert view(series, NEXT_DAY).status("M545") == "heading"
    assert view(series, LAST_DAY).status("M5450") == "other_dates"
    assert view(series, NEXT_DAY).status("M5450") == "billable"
    assert view(series, NEXT_DAY).candidates("M545") == ("M5450", "M5451")
    assert view(series, LAST_DAY).candidates("M545") == ()
    assert view(series, NEXT_DAY).candidates("M545", most=1) == ("M5450",)


def test_length_says_nothing_about_completeness() -> None:
    """I10 is complete with three characters, W19XXX is incomplete with six."""
    codes = view(dated_series(), NEXT_DAY)
    assert codes.status("I10") == "billable"
    assert codes.status("W19XXX") == codes.status("W19") == codes.status("F02") == "heading"


@pytest.mark.parametrize(
    "code", ["E11Q", "A00-A09", "1", "", "I1", "I100", "W19XXXAA", "Ä10", "\ud800"]
)
def test_what_is_no_code_is_unknown(code: str) -> None:
    """Chapter numbers, ranges, and text of any kind are unknown, and none is an error."""
    assert view(dated_series(), NEXT_DAY).status(code) == "unknown"


def test_a_window_is_open_where_the_data_end() -> None:
    """The table begins in 2019 and stops in 2026: neither is a date of a code."""
    codes = view(dated_series(), date(2024, 8, 5))
    assert codes.window("M545") == (None, LAST_DAY)
    assert codes.window("M5450") == (NEXT_DAY, None)
    assert codes.window("I10") == codes.window("F0280") == codes.window("E11Q") == (None, None)


def test_the_placeholder_of_2036_covers_nothing_after_the_fiscal_year() -> None:
    """Diagnoses of version 103 are covered to 2026-09-30, and no further."""
    series = dated_series()
    assert series.as_of(date(2026, 9, 30)) is not None
    assert series.as_of(date(2026, 10, 1)) is None
    assert series.as_of(date(2019, 6, 30)) is None
    assert series.as_of(date(2019, 6, 30), latest_when_missing=True) is None
    assert not view(series, NEXT_DAY).covers(date(2026, 10, 1))
    latest = series.as_of(date(2026, 10, 1), latest_when_missing=True)
    assert latest is not None
    assert (latest.day, latest.status("M5450")) == (date(2026, 10, 1), "billable")


def test_flags_are_none_when_no_edition_of_the_day_has_them() -> None:
    """An order file says nothing about external causes; the dated table does where it covers."""
    codes = view(dated_series(), NEXT_DAY)
    assert (codes.external_cause("W19XXXA"), codes.external_cause("I10")) == (True, False)
    assert (codes.manifestation("F0280"), codes.manifestation("I10")) == (True, False)
    bare = DiagnosisSeries(
        [edition(single(["W19XXXA"], date(2026, 10, 1), date(2027, 9, 30)), pack)]
    )
    later = view(bare, date(2026, 10, 1))
    assert later.external_cause("W19XXXA") is later.manifestation("W19XXXA") is None


def test_flags_come_from_another_edition_that_covers_the_day() -> None:
    """The newest edition says what is billable, the one with flags says which flags."""
    flagged = Reading(
        [DiagnosisRow("W19XXXA", external_cause=True, manifestation=False)],
        date(2025, 10, 1),
        date(2026, 9, 30),
    )
    bare = single(["W19XXXA", "W19XXXD"], date(2026, 4, 1), date(2026, 9, 30))
    codes = view(DiagnosisSeries([edition(flagged, pack), edition(bare, pack)]), date(2026, 5, 1))
    assert codes.status("W19XXXD") == "billable"
    assert codes.external_cause("W19XXXA") is True
    assert codes.version == "2026-04-01"


def test_the_april_update_rules_from_april() -> None:
    """A code that April deletes is of other dates from then, though its year is not over."""
    october = single(["A000", "A001"], date(2025, 10, 1), date(2026, 9, 30))
    april = single(["A000", "A009"], date(2026, 4, 1), date(2026, 9, 30))
    series = DiagnosisSeries([edition(april, pack), edition(october, pack)])
    assert view(series, date(2026, 3, 31)).status("A001") == "billable"
    assert view(series, date(2026, 3, 31)).status("A009") == "other_dates"
    assert view(series, date(2026, 4, 1)).status("A001") == "other_dates"
    assert view(series, date(2026, 4, 1)).status("A009") == "billable"


def test_a_dated_table_that_changed_later_ranks_before_a_yearly_file() -> None:
    """The October file still covers May, but does not know what April brought."""
    dated = Reading(
        [DiagnosisRow("A000"), DiagnosisRow("A009", effective=date(2026, 4, 1))],
        date(2019, 7, 1),
        date(2026, 9, 30),
    )
    october = single(["A000", "A001"], date(2025, 10, 1), date(2026, 9, 30))
    series = DiagnosisSeries([edition(dated, pack), edition(october, pack)])
    assert view(series, date(2026, 5, 1)).status("A009") == "billable"
    assert view(series, date(2026, 3, 1)).status("A001") == "billable"


def test_the_tabular_list_expands_seventh_characters_with_the_placeholder() -> None:
    """W19 gives W19XXXA; a death before waking has the initial encounter alone."""
    with (FIXTURES / "icd10cm_tabular_2026.xml").open("rb") as file:
        reading = icd10cm_tabular.read(file, "icd10cm_tabular_2026.xml")
    leaves = {row.code for row in reading.rows if row.billable}
    assert leaves == {
        *("I10", "QA00101", "S061X0A", "S061X0D", "S061X0S", "S061X7A", "W19XXXA", "W19XXXS")
    }
    headings = {row.code for row in reading.rows if not row.billable}
    assert headings == {"S06", "S061", "S061X0", "S061X7", "W19", "QA0"}
    assert (reading.effective, reading.expires) == (date(2025, 10, 1), date(2026, 9, 30))


def test_the_order_file_gives_leaves_and_headings() -> None:
    """Flag 1 is billable, flag 0 a heading."""
    with (FIXTURES / "icd10cm_order_2026.txt").open("rb") as file:
        reading = icd10cm_order.read(file, "icd10cm_order_2026.txt")
    assert [(row.code, row.billable) for row in reading.rows] == [
        ("M54", False),
        ("M545", False),
        ("M5450", True),
    ]
    codes = view(DiagnosisSeries([edition(reading, pack)]), date(2026, 4, 30))
    assert (codes.status("M545"), codes.status("M5450")) == ("heading", "billable")


def test_the_tabular_list_of_april_2026_holds_the_leaves_of_the_outpatient_editor(
    shared_data: Path,
) -> None:
    """Two publishers' files of one day agree on all 74,719 codes."""
    name = "icd10c-tabular-April-1-2026.xml.gz"
    content = gzip.decompress((shared_data / "data/icd10cm" / name).read_bytes())
    reading = icd10cm_tabular.read(io.BytesIO(content), name)
    current = {row["dx"] for row in _official_rows(shared_data) if row["hi_version"] == "103"}
    assert {row.code for row in reading.rows if row.billable} == current
    assert len(current) == 74_719
    assert reading.effective == date(2026, 4, 1)


def test_the_table_agrees_with_a_plain_scan(shared_data: Path) -> None:
    """Sampled codes and days give what a scan of the rows gives."""
    tables = shared_data / "data/ioce_v27_tables"
    with (tables / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    table = io.BytesIO(gzip.decompress((tables / "data_dx10.csv.gz").read_bytes()))
    series = DiagnosisSeries([edition(ioce.read_diagnoses(table, versions), pack)])
    rows = _official_rows(shared_data)
    ever = sorted({row["dx"] for row in rows})
    chosen = random.Random(3)
    for version in (76, 84, 85, 86, 96, 103):
        day = versions.started[version]
        on_day = {
            row["dx"]: row
            for row in rows
            if int(row["lo_version"]) <= version <= int(row["hi_version"])
        }
        headings = {code[:length] for code in on_day for length in range(3, len(code))}
        codes = view(series, day)
        for code in [*chosen.sample(ever, 400), *chosen.sample(sorted(headings), 200), "M545"]:
            expected = (
                "billable" if code in on_day else "heading" if code in headings else "other_dates"
            )
            assert codes.status(code) == expected, (code, day)
            if code in on_day:
                row = on_day[code]
                assert codes.external_cause(code) == (row["external_cause"] == "1"), code
                assert codes.manifestation(code) == (row["manifestation"] == "1"), code


def _official_rows(shared_data: Path) -> list[defaultdict[str, str]]:
    with gzip.open(shared_data / "data/ioce_v27_tables/data_dx10.csv.gz", "rt") as file:
        return [defaultdict(str, row) for row in csv.DictReader(file)]
