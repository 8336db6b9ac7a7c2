"""NPPES: the newest edition that has a number has the say; numbers and dates are all that is kept."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from scrubber.reference import npi_register
from scrubber.reference.importers.load import Choice
from scrubber.reference.npi_register import NpiRow, NpiView, Registration
from scrubber.reference.shelf import Shelf
from tests.reference.snapshots import imported, refusals, shelf_of, write

HEADER = (
    '"NPI","Entity Type Code","Provider Last Name (Legal Name)","NPI Deactivation Date",'
    '"NPI Reactivation Date","Certification Date"\n'
)
ROWS = (
    '"1245319599","1","EXAMPLE","","",""\n'
    '"1234567893","2","","06/30/2020","02/29/2024","01/01/2024"\n'
    '"1509000000","","","01/31/2024","",""\n'
)
MONTHLY = "npidata_pfile_20050523-20240707.csv"


def view(shelf: Shelf, day: date) -> NpiView:
    """Return the register for a day that an edition reaches."""
    found: NpiView | None = shelf.as_of("nppes", day)
    assert found is not None
    return found


def test_the_dissemination_file_gives_types_and_dates(tmp_path: Path) -> None:
    """In any order of the rows; the name of the file dates it."""
    source = write(tmp_path / MONTHLY, HEADER + ROWS)
    shelf = shelf_of(tmp_path / "shelf", source)
    register = view(shelf, date(2024, 7, 7))
    assert register.find("1245319599") == Registration("1", None, None)
    assert register.find("1234567893") == Registration("2", date(2020, 6, 30), date(2024, 2, 29))
    assert register.find("1509000000") == Registration("", date(2024, 1, 31), None)
    assert register.find("1987000001") is None
    assert register.find("1111111112") is None
    info = shelf.snapshots()[0]
    assert (info.version, info.expires, info.rows) == ("2024-07-07", date(2024, 9, 30), 3)
    held = b"".join(path.read_bytes() for path in (tmp_path / "shelf").rglob("*.bin"))
    assert b"EXAMPLE" not in held


def test_the_register_reaches_back_and_not_beyond_its_quarter(tmp_path: Path) -> None:
    """Its rows state their own dates."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / MONTHLY, HEADER + ROWS))
    assert shelf.as_of("nppes", date(2010, 1, 1)) is not None
    assert shelf.as_of("nppes", date(2024, 9, 30)) is not None
    assert shelf.as_of("nppes", date(2024, 10, 1)) is None
    assert shelf.as_of("nppes", date(2024, 10, 1), latest_when_missing=True) is not None


def test_a_weekly_file_changes_what_it_has_and_leaves_the_rest(tmp_path: Path) -> None:
    """Also for days before it: a number may be switched off for a day long past."""
    monthly = write(tmp_path / MONTHLY, HEADER + ROWS)
    weekly = write(
        tmp_path / "npidata_pfile_20240708-20240714_weekly.csv",
        HEADER + '"1245319599","","","07/01/2024","",""\n',
    )
    register = view(shelf_of(tmp_path / "shelf", monthly, weekly), date(2024, 7, 3))
    assert register.version == "2024-07-07"
    assert register.find("1245319599") == Registration("", date(2024, 7, 1), None)
    assert register.find("1234567893") is not None


def test_the_report_of_deactivated_numbers_is_a_workbook(tmp_path: Path) -> None:
    """A title, two columns, dates as text; in a zip as CMS publishes it."""
    book = Workbook()
    sheet = book.active
    sheet.append(["NPPES Deactivated Records as of Jul 08 2024"])
    sheet.append(["NPI", "NPPES Deactivation Date"])
    sheet.append(["1509000000", "01/31/2024"])
    book.save(tmp_path / "report.xlsx")
    archive = tmp_path / "report.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.write(tmp_path / "report.xlsx", "NPPES Deactivated NPI Report 20240708.xlsx")
    register = view(shelf_of(tmp_path / "shelf", archive), date(2024, 7, 8))
    assert register.version == "2024-07-08"
    assert register.find("1509000000") == Registration("", date(2024, 1, 31), None)
    assert register.find("1245319599") is None


def test_the_file_of_the_header_alone_is_passed_over(tmp_path: Path) -> None:
    """It lies beside the rows in the monthly zip."""
    archive = tmp_path / "NPPES_Data_Dissemination_July_2024.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr(MONTHLY, HEADER + ROWS)
        zipped.writestr("npidata_pfile_20050523-20240707_FileHeader.csv", HEADER)
    assert [each.folder.name for each in imported(tmp_path / "shelf", archive)] == [
        "nppes@2024-07-07"
    ]


def test_the_user_dates_a_file_of_another_name(tmp_path: Path) -> None:
    """Without a day of the calendar in the name there is no date."""
    for name in ("register.csv", "npidata_20241399.csv"):
        source = write(tmp_path / name, HEADER + ROWS)
        assert "give --effective" in refusals(tmp_path / "shelf", source)[0]
    chosen = imported(tmp_path / "shelf", source, choice=Choice(effective=date(2024, 7, 1)))
    assert chosen[0].info.version == "2024-07-01"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"1245319599"', '"1245319590"', ":2: '1245319590' is no NPI: check digit should be 9"),
        ('"1509000000",""', '"1509000000","3"', ":4: '3' is no entity type"),
        ("06/30/2020", "06/31/2020", ":3: '2020-06-31' is not a day of the calendar"),
        ("06/30/2020", "June 2020", ":3: 'June 2020' is not a date"),
        ('"01/31/2024","",""', '"01/31/2024",""', ":4: 5 columns, the header has 6"),
        ('"1509000000"', '"1245319599"', ": an NPI is there twice"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """With line and reason; nothing of it is taken."""
    source = write(tmp_path / MONTHLY, HEADER + ROWS.replace(old, new))
    assert refusals(tmp_path / "shelf", source) == [f"{source}{reason}"]
    assert not list((tmp_path / "shelf").glob("nppes*"))


def test_rows_that_are_no_npis_are_no_table() -> None:
    """Also when they come from elsewhere than a file."""
    with pytest.raises(ValueError, match="is no NPI"):
        npi_register.pack([NpiRow("1234567890")])
