"""The bundled snapshots answer for public code sets, and hold no CPT and no CDT code."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from scrubber.reference import ncci_aoc, ncci_mue, ncci_ptp
from scrubber.reference.shelf import open_shelf, snapshot_folders, starter_directory
from scrubber.reference.snapshot import LEVEL_2, Edition, open_snapshot, verify_snapshot

CPT = re.compile(r"[0-9]{4}[0-9A-Z]")
CDT = re.compile(r"D[0-9]{4}")
FOLDERS = snapshot_folders(starter_directory())
NAMES = [folder.name for folder in FOLDERS]
MOST_BYTES = 5_000_000
LEVEL_2_DAY = date(2024, 8, 1)


def codes_in(edition: Edition) -> Iterator[str]:
    """Decode every code of every buffer; an unknown kind is an error."""
    kind, buffers = edition.info.kind, edition.buffers
    if kind.startswith("ncci-ptp"):
        for pair in ncci_ptp.unpack(edition):
            yield from (pair.column1, pair.column2)
    elif kind.startswith("ncci-mue"):
        yield from (limit.code for limit in ncci_mue.unpack(edition))
    elif kind == "ncci-aoc":
        for row in ncci_aoc.unpack(edition):
            yield row.add_on
            if row.primary:
                yield row.primary
    elif kind == "place-of-service":
        yield from bytes(buffers["codes"]).decode("ascii").split("\n")
    elif kind in {"icd-10-cm", "hcpcs", "ioce-bill-types"}:
        # A code of up to seven characters, then its length.
        for name in {"codes", "limit_codes"} & buffers.keys():
            for number in buffers[name].cast("Q"):
                text = number.to_bytes(8, "big")
                yield text[: text[-1]].decode("ascii")
    else:
        raise AssertionError(kind)


@pytest.mark.parametrize("name", NAMES)
def test_no_code_is_a_cpt_or_a_cdt_code(name: str) -> None:
    """All buffers are decoded; those of the NCCI tables hold Level II codes alone."""
    edition = open_snapshot(starter_directory() / name)
    codes = set(codes_in(edition))
    assert codes
    assert not [code for code in codes if CPT.fullmatch(code)]
    if edition.info.kind != "icd-10-cm":  # D0000 is the shape of a neoplasm's code too
        assert not [code for code in codes if CDT.fullmatch(code)]
    if edition.info.kind.startswith("ncci"):
        assert edition.info.scope == LEVEL_2


def test_buffers_of_codes_are_all_decoded() -> None:
    """Another buffer would be one that the test above does not look into."""
    without_codes = {
        *("carried", "changes", "first", "last", "traits"),
        *("deletion", "effective", "mai", "types", "values"),
        *("facts", "hints", "partners", "starts", "windows"),
        "tabular",  # diagnosis codes alone: the table has no others
        *("limit_carried", "limit_first", "limit_last", "limit_traits"),
    }
    names = {name for folder in FOLDERS for name in open_snapshot(folder).buffers}
    assert names - without_codes == {"codes", "limit_codes", "add_ons", "primaries"}


def test_the_starter_is_small_and_undamaged() -> None:
    """It travels in the wheel."""
    for folder in FOLDERS:
        verify_snapshot(folder)
    files = [path for path in starter_directory().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_the_starter_has_the_free_tables() -> None:
    """Diagnoses of the newest year, Level II codes and NCCI tables of 2024."""
    shelf = open_shelf(starter_directory())
    diagnoses = shelf.as_of("icd-10-cm", date(2026, 6, 1))
    assert diagnoses.status("E119") == "billable"
    assert diagnoses.age_range("N400") == (15, 124)
    assert diagnoses.unacceptable("B9620") == "always"
    assert shelf.as_of("hcpcs", LEVEL_2_DAY).status("J3301") == "in_force"
    assert shelf.as_of("place-of-service", date(2024, 9, 1)).has("66")
    # The list was read in 2024 and proves nothing later.
    assert shelf.as_of("place-of-service", date(2025, 1, 1)) is None
    assert shelf.as_of("ncci-mue-practitioner", LEVEL_2_DAY).limit("A4221")
    pairs = shelf.as_of("ncci-ptp-practitioner", LEVEL_2_DAY)
    assert pairs.rows(("A9500", "A9512"))


def test_the_starter_does_not_answer_for_cpt_codes() -> None:
    """Their rows were left out, so that their absence says nothing."""
    shelf = open_shelf(starter_directory())
    for kind in ("ncci-ptp-practitioner", "ncci-mue-hospital"):
        view = shelf.as_of(kind, LEVEL_2_DAY)
        assert not view.holds("99213")
        assert view.holds("A4206")
    add_ons = shelf.as_of("ncci-aoc", LEVEL_2_DAY)
    assert not add_ons.find("99213").held
    assert add_ons.find("A4206").held
    assert not add_ons.find("G0289").held  # its primaries are CPT codes
