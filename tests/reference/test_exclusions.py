"""The exclusion list: an edition speaks for its own day and for those before it."""

from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.exclusions import ExclusionView
from scrubber.reference.importers.load import Choice
from scrubber.reference.shelf import Shelf, open_shelf
from tests.reference.snapshots import imported, refusals, write

#: The official columns.
HEADER = (
    "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE,ZIP,"
    "EXCLTYPE,EXCLDATE,REINDATE,WAIVERDATE,WVRSTATE\n"
)
NPI = "1777000005"


def row(npi: str, excluded: str, reinstated: str = "00000000") -> str:
    """Return a row as OIG writes it, of a provider who does not exist."""
    values = ("SAMPLE", "PAT", "", "", "PHYSICIAN", "", "", npi, "19500211", "1 MAIN ST", "OMAHA")
    rest = ("NE", "68102", "1128a1", excluded, reinstated, "00000000", "")
    return ",".join(f'"{value}"' for value in (*values, *rest)) + "\n"


def july_and_august(folder: Path, july: str, august: str) -> Shelf:
    """Return a shelf with two lists."""
    for name, text, day in (("july", july, 10), ("august", august, 8)):
        month = 7 if name == "july" else 8
        (folder / name).mkdir()
        source = write(folder / name / "UPDATED.csv", HEADER + text)
        imported(folder / "shelf", source, choice=Choice(effective=date(2024, month, day)))
    return open_shelf(folder / "shelf")


def since(shelf: Shelf, day: date) -> date | None:
    """Return since when the provider was excluded on a day, by that day's view."""
    view: ExclusionView | None = shelf.as_of("leie", day)
    assert view is not None
    return view.excluded(NPI, day) if view.lists(NPI) else None


def test_only_numbers_and_dates_are_kept(tmp_path: Path) -> None:
    """No name, no birth date; rows without NPI, or with a wrong one, match nobody."""
    text = row("0000000000", "20200101") + row(NPI, "20230101") + row("1777000004", "20200101")
    source = write(tmp_path / "UPDATED.csv", HEADER + text)
    done = imported(tmp_path / "shelf", source, choice=Choice(effective=date(2024, 7, 10)))
    assert done[0].info.rows == 1
    assert done[0].info.expires == date(2024, 9, 30)
    held = b"".join(path.read_bytes() for path in (tmp_path / "shelf").rglob("*.bin"))
    assert held
    assert b"SAMPLE" not in held
    shelf = open_shelf(tmp_path / "shelf")
    view: ExclusionView | None = shelf.as_of("leie", date(2024, 8, 1))
    assert view is not None
    assert view.version == "2024-07-10"
    assert [view.lists(npi) for npi in (NPI, "0000000000", "1777000004", "", "1245319599")] == [
        *(True, False, False, False, False)
    ]


def test_an_exclusion_holds_from_its_day_to_the_day_before_reinstatement(tmp_path: Path) -> None:
    """The second of two exclusions as well as the first."""
    text = row(NPI, "20100101", "20150301") + row(NPI, "20230101")
    shelf = july_and_august(tmp_path, text, text)
    assert since(shelf, date(2009, 12, 31)) is None
    assert since(shelf, date(2010, 1, 1)) == date(2010, 1, 1)
    assert since(shelf, date(2015, 2, 28)) == date(2010, 1, 1)
    assert since(shelf, date(2015, 3, 1)) is None
    assert since(shelf, date(2024, 8, 1)) == date(2023, 1, 1)


def test_a_later_list_tells_exclusions_that_had_begun(tmp_path: Path) -> None:
    """Excluded on 18 July, first listed on 8 August."""
    shelf = july_and_august(tmp_path, row("1245319599", "20200101"), row(NPI, "20240718"))
    assert since(shelf, date(2024, 7, 17)) is None
    assert since(shelf, date(2024, 7, 18)) == date(2024, 7, 18)


def test_a_list_that_was_replaced_no_longer_counts(tmp_path: Path) -> None:
    """OIG takes those who are reinstated off the list; before, the older list knows them."""
    shelf = july_and_august(tmp_path, row(NPI, "20230101"), row("1245319599", "20200101"))
    assert since(shelf, date(2024, 8, 7)) == date(2023, 1, 1)
    assert since(shelf, date(2024, 8, 8)) is None


def test_after_its_quarter_there_is_no_list(tmp_path: Path) -> None:
    """Whoever asks for the latest gets it."""
    shelf = july_and_august(tmp_path, row(NPI, "20230101"), row(NPI, "20230101"))
    assert shelf.as_of("leie", date(2024, 10, 1)) is None
    latest: ExclusionView | None = shelf.as_of("leie", date(2024, 10, 1), latest_when_missing=True)
    assert latest is not None
    assert latest.excluded(NPI, date(2024, 10, 1)) == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("2408excl.csv", row(NPI, "20240718"), ": is a monthly supplement: take the whole list"),
        ("2408REIN.csv", row(NPI, "20240718"), ": is a monthly supplement: take the whole list"),
        ("UPDATED.csv", row(NPI, "00000000"), ":2: no date of exclusion"),
        ("UPDATED.csv", row(NPI, "20241318"), ":2: '20241318' is not a day of the calendar"),
        ("UPDATED.csv", '"SAMPLE"\n', ":2: 1 columns, the header has 18"),
        ("UPDATED.csv", "", ":1: no exclusion in the file"),
    ],
)
def test_what_is_not_the_whole_list_is_refused(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    """A supplement lacks everybody who was excluded before."""
    source = write(tmp_path / name, HEADER + text)
    choice = Choice(effective=date(2024, 8, 8))
    told = refusals(tmp_path / "shelf", source, choice=choice)
    assert len(told) == 1
    assert told[0].startswith(f"{source}{reason}")


def test_the_list_does_not_state_its_date(tmp_path: Path) -> None:
    """The user does."""
    source = write(tmp_path / "UPDATED.csv", HEADER + row(NPI, "20230101"))
    assert "give --effective" in refusals(tmp_path / "shelf", source)[0]


def test_the_header_is_the_official_one(shared_data: Path) -> None:
    """As OIG publishes it."""
    official = shared_data / "data/official_format_excerpts/leie_UPDATED.header.csv"
    assert official.read_text("utf-8").strip() == HEADER.strip()
