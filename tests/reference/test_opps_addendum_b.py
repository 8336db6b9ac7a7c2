"""OPPS Addendum B makes codes known for its quarter, and for no other."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.importers import opps_addendum_b
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.importers.reading import DamagedFileError
from scrubber.reference.shelf import open_shelf

TITLE = "Addendum B.-Final OPPS Payment by HCPCS Code for CY {year},,,,,,,\n"
NOTE = '"CPT codes and descriptions only are copyright American Medical Association.",,,,,,,\n'
HEADER = (
    "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,"
    "National Unadjusted Copayment,Minimum Unadjusted Copayment\n"
)
REST = ',5012,1.4879,"$1,136.02",,$27.21\n'


def addendum(year: int, *rows: str) -> str:
    """Return the official text with these codes and status indicators."""
    return TITLE.format(year=year) + NOTE + HEADER + "".join(f"{row}{REST}" for row in rows)


def imported(into: Path, *files: Path, effective: date | None = None) -> list[Imported]:
    """Import files, none of which may be refused."""
    found = list(import_files(files, into, Choice(effective=effective)))
    assert all(isinstance(one, Imported) for one in found), found
    return found  # type: ignore[return-value]


def test_two_quarters_side_by_side(tmp_path: Path) -> None:
    """Each answers for its own days; a code that only one of them has is of another date."""
    first = tmp_path / "2026-April-Addendum-B.csv"
    first.write_text(addendum(2026, "G0463,,J2", "0002M,é,Q4"), encoding="cp1252")
    second = tmp_path / "July 2026 Addendum B.07012026.csv"
    second.write_text(addendum(2026, "G0463,,J2"), encoding="cp1252")
    imported(tmp_path / "shelf", first, second)
    shelf = open_shelf(tmp_path / "shelf")
    june = shelf.as_of("opps-addendum-b", date(2026, 6, 30))
    july = shelf.as_of("opps-addendum-b", date(2026, 7, 1))
    assert [june.status(code) for code in ("G0463", "0002M", "99999")] == [
        "in_force", "in_force", "unknown",
    ]  # fmt: skip
    assert [july.status(code) for code in ("G0463", "0002M")] == ["in_force", "other_dates"]
    assert shelf.as_of("opps-addendum-b", date(2026, 3, 31)) is None
    assert shelf.as_of("opps-addendum-b", date(2026, 10, 1)) is None


def test_a_name_without_quarter_needs_the_date_said(tmp_path: Path) -> None:
    """The title has the year alone."""
    file = tmp_path / "addendum.csv"
    file.write_text(addendum(2026, "G0463,,J2"))
    (refused,) = import_files([file], tmp_path / "shelf", Choice())
    assert str(refused).endswith("states no effective date: give --effective YYYY-MM-DD")
    imported(tmp_path / "shelf", file, effective=date(2026, 4, 1))
    view = open_shelf(tmp_path / "shelf").as_of("opps-addendum-b", date(2026, 6, 30))
    assert view.status("G0463") == "in_force"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("G046,,J2", "line 4: 'G046' is no procedure code"),
        ("G0463,,", "line 4: '' is no status indicator"),
    ],
)
def test_a_damaged_row_is_named(row: str, reason: str) -> None:
    """Nothing of the file is taken."""
    with pytest.raises(DamagedFileError, match=reason):
        opps_addendum_b.read(io.BytesIO(addendum(2026, row).encode()), "x.csv")


def test_a_file_without_codes_is_refused() -> None:
    """It would make every code unknown."""
    with pytest.raises(DamagedFileError, match="no code in the file"):
        opps_addendum_b.read(io.BytesIO(addendum(2026).encode()), "x.csv")


def test_the_whole_addendum_of_a_quarter(shared_data: Path, tmp_path: Path) -> None:
    """Its codes and indicators, in the official layout: CMS's own file has descriptors of CPT."""
    source = shared_data / "data/opps_addendum_b/opps_addendum_b_2026-04_no_descriptors.csv"
    with source.open(encoding="utf-8") as file:
        rows = [f"{row['HCPCSCode']},,{row['StatusIndicator']}" for row in csv.DictReader(file)]
    file_path = tmp_path / "April 2026 Addendum B.csv"
    file_path.write_text(addendum(2026, *rows), encoding="cp1252")  # two codes end in a hard space
    (found,) = imported(tmp_path / "shelf", file_path)
    assert found.info.rows == len(rows) == 19_059
    view = open_shelf(tmp_path / "shelf").as_of("opps-addendum-b", date(2026, 5, 1))
    assert {view.status(row[:5]) for row in rows} == {"in_force"}
