"""The code lists of the laboratory NCDs are read by test, and hold for their quarter."""

from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.importers.load import Choice
from tests.reference.snapshots import refusals, shelf_of, write

LISTS = """\
ncd,hcpcs,icd10,list
190.22,84443,E03.9,covered
190.22,84443,z00.00,noncovered
190.20A,82947,E11.9,Covered
190.15,85025,Z00.00,noncovered
"""
CHOICE = Choice(effective=date(2026, 10, 1))


def test_a_test_has_the_lists_of_its_ncds(tmp_path: Path) -> None:
    """Codes are upper case and without dots; a test may have no covered list."""
    shelf = shelf_of(tmp_path / "ref", write(tmp_path / "lab.csv", LISTS), choice=CHOICE)
    assert shelf.as_of("lab-ncd", date(2027, 1, 1)) is None
    view = shelf.as_of("lab-ncd", date(2026, 12, 31))
    (thyroid,) = view.of("84443")
    assert thyroid == ("190.22", {"E039"}, {"Z0000"})
    (counts,) = view.of("85025")
    assert counts == ("190.15", frozenset(), {"Z0000"})
    assert view.lists("82947")
    assert not view.lists("99213")
    assert view.of("99213") == ()
    assert view.covers(date(2026, 10, 1))
    assert not view.covers(date(2026, 9, 30))
    assert view.version == "2026-10-01"


@pytest.mark.parametrize(
    ("found", "put", "reason"),
    [
        ("E03.9,covered", "E03.9,other", "2: no laboratory NCD, or a list that is none of its two"),
        ("190.15", "220.6", "5: no laboratory NCD, or a list that is none of its two"),
        (LISTS.split("\n", 1)[1], "", "no row in the file"),
    ],
)
def test_a_damaged_list_is_refused(tmp_path: Path, found: str, put: str, reason: str) -> None:
    """With the line."""
    path = write(tmp_path / "lab.csv", LISTS.replace(found, put))
    (refused,) = refusals(tmp_path / "ref", path, choice=CHOICE)
    assert reason in refused
