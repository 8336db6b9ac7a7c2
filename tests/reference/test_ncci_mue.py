"""Medically unlikely edits: a limit of 0 is a limit, an absent one is none."""

import csv
from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.ncci_mue import MueRow, pack, unpack
from scrubber.reference.shelf import Shelf, open_shelf
from scrubber.reference.snapshot import open_snapshot
from tests.reference.snapshots import MUE_OFFICIAL, QUARTER_DAY, imported, shelf_of, write

KIND = "ncci-mue-practitioner"


@pytest.mark.parametrize("name", ["practitioner", "outpatient_hospital", "dme"])
def test_every_limit_of_the_full_tables_is_found(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    """A plain scan of the file agrees, code by code."""
    source = shared_data / f"data/ncci_2024q3/mue_{name}_2024-07-01.csv"
    info = imported(tmp_path, source)[0].info
    view = open_shelf(tmp_path).as_of(info.kind, QUARTER_DAY)
    with source.open() as file:
        rows = list(csv.DictReader(file))
    assert info.rows == len(rows)
    for row in rows:
        code = row["HCPCS/CPT Code"]
        assert view.limit(code) == MueRow(code, int(row["MUE Values"]), row["MAI"])


def test_the_official_text_of_the_indicator_is_its_digit(tmp_path: Path) -> None:
    """`2 Date of Service Edit: Policy` is 2; preamble and header of two lines are passed."""
    source = write(tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", MUE_OFFICIAL)
    folder = imported(tmp_path / "shelf", source)[0].folder
    assert folder.name == f"{KIND}@2026-07-01"
    assert list(unpack(open_snapshot(folder))) == [
        MueRow("A4206", 0, "3"),
        MueRow("A4221", 4, "1"),
        MueRow("G0101", 1, "2"),
        MueRow("J3301", 16, "3"),
    ]


def test_no_limit_and_a_limit_of_zero_are_different() -> None:
    """A code without a row proves nothing, a row of 0 pays nothing."""
    view = Shelf.of_rows({KIND: [{"code": "A4206", "value": "0", "mai": "3"}]}).as_of(
        KIND, QUARTER_DAY
    )
    assert view.limit("A4206") == MueRow("A4206", 0, "3")
    assert view.limit("A4207") is None
    assert view.limit("A42060") is None
    assert view.limit("") is None
    assert view.holds("A4207")


def test_a_table_covers_its_quarter_only(tmp_path: Path) -> None:
    """Limits have no dates of their own."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "MUE_Eff_07-01-2026.csv", MUE_OFFICIAL))
    assert shelf.as_of(KIND, date(2026, 6, 30)) is None
    assert shelf.as_of(KIND, date(2026, 7, 1)).covers(date(2026, 9, 30))
    assert shelf.as_of(KIND, date(2026, 10, 1)) is None
    assert shelf.as_of(KIND, date(2026, 10, 1), latest_when_missing=True).limit("G0101")


def test_two_limits_of_one_code_are_refused() -> None:
    """Neither could be told to be the right one."""
    with pytest.raises(ValueError, match="A4206 has two limits"):
        pack([MueRow("A4206", 0, "3"), MueRow("A4206", 1, "3")])
