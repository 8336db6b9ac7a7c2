"""Indicators come from the fee schedule of the day, and from no other."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest

from scrubber.reference import fee_schedule
from scrubber.reference.fee_schedule import FeeRow, FeeScheduleSeries
from scrubber.reference.importers import pprrvu
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.importers.reading import DamagedFileError, Reading
from scrubber.reference.shelf import open_shelf
from tests.reference.editions import FIXTURES, edition

HEADER = (
    "date_start,date_end,hcpcs,mod,"
    "glob_days,status_code,pctc_ind,bilat_surg,asst_surg,co_surg,team_surg\n"
)
REST = ",A,0,1,1,0,0"


def read(content: bytes) -> Reading[FeeRow]:
    """Read a file that is recognised."""
    assert pprrvu.recognises(content)
    return pprrvu.read(io.BytesIO(content), "any", content)


def series(*names: str) -> FeeScheduleSeries:
    """Return the fixtures as editions."""
    readings = [read((FIXTURES / name).read_bytes()) for name in names]
    return FeeScheduleSeries([edition(each, fee_schedule.pack) for each in readings])


def test_each_release_answers_for_its_days() -> None:
    """The last day of one release and the first of the next; the whole procedure has the say."""
    schedule = series("pprrvu_releases.csv")
    march, april = schedule.as_of(date(2024, 3, 31)), schedule.as_of(date(2024, 4, 1))
    assert march is not None
    assert april is not None
    assert (march.glob_days("27447"), april.glob_days("27447")) == ("090", "010")
    assert april.glob_days("27447", date(2024, 3, 31).toordinal()) == "090"
    assert march.glob_days("76932") == "XXX"
    assert april.glob_days("76932") is None
    assert april.glob_days("27447", date(2023, 12, 31).toordinal()) is None
    assert april.version == "2024-01-01"


def test_each_release_has_its_own_indicators() -> None:
    """The last day of one release and the first of the next."""
    schedule = series("pprrvu_releases.csv")
    march, april = schedule.as_of(date(2024, 3, 31)), schedule.as_of(date(2024, 4, 1))
    assert march is not None
    assert april is not None
    assert march.of("27447") == ("090", "A", "0", "1", "2", "1", "0")
    assert april.of("27447") == ("010", "A", "0", "0", "1", "2", "0")
    assert march.of("76932") == ("XXX", "C", "1", "0", "0", "0", "0")


def test_a_day_that_no_release_covers_has_no_schedule() -> None:
    """The day before the first and after the last; a pack may ask for the latest."""
    schedule = series("pprrvu_releases.csv")
    assert schedule.as_of(date(2023, 12, 31)) is None
    assert schedule.as_of(date(2023, 12, 31), latest_when_missing=True) is None
    assert schedule.as_of(date(2024, 7, 1)) is None
    latest = schedule.as_of(date(2024, 7, 1), latest_when_missing=True)
    assert latest is not None
    assert latest.glob_days("27447") == "010"
    assert latest.glob_days("27447", date(2024, 7, 1).toordinal()) == "010"


def test_the_official_file_states_its_quarter() -> None:
    """The title above the header dates the rows."""
    schedule = series("pprrvu_releases.csv", "PPRRVU2026_Jul_nonQPP.csv")
    july = schedule.as_of(date(2026, 7, 1))
    assert july is not None
    assert (july.glob_days("20610"), july.glob_days("27447")) == ("000", "090")
    assert july.of("27447") == ("090", "A", "0", "1", "2", "1", "9")
    assert july.version == "2026-07-01"
    assert schedule.as_of(date(2026, 9, 30)) is not None
    assert schedule.as_of(date(2026, 10, 1)) is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-01-01,2024-03-31,2061,,000" + REST, "line 2: '2061' is no procedure code"),
        ("2024-01-01,2024-03-31,20610,,030" + REST, "line 2: '030' is no glob_days"),
        ("2024-01-01,2024-03-31,20610,,000,A,0,1,1,3,0", "line 2: '3' is no co_surg"),
        ("2024-01-01,2024-03-31,20610,,000,A,0,4,1,0,0", "line 2: '4' is no bilat_surg"),
        ("2024-01-01,,20610,,000" + REST, "line 2: 20610 has no period"),
        (",2024-01-01,20610,,000" + REST, "line 2: 20610 has no period"),
        ("2024-01-02,2024-01-01,20610,,000" + REST, "line 2: 20610 has no period"),
        ("2024-01-01,2024-03-31,20610,000" + REST, "line 2: 10 columns, the header has 11"),
        ("", "no procedure code in the file"),
    ],
)
def test_a_damaged_file_is_refused(row: str, reason: str) -> None:
    """With line and reason, whole."""
    with pytest.raises(DamagedFileError, match=reason):
        read((HEADER + row).encode())


def test_other_files_are_not_recognised() -> None:
    """A table without global days is another."""
    assert not pprrvu.recognises(b"date_start,date_end,hcpcs,mod\n")


def test_an_official_header_of_one_line_is_refused() -> None:
    """Without the line above it nobody knows which of its columns is which."""
    title = b"2026 National Physician Fee Schedule Relative Value File July Release\n"
    with pytest.raises(DamagedFileError, match="no header with the columns"):
        read(title + b"HCPCS,MOD,DAYS\n20610,,000\n")


def test_the_whole_file_is_imported(shared_data: Path, tmp_path: Path) -> None:
    """Two years of releases; each row is found again on its first day."""
    files = sorted((shared_data / "data" / "pprrvu").glob("*2024*.csv.gz"))
    (imported,) = import_files(files, tmp_path, Choice())
    assert isinstance(imported, Imported)
    assert (imported.info.kind, imported.info.version) == ("pprrvu", "2024-01-01")
    assert imported.info.expires == date(2024, 9, 30)
    assert imported.info.rows > 60_000
    shelf = open_shelf(tmp_path)
    view = shelf.as_of("pprrvu", date(2024, 8, 5))
    codes = ("27447", "20610", "99213", "11981", "G0439", "59400", "11042", "01996")
    assert [view.glob_days(code) for code in codes] == [
        "090", "000", "XXX", "000", "XXX", "MMM", "000", "XXX",
    ]  # fmt: skip
    assert view.of("66984") == ("090", "A", "0", "1", "1", "0", "0")
    assert [view.of(code).pctc_ind for code in ("71046", "93010", "93005", "96372")] == [
        "1", "2", "3", "5",
    ]  # fmt: skip
    day = date(2024, 1, 1)
    while day <= imported.info.expires:
        assert shelf.as_of("pprrvu", day).glob_days("27447") == "090"
        day += timedelta(days=1)


def test_rows_without_dates_hold_within_their_edition() -> None:
    """What a file says of its quarter says nothing of another day."""
    first, last = date(2024, 7, 1), date(2024, 9, 30)
    rows = Reading([FeeRow("27447", "090")], first, last)
    view = FeeScheduleSeries([edition(rows, fee_schedule.pack)]).as_of(last)
    assert view is not None
    assert view.glob_days("27447") == view.glob_days("27447", first.toordinal()) == "090"
    assert view.glob_days("27447", first.toordinal() - 1) is None
