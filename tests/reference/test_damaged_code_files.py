"""A damaged file is refused with the line and the reason; nothing of it is taken."""

import io
from collections.abc import Callable
from typing import BinaryIO

import pytest

from scrubber.reference.importers import (
    hcpcs,
    icd10cm_order,
    icd10cm_tabular,
    ioce,
    mcd_articles,
    place_of_service,
    taxonomy,
)
from scrubber.reference.importers.reading import DamagedFileError
from tests.reference.editions import FIXTURES

Read = Callable[[BinaryIO], object]


def _with_versions(read: Callable[[BinaryIO, ioce.Versions], object]) -> Read:
    with (FIXTURES / "version_range.csv").open("rb") as file:
        versions = ioce.read_versions(file)
    return lambda file: read(file, versions)


def _with_controls(file: BinaryIO) -> object:
    with (FIXTURES / "pbt_control.csv").open("rb") as controls:
        held = ioce.read_controls(controls)
    return _with_versions(lambda given, dated: ioce.read_bill_types(given, dated, held))(file)


def _hcpcs(file: BinaryIO) -> object:
    content = file.read()
    return hcpcs.read(io.BytesIO(content), "", content)


READERS: dict[str, Read] = {
    "icd10cm_tabular_2026.xml": lambda file: icd10cm_tabular.read(file, ""),
    "icd10cm_order_2026.txt": lambda file: icd10cm_order.read(file, ""),
    "data_dx10.csv": _with_versions(ioce.read_diagnoses),
    "data_hcpcs.csv": _with_versions(ioce.read_procedures),
    "data_modifier.csv": _with_versions(ioce.read_modifiers),
    "map_modifier_conflict.csv": _with_versions(ioce.read_conflicts),
    "version_range.csv": ioce.read_versions,
    "pbt_map.csv": _with_controls,
    "pbt_control.csv": ioce.read_controls,
    "map_device_procedure.csv": _with_versions(ioce.read_device_pairs),
    "place_of_service.csv": lambda file: place_of_service.read(file, ""),
    "nucc_taxonomy_251.csv": lambda file: taxonomy.read(file, ""),
    "hcpcs_attributes.csv": _hcpcs,
    "HCPC2026_OCT_ANWEB.csv": _hcpcs,
    "articles.json": lambda file: mcd_articles.read(file, {}),
}
RECOGNISERS = {
    "icd10cm_tabular_2026.xml": icd10cm_tabular.recognises,
    "icd10cm_order_2026.txt": icd10cm_order.recognises,
    "data_dx10.csv": ioce.recognises_diagnoses,
    "data_hcpcs.csv": ioce.recognises_procedures,
    "data_modifier.csv": ioce.recognises_modifiers,
    "map_modifier_conflict.csv": ioce.recognises_conflicts,
    "version_range.csv": ioce.recognises_versions,
    "pbt_map.csv": ioce.recognises_bill_types,
    "pbt_control.csv": ioce.recognises_controls,
    "map_device_procedure.csv": ioce.recognises_device_pairs,
    "place_of_service.csv": place_of_service.recognises,
    "nucc_taxonomy_251.csv": taxonomy.recognises,
    "hcpcs_attributes.csv": hcpcs.recognises,
    "articles.json": mcd_articles.recognises,
}
CASES = [
    ("icd10cm_tabular_2026.xml", b"</chapter>", b"", 36, "mismatched tag"),
    ("icd10cm_tabular_2026.xml", b">W19<", b">W1-9<", 29, "'W1-9' is not an ICD-10-CM"),
    ("icd10cm_tabular_2026.xml", b'char="S">after', b'char="SS">after', 15, "seventh character"),
    ("icd10cm_tabular_2026.xml", b"<ICD10CM", b"<!DOCTYPE x><ICD10CM", 2, "document type"),
    ("icd10cm_order_2026.txt", b"M545    0 Low", b"M545    2 Low", 2, "flag 0 or 1"),
    ("icd10cm_order_2026.txt", b"00003", b"00002", 3, "does not follow"),
    ("data_dx10.csv", b"I10,0,124,0,0", b"I10,0,124,0,7", 2, "must be 0 or 1"),
    ("data_dx10.csv", b"0,76,84\n", b"0,77,84\n", 3, "versions 77 to 84"),
    ("data_dx10.csv", b"0,85,103\nM545,", b"0,85\nM545,", 4, "12 columns, the header has 13"),
    ("data_dx10.csv", b"M545,", b"M54.5,", 5, "'M54.5' is not a code"),
    ("data_hcpcs.csv", b"G0289", b"G028", 3, "'G028' is not a code"),
    ("data_hcpcs.csv", b"64,0,", b"64,F,", 3, "'F' is not a sex"),
    ("data_hcpcs.csv", b"12,64", b"12,old", 3, "'old' is not an age"),
    ("data_modifier.csv", b"GT,0", b"G,0", 4, "'G' is not a code"),
    ("data_modifier.csv", b"20220101", b"20220199", 5, "not a day of the calendar"),
    ("map_modifier_conflict.csv", b"FX,CT", b"FX,C", 3, "'C' is not a code"),
    ("data_hcpcs.csv", b"00001,N,", b"00001,X,", 3, "'X' is not a status indicator"),
    ("data_hcpcs.csv", b"C,0,124,0,0,1,", b"C,0,124,0,0,2,", 7, "bilateral_independent must be 0 or 1"),
    ("pbt_map.csv", b"1,0,13,22", b"1,0,14,22", 3, "'14' is not in pbt_control"),
    ("pbt_map.csv", b"22,23", b"23,22", 3, "'23' to '22' are not bill types"),
    ("pbt_map.csv", b"22,23", b"22,2", 3, "'22' to '2' are not bill types"),
    ("pbt_control.csv", b"13,0,0,1,0", b"13,0,0,1,x", 3, "opps_edits must be 0 or 1"),
    ("map_device_procedure.csv", b"C1840", b"C184", 2, "'C184' is not a code"),
    ("version_range.csv", b"20211001", b"20211301", 4, "not a day of the calendar"),
    ("version_range.csv", b"84,84", b"76,76", 3, "a second time"),
    ("place_of_service.csv", b"21,", b"2,", 3, "'2' is not a code of two digits"),
    ("place_of_service.csv", b"Hospital", b'"Hospital', 3, "unexpected end of data"),
    ("nucc_taxonomy_251.csv", b"208D00000X", b"208D00000", 4, "not a taxonomy code"),
    ("nucc_taxonomy_251.csv", b",Individual", b",Both", 3, "'Both' is no section"),
    ("nucc_taxonomy_251.csv", b",Text,", b",", 4, "7 columns"),
    ("hcpcs_attributes.csv", b"2016-12-31", b"2009-12-31", 3, "before 2010-01-01"),
    ("hcpcs_attributes.csv", b"2007-01-01", b"1/1/2007", 2, "'1/1/2007' is not a date"),
    ("HCPC2026_OCT_ANWEB.csv", b"A4466,0010,3", b"A4466,0010,9", 6, "'9' is not a record kind"),
    ("articles.json", b'"TX"],', b'"TX"]', 1, "not JSON"),
    ("articles.json", b'"noncovered":{"1":["M17.11"]}', b'"noncovered":["M17.11"]', 1, "article 2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "found", "put", "line", "reason"), CASES)
def test_a_damaged_file_is_refused_by_line_and_reason(
    name: str, found: bytes, put: bytes, line: int, reason: str
) -> None:
    """One damaged spot is enough, and the undamaged file is read."""
    content = (FIXTURES / name).read_bytes()
    READERS[name](io.BytesIO(content))
    assert found in content
    with pytest.raises(DamagedFileError, match=reason) as refusal:
        READERS[name](io.BytesIO(content.replace(found, put, 1)))
    assert refusal.value.line == line


@pytest.mark.parametrize("name", sorted(READERS))
def test_an_empty_file_is_refused(name: str) -> None:
    """An empty table would make every code unknown."""
    with pytest.raises(DamagedFileError):
        READERS[name](io.BytesIO(b""))


@pytest.mark.parametrize("name", sorted(RECOGNISERS))
def test_a_file_is_recognised_by_its_content_alone_and_by_one_importer(name: str) -> None:
    """No two importers claim one file."""
    head = (FIXTURES / name).read_bytes()
    assert [each for each, recognises in RECOGNISERS.items() if recognises(head)] == [name]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("data_dx10.csv", "diagnosis"),
        ("data_hcpcs.csv", "procedure code"),
        ("data_modifier.csv", "modifier"),
        ("map_modifier_conflict.csv", "pair of modifiers"),
    ],
)
def test_a_header_without_rows_is_refused(name: str, what: str) -> None:
    """Such a table would say that nothing exists."""
    header = (FIXTURES / name).read_bytes().split(b"\n")[0] + b"\n"
    with pytest.raises(DamagedFileError, match=f"no {what} in the file"):
        READERS[name](io.BytesIO(header))


def test_a_record_cut_short_in_the_fixed_width_file_is_refused() -> None:
    """A line after the first record is a record or the file is damaged."""
    record = b"J1740" + b"00100" + b"3" + b" " * 257 + b"20070101" + b"20120101" + b" " * 8
    record += b"N" + b" " * 27
    assert len(record) == 320
    whole = b"Words before\r\n" + record + b"\r\n"
    head = whole
    reading = hcpcs.read(io.BytesIO(whole), "HCPC2019_CONTR_ANWEB.txt", head)
    assert [row.code for row in reading.rows] == ["J1740"]
    with pytest.raises(DamagedFileError, match="a line of 280 characters is no record") as refusal:
        hcpcs.read(io.BytesIO(whole + record[:280] + b"\r\n"), "", head)
    assert refusal.value.line == 3
