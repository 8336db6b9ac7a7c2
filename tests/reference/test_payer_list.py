"""A payer list says which ids claims of a type can go to."""

from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.importers.load import Choice
from scrubber.reference.payer_list import entry
from tests.reference.snapshots import refusals, shelf_of, write

LIST = "payer_id,name,claim_type\n05102,MEDICARE,professional\n60054,PLAN,\nAb-1,PLAN,Dental\n"
CHOICE = Choice(effective=date(2024, 7, 1), expires=date(2024, 12, 31))


def test_a_payer_takes_the_types_that_are_stated(tmp_path: Path) -> None:
    """Or every type when none is; capital and small letters are alike."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "payers.csv", LIST), choice=CHOICE)
    payers = shelf.as_of("payer-list", date(2024, 8, 1))
    listed = [
        (payer_id, claim_type)
        for payer_id in ("05102", "60054", "AB-1", "ab-1", "1")
        for claim_type in ("professional", "institutional", "dental")
        if payers.has(entry(payer_id, claim_type))
    ]
    assert listed == [
        ("05102", "professional"),
        ("60054", "professional"),
        ("60054", "institutional"),
        ("60054", "dental"),
        ("AB-1", "dental"),
        ("ab-1", "dental"),
    ]
    assert shelf.as_of("payer-list", date(2025, 1, 1)) is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("60054,PLAN,", "60054,PLAN,837P", ":3: '837p' is no claim type"),
        ("60054,", ",", ":3: '' is no payer id"),
        ("60054,", "6005é,", ":3: '6005é' is no payer id"),
        ("60054,", "60\t54,", ":3: '60\\t54' is no payer id"),
        (LIST.partition("\n")[2], "", ":1: no payer in the file"),
    ],
)
def test_a_damaged_list_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """With line and reason."""
    source = write(tmp_path / "payers.csv", LIST.replace(old, new))
    assert refusals(tmp_path / "shelf", source, choice=CHOICE) == [f"{source}{reason}"]
