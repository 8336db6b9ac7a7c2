"""Add-on codes: type, primaries, and the days on which they are so."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.ncci_aoc import AocRow, unpack
from scrubber.reference.shelf import Shelf, open_shelf
from scrubber.reference.snapshot import open_snapshot
from tests.reference.snapshots import AOC_FIXED, QUARTER_DAY, imported, shelf_of, write

KIND = "ncci-aoc"
#: The columns of CMS's workbook, saved as text.
AOC_TABLE = (
    '"CPT codes are copyright American Medical Association.",,,,,,,\n'
    "AOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,AOC_Edit_EffDT,"
    "AOC_Edit_DelDT,Special_Instruction_Notes\n"
    "1,G0289,,99213,,2024001,,\n"
    "1,G0289,,99214,,2024001,2024213,one year and 213th day\n"
    "2,G2212,,CCCCC,,2020001,,\n"
    "3,C8937,2024182,99215,,2024001,,\n"
)


def test_every_add_on_of_the_full_table_has_its_primaries(
    shared_data: Path, tmp_path: Path
) -> None:
    """A plain scan of the file agrees."""
    source = shared_data / "data/ncci_2024q3/aoc_2024-06-03.csv"
    info = imported(tmp_path, source)[0].info
    assert info.folder == "ncci-aoc@2024-07-01"
    types: dict[str, str] = {}
    primaries: defaultdict[str, set[str]] = defaultdict(set)
    with source.open() as file:
        for row in csv.DictReader(file):
            types[row["add_on_code"]] = row["aoc_edit_type"]
            primaries[row["add_on_code"]] |= {row["primary_code"]} - {"CCCCC"}
    view = open_shelf(tmp_path).as_of(KIND, QUARTER_DAY)
    assert {code: view.find(code).type for code in types} == types
    assert {code: set(view.find(code).primaries) for code in types} == primaries
    assert view.find("99213").type == ""


@pytest.mark.parametrize(
    ("name", "text"), [("AOC_V2024Q3-F-MCR.txt", AOC_FIXED), ("AOC_V2024Q3-MCR.csv", AOC_TABLE)]
)
def test_both_official_forms_read_alike(tmp_path: Path, name: str, text: str) -> None:
    """Dates are a year and a day of the year; an absent one leaves its side open."""
    folder = imported(tmp_path / "shelf", write(tmp_path / name, text))[0].folder
    assert folder.name == "ncci-aoc@2024-07-01"
    start = date(2024, 1, 1)
    assert list(unpack(open_snapshot(folder))) == [
        AocRow("C8937", "99215", "3", start, date(2024, 6, 30)),
        AocRow("G0289", "99213", "1", start, None),
        AocRow("G0289", "99214", "1", start, date(2024, 7, 31)),
        AocRow("G2212", "CCCCC", "2", date(2020, 1, 1), None),
    ]


def test_a_pair_counts_through_its_last_day(tmp_path: Path) -> None:
    """31 July 2024 is day 213 of a leap year."""
    source = write(tmp_path / "AOC_V2024Q3-F-MCR.txt", AOC_FIXED)
    shelf = shelf_of(tmp_path / "shelf", source)
    last, next_day = date(2024, 7, 31), date(2024, 8, 1)
    assert shelf.as_of(KIND, last).find("G0289").primaries == {"99213", "99214"}
    assert shelf.as_of(KIND, next_day).find("G0289").primaries == {"99213"}
    assert shelf.as_of(KIND, date(2024, 6, 30)).find("C8937").type == "3"
    assert shelf.as_of(KIND, date(2024, 7, 1)).find("C8937").type == ""
    assert shelf.as_of(KIND, date(2023, 12, 31)).find("G0289").primaries == frozenset()


def test_a_contractor_defined_add_on_has_no_primaries() -> None:
    """`CCCCC` is a sign, not a code."""
    rows = [{"add_on": "G2212", "primary": "CCCCC", "type": "2"}]
    view = Shelf.of_rows({KIND: rows}).as_of(KIND, QUARTER_DAY)
    assert view.find("G2212").type == "2"
    assert view.find("G2212").primaries == frozenset()
    assert view.find("G2212").held


def test_an_add_on_with_primaries_left_out_is_not_answered() -> None:
    """The bundled table leaves out CPT primaries: an empty list would reject good claims."""
    rows = [{"add_on": "G0289", "primary": "", "type": "1"}]
    view = Shelf.of_rows({KIND: rows}).as_of(KIND, QUARTER_DAY)
    assert not view.find("G0289").held
    assert view.find("G0290").held
