"""Procedure-to-procedure edits answer as a plain scan of the official file would."""

import csv
import gzip
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from scrubber.reference.ncci_ptp import NCCI_MODIFIERS, PtpRow, unpack
from scrubber.reference.shelf import Shelf, open_shelf
from scrubber.reference.snapshot import open_snapshot
from tests.reference.snapshots import (
    PTP_COPY,
    PTP_OFFICIAL,
    QUARTER_DAY,
    imported,
    shelf_of,
    write,
)

KIND = "ncci-ptp-practitioner"
SAMPLED_PAIRS = 3000


def stated_day(text: str) -> date | None:
    """Return the date of a cell; an asterisk is an open end."""
    return None if text == "*" else date.fromisoformat(text)


def scanned(rows: Iterable[PtpRow], codes: tuple[str, ...], day: date) -> list[PtpRow]:
    """Look at every row."""
    return sorted(
        (
            row
            for row in rows
            if row.column1 in codes
            and row.column2 in codes
            and row.indicator != "9"
            and (row.effective is None or row.effective <= day)
            and (row.deletion is None or day <= row.deletion)
        ),
        key=lambda row: (row.column1, row.column2, row.effective or date.min),
    )


def test_the_full_table_answers_as_a_plain_scan(shared_data: Path, full_reference: Path) -> None:
    """Sampled pairs, in both orders, on, before and after the deletion date."""
    source = shared_data / "data/ncci_2024q3/ptp_outpatient_hospital_2024-07-01.csv.gz"
    kind = "ncci-ptp-hospital"
    shelf = open_shelf(full_reference)
    (found,) = [info for info in shelf.snapshots() if info.kind == kind]
    with gzip.open(source, "rt") as file:
        cells = list(csv.reader(file))[1:]
    assert found.rows == len(cells) == 1_775_818
    # Rows that end inside the quarter, where the day matters, and others; absent pairs too.
    dice = random.Random(7)
    ending = [row for row in cells if "20240701" <= row[2] < "20240930"][:SAMPLED_PAIRS]
    sampled = [*dice.sample(cells, SAMPLED_PAIRS), *ending]
    codes = [row[0] for row in sampled] + [row[1] for row in sampled]
    asked = {frozenset(row[:2]) for row in sampled}
    asked |= {frozenset(dice.sample(codes, 2)) for _ in range(SAMPLED_PAIRS)}
    by_pair: dict[frozenset[str], list[PtpRow]] = {pair: [] for pair in asked}
    for column1, column2, deletion, indicator, _ in cells:
        if (pair := frozenset((column1, column2))) in by_pair:
            row = PtpRow(column1, column2, None, stated_day(deletion), indicator)
            by_pair[pair].append(row)
    for pair, rows in by_pair.items():
        days = {date(2024, 7, 1), QUARTER_DAY, date(2024, 9, 30)}
        for row in rows:
            if row.deletion and date(2024, 7, 1) <= row.deletion < date(2024, 9, 30):
                days |= {row.deletion, row.deletion + timedelta(days=1)}
        for day in sorted(days):
            view = shelf.as_of(kind, day)
            expected = scanned(rows, tuple(pair), day)
            assert list(view.rows(tuple(pair))) == expected
            assert list(view.rows(tuple(pair)[::-1])) == expected


def test_a_table_is_unpacked_as_it_was_packed(tmp_path: Path) -> None:
    """No row is lost or changed on the way through the buffers, indicator 9 included."""
    source = write(tmp_path / "ccipra-v322r0.txt", PTP_OFFICIAL)
    folder = imported(tmp_path / "shelf", source)[0].folder
    assert sorted(unpack(open_snapshot(folder)), key=str) == sorted(
        (
            PtpRow("29881", "29877", date(2002, 1, 1), None, "0"),
            PtpRow("29881", "29877", date(1996, 1, 1), date(1996, 1, 1), "9"),
            PtpRow("A9500", "A9512", date(2022, 1, 1), date(2023, 12, 31), "1"),
            PtpRow("A9500", "A9512", date(2025, 1, 1), None, "0"),
        ),
        key=str,
    )


