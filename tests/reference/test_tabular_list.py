"""The tabular list says which codes exclude, follow and ask for each other, and their sides."""

from datetime import date
from functools import cache

import pytest

from scrubber.reference.diagnosis_codes import DiagnosisRow, DiagnosisSeries, pack
from scrubber.reference.importers import icd10cm_tabular
from scrubber.reference.importers.reading import Reading
from scrubber.reference.tabular_list import Named, TabularList
from tests.reference.editions import FIXTURES, edition

NAME = "icd10cm_tabular_notes_2026.xml"


@cache
def reading() -> Reading[DiagnosisRow]:
    """Return the fixture as it is read."""
    with (FIXTURES / NAME).open("rb") as file:
        return icd10cm_tabular.read(file, NAME.replace("_notes", ""))


@pytest.fixture
def notes() -> TabularList:
    """Return the notes of the fixture on a day that it covers."""
    view = DiagnosisSeries([edition(reading(), pack)]).as_of(date(2026, 1, 1))
    assert view is not None
    assert view.tabular is not None
    return view.tabular


def test_notes_bind_from_chapter_block_and_code_down(notes: TabularList) -> None:
    """The nearest note that names the other code is the one that is shown; both ways round."""
    assert notes.conflict("E080", "E10") == notes.conflict("E10", "E080") == "E08-E13"
    assert notes.conflict("E081", "P700") == notes.conflict("P711", "E13") == "chapter 4"
    assert notes.conflict("E080", "E13") == notes.conflict("E080", "Z16") == ""


def test_a_line_that_says_more_than_codes_is_left_out(notes: TabularList) -> None:
    """Of the block's lines only the one with nothing but a code at its end is taken."""
    (block,) = {
        note
        for row in reading().rows
        for note in row.notes
        if (note.kind, note.at) == ("excludes1", "E08-E13")
    }
    assert block.named == ("E10.-",)
    assert block.targets == (frozenset({"E10"}),)
    assert notes.excluded("E080") == {"E10": "E08-E13", "P70": "chapter 4", "P71": "chapter 4"}


def test_a_target_that_covers_the_code_itself_does_not_bind_it(notes: TabularList) -> None:
    """The note of the block sets E10 apart from the others; E10 has no note against itself."""
    assert "E10" not in notes.excluded("E10")


def test_code_first_says_what_the_absence_of_all_named_means(notes: TabularList) -> None:
    """An underlying condition is always there; the strongest of several notes decides."""
    assert notes.code_first("E080") == Named(
        frozenset({"P70", "P700", "P71"}), ("P70.0", "P71.-", "P70"), "another"
    )
    first = notes.code_first("E081")
    assert first is not None
    assert (first.absence, "Z16" in first.beginnings) == ("wrong", True)
    third = notes.code_first("E13")
    assert third == Named(frozenset({"P70"}), ("P70",), "wrong_of_manifestation")
    tenth = notes.code_first("E10")
    assert tenth is not None
    assert tenth.absence == "fine"
    assert notes.code_first("Z16") is None


def test_additional_codes_are_asked_for_one_thing_at_a_time(notes: TabularList) -> None:
    """Neither what may be there, nor lists, nor notes of a whole chapter; a range has its ends."""
    assert notes.companions("E081") == (Named(frozenset({"P70", "P710"}), ("P70-P71.0",), "fine"),)
    assert notes.companions("E080") == ()


def test_sides_come_in_pairs(notes: TabularList) -> None:
    """A right without a left is no side, and both on one title are none."""
    assert [notes.side(f"M25{digit}") for digit in "1234567"] == [
        "right", "left", "", "", "", "right", "left",
    ]  # fmt: skip
    assert notes.sided("M259XXA") == ("M251XXA", "M252XXA")
    assert notes.sided("M258") == ("M256", "M257")
    assert notes.sided("M254") == notes.sided("M251") == ()


def test_a_code_that_the_list_does_not_have_has_no_notes(notes: TabularList) -> None:
    """Neither its own nor others'; a heading is no code."""
    assert notes.beginnings("E08Q") == notes.beginnings("E08") == ()
    assert notes.conflict("E08Q", "E10") == ""


def test_a_day_before_all_lists_is_answered_by_the_first(notes: TabularList) -> None:
    """A list of another year holds until the day's own is loaded; never an earlier one."""
    lists = [
        edition(reading(), pack, effective=date(year, 10, 1), expires=date(year + 1, 9, 30))
        for year in (2022, 2024)
    ]
    bare = Reading([DiagnosisRow("E10")], date(2020, 1, 1), date(2026, 9, 30), row_dates=True)
    series = DiagnosisSeries([*lists, edition(bare, pack)])

    def version(day: date) -> str | None:
        found = series.tabular_on(day.toordinal())
        return found.version if found else None

    assert version(date(2021, 5, 1)) == version(date(2023, 9, 30)) == "2022-10-01"
    assert version(date(2023, 10, 1)) == version(date(2025, 9, 30)) == "2024-10-01"
    assert version(date(2025, 10, 1)) is None
    assert notes.version == "2025-10-01"


def test_seventh_characters_are_those_of_the_day() -> None:
    """A list says that a code takes one, the codes in force which; without a list nobody knows."""
    view = DiagnosisSeries([edition(reading(), pack)]).as_of(date(2026, 1, 1))
    assert view is not None
    assert view.seventh_characters("M259") == view.seventh_characters("M259XXB") == ("A",)
    assert view.seventh_characters("M259XXA") == view.seventh_characters("M25") == ()
    assert view.seventh_characters("M25") == view.seventh_characters("E08") == ()
    bare = Reading([DiagnosisRow("M259XXA")], date(2025, 10, 1), date(2026, 9, 30))
    other = DiagnosisSeries([edition(bare, pack)]).as_of(date(2026, 1, 1))
    assert other is not None
    assert other.seventh_characters("M259") is None
    assert other.seventh_characters("M25") == ()
