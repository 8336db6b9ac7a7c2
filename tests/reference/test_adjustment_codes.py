"""Adjustment reason codes are read with their dates, and answer for the remittance date."""

from datetime import date
from pathlib import Path

import pytest

from tests.reference.snapshots import refusals, shelf_of, write

LIST = """\
code,type,start_date,last_modified,end_date
CO,Group,,,
45,CARC,1995-01-01,,
15,CARC,1995-01-01,2017-11-01,2018-05-01
M15,RARC,1997-01-01,,
"""


def test_reasons_are_read_and_answer_for_their_dates(tmp_path: Path) -> None:
    """The name says the month up to which the list speaks; groups and remarks are no reasons."""
    shelf = shelf_of(tmp_path / "into", write(tmp_path / "codes_2024-06.csv", LIST))
    codes = shelf.as_of("carc", date(2018, 5, 1))
    assert codes.version == "2024-06-01"
    assert [codes.status(code) for code in ("45", "15", "M15", "CO", "999")] == [
        *("in_force", "in_force", "unknown", "unknown", "unknown"),
    ]
    later = codes.on(date(2018, 5, 2))
    assert later.status("15") == "other_dates"
    assert codes.on(date(2024, 6, 30)) is not None
    assert codes.on(date(2024, 7, 1)) is None


def test_a_name_without_a_month_needs_the_date(tmp_path: Path) -> None:
    """The rows do not say when the list was read."""
    found = refusals(tmp_path / "into", write(tmp_path / "codes.csv", LIST))
    assert [each.rpartition(": ")[2] for each in found] == ["give --effective YYYY-MM-DD"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("45,OTHER,,,", "no code of type"),
        ("4 5,CARC,,,", "no code of type"),
        ("45,CARC,1995-13-01,,", "not a day of the calendar"),
    ],
)
def test_a_damaged_row_refuses_the_file(tmp_path: Path, line: str, reason: str) -> None:
    """Nothing of it is taken."""
    text = LIST.partition("\n")[0] + "\n" + line + "\n"
    (found,) = refusals(tmp_path / "into", write(tmp_path / "codes_2024-06.csv", text))
    assert reason in found
    assert "2024-06.csv:2: " in found


def test_a_list_without_reasons_is_refused(tmp_path: Path) -> None:
    """Remark codes alone are no table of reasons."""
    text = "code,type,start_date,last_modified,end_date\nM15,RARC,1997-01-01,,\n"
    (found,) = refusals(tmp_path / "into", write(tmp_path / "codes_2024-06.csv", text))
    assert "no reason code" in found


def test_the_list_of_june_2024_is_read_in_full(tmp_path: Path, shared_data: Path) -> None:
    """405 reasons."""
    path = shared_data / "data/carc_rarc_codes/codes_and_dates_no_text_2024-06.csv"
    shelf = shelf_of(tmp_path / "into", path)
    (info,) = shelf.snapshots()
    assert (info.rows, info.expires) == (405, date(2024, 6, 30))
    assert shelf.as_of("carc", date(2024, 6, 1)).status("45") == "in_force"