def test_a_pair_with_an_old_row_of_indicator_9_is_judged_by_the_other(tmp_path: Path) -> None:
    """29881/29877: keeping one row for a pair would lose the edit in force."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "practitioner 2024-07-01.csv", PTP_COPY))
    rows = shelf.as_of(KIND, QUARTER_DAY).rows(("29877", "29881"))
    assert rows == (PtpRow("29881", "29877", None, None, "0"),)


def test_indicator_9_never_counts() -> None:
    """Not even on the day that such a row names."""
    shelf = Shelf.of_rows(
        {
            KIND: [
                {
                    "column1": "A9500",
                    "column2": "A9512",
                    "effective": "2022-01-01",
                    "deletion": "2022-01-01",
                    "indicator": "9",
                }
            ]
        }
    )
    assert shelf.as_of(KIND, date(2022, 1, 1)).rows(("A9500", "A9512")) == ()


@pytest.mark.parametrize(
    ("day", "indicators"),
    [
        (date(2021, 12, 31), []),
        (date(2022, 1, 1), ["1"]),
        (date(2023, 12, 31), ["1"]),
        (date(2024, 1, 1), []),
        (date(2024, 12, 31), []),
        (date(2025, 1, 1), ["0"]),
        (date(2026, 9, 30), ["0"]),
    ],
)
def test_both_ends_of_a_row_are_in_force(tmp_path: Path, day: date, indicators: list[str]) -> None:
    """The deletion date is the last day, the effective date the first."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "ccipra-v322r0.txt", PTP_OFFICIAL))
    rows = shelf.as_of(KIND, day).rows(("A9512", "A9500"))
    assert [row.indicator for row in rows] == indicators


def test_a_row_can_be_in_force_for_one_day() -> None:
    """Its first day is its last; only indicator 9 would take that day away."""
    day = date(2022, 1, 1)
    row = {"column1": "A9500", "column2": "A9512", "indicator": "1"}
    shelf = Shelf.of_rows({KIND: [row | {"effective": str(day), "deletion": str(day)}]})
    on_days = [
        len(shelf.as_of(KIND, day + timedelta(days=days)).rows(("A9500", "A9512")))
        for days in (-1, 0, 1)
    ]
    assert on_days == [0, 1, 0]


def test_all_pairs_of_a_code_set_come_sorted(tmp_path: Path) -> None:
    """Codes that are in no row are passed over."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "ccipra 2024-07-01.csv", PTP_COPY))
    view = shelf.as_of(KIND, QUARTER_DAY)
    rows = view.rows(("G0101", "XXXXX", "36000", "", "99213"))
    assert [(row.column1, row.column2) for row in rows] == [("99213", "36000"), ("G0101", "99213")]
    assert view.rows(()) == view.rows(("99213",)) == ()


def test_a_file_with_effective_dates_covers_the_past_and_its_quarter(tmp_path: Path) -> None:
    """Beyond the quarter nothing is known."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "ccipra-v322r0.txt", PTP_OFFICIAL))
    view = shelf.as_of(KIND, date(2003, 5, 5))
    assert view.rows(("29881", "29877"))
    assert view.version == "2026-07-01"
    assert view.covers(date(2026, 9, 30))
    assert not view.covers(date(2026, 10, 1))
    assert shelf.as_of(KIND, date(2026, 10, 1)) is None


def test_a_file_without_effective_dates_covers_its_quarter_only(tmp_path: Path) -> None:
    """A row in force in the quarter may not have been in force before it."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "ccipra 2024-07-01.csv", PTP_COPY))
    assert shelf.as_of(KIND, date(2024, 6, 30)) is None
    assert shelf.as_of(KIND, date(2024, 10, 1)) is None
    assert not shelf.as_of(KIND, QUARTER_DAY).covers(date(2024, 6, 30))
    late = shelf.as_of(KIND, date(2024, 10, 1), latest_when_missing=True)
    assert late.version == "2024-07-01"
    assert shelf.as_of(KIND, date(2024, 6, 30), latest_when_missing=True) is None


def test_ncci_modifiers_are_those_of_the_outpatient_editor(shared_data: Path) -> None:
    """CMS marks them in its table of modifiers."""
    with (shared_data / "data/ioce_v27_tables/data_modifier.csv").open() as file:
        marked = {row["modifier"] for row in csv.DictReader(file) if row["ncci"] == "1"}
    assert marked == NCCI_MODIFIERS


def test_repeat_and_component_modifiers_separate_no_pair() -> None:
    """CMS lists 44 modifiers; 22, 26, 50, 76, 77 and TC are not among them."""
    assert len(NCCI_MODIFIERS) == 44
    assert NCCI_MODIFIERS.isdisjoint({"22", "26", "50", "51", "52", "76", "77", "TC", "KX"})
