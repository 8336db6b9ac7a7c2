"""Code lists of the user's own and the drug crosswalk answer for the day."""

import io
from datetime import date
from pathlib import Path

import pytest

from scrubber.reference import ndc_crosswalk
from scrubber.reference.importers import code_list
from scrubber.reference.importers import ndc_crosswalk as crosswalk_importer
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.importers.reading import DamagedFileError, Reading
from scrubber.reference.importers.table import RefusedFileError
from scrubber.reference.ndc_crosswalk import NdcRow, NdcSeries
from scrubber.reference.shelf import open_shelf
from tests.reference.editions import FIXTURES, edition

THERAPY = "therapy-codes_2024-07-01.csv"
CROSSWALK = "asp_ndc_hcpcs_crosswalk_2026-07.csv"


def test_a_list_is_named_by_its_file_and_dated_by_its_rows(tmp_path: Path) -> None:
    """The rows' own dates decide; the list answers to the end of its quarter."""
    (imported,) = import_files([FIXTURES / THERAPY], tmp_path, Choice())
    assert isinstance(imported, Imported)
    assert imported.folder.name == "therapy-codes@2024-07-01"
    shelf = open_shelf(tmp_path)
    last, next_day = (shelf.as_of("therapy-codes", date(2024, 8, day)) for day in (14, 15))
    assert (last.of("G0283"), next_day.of("G0283")) == ("always", "sometimes")
    assert (last.of("G0451"), last.of("97110")) == ("always", None)
    assert shelf.as_of("therapy-codes", date(2019, 12, 31)).of("G0451") is None
    assert shelf.as_of("therapy-codes", date(2024, 10, 1)) is None


def test_two_quarters_of_a_list_without_dates_answer_for_their_own(tmp_path: Path) -> None:
    """What a quarter says of a code says nothing of the one before."""
    for quarter, value in (("2024-07-01", "waived"), ("2024-10-01", "")):
        path = tmp_path / f"clia-tests_{quarter}.csv"
        path.write_text(f"code,value,effective,expires\n87880,{value},,\n", encoding="utf-8")
    list(import_files(sorted(tmp_path.glob("*.csv")), tmp_path, Choice()))
    shelf = open_shelf(tmp_path)
    for day, value in ((date(2024, 9, 30), "waived"), (date(2024, 10, 1), "")):
        assert shelf.as_of("clia-tests", day).of("87880") == value
    assert shelf.as_of("clia-tests", date(2024, 6, 30)) is None


def test_a_list_of_another_name_needs_its_kind(tmp_path: Path) -> None:
    """All lists look alike."""
    path = tmp_path / "mine.csv"
    path.write_text("code,value,effective,expires\nJ1740,,,\n", encoding="utf-8")
    (refused,) = import_files([path], tmp_path, Choice())
    assert isinstance(refused, RefusedFileError)
    assert "--kind clia-tests or dental-needs or" in refused.reason
    choice = Choice(kind="single-dose-drugs", effective=date(2024, 7, 1))
    (imported,) = import_files([path], tmp_path, choice)
    assert isinstance(imported, Imported)
    assert imported.folder.name == "single-dose-drugs@2024-07-01"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("G028,always,,", "line 2: 'G028' is no procedure code"),
        ("G0283,Always,,", "line 2: 'Always' is not lower-case words"),
        ("G0283,always,2024-13-01,", "line 2: '2024-13-01' is not a day"),
        ("G0283,always,2024-07-02,2024-07-01", "line 2: G0283 ends on 2024-07-01, before"),
        ("G0283,always,2024-07-01", "line 2: 3 columns, the header has 4"),
        ("", "no code in the file"),
    ],
)
def test_a_damaged_list_is_refused(row: str, reason: str) -> None:
    """With line and reason, whole."""
    content = f"code,value,effective,expires\n{row}".encode()
    assert code_list.recognises(content)
    with pytest.raises(DamagedFileError, match=reason):
        code_list.read(io.BytesIO(content), "")


def crosswalk(content: bytes) -> Reading[NdcRow]:
    """Read a crosswalk that is recognised."""
    assert crosswalk_importer.recognises(content)
    return crosswalk_importer.read(io.BytesIO(content), "any", content)


def test_each_quarter_has_its_own_crosswalk() -> None:
    """A package moves to another code with the quarter, and only with it."""
    july = (FIXTURES / CROSSWALK).read_bytes()
    october = july.replace(b"July 2026", b"October 2026").replace(b"J0129", b"J0130")
    series = NdcSeries([edition(crosswalk(each), ndc_crosswalk.pack) for each in (july, october)])
    last, first = series.as_of(date(2026, 9, 30)), series.as_of(date(2026, 10, 1))
    assert last is not None
    assert first is not None
    assert (last.codes("00003218713"), first.codes("00003218713")) == (("J0129",), ("J0130",))
    assert last.codes("00003218811") == ("J0129", "Q9999")
    assert last.codes("00003218812") == last.codes("99999999999") == ()
    assert (last.version, first.version) == ("2026-07-01", "2026-10-01")
    assert series.as_of(date(2026, 6, 30)) is None
    assert series.as_of(date(2027, 1, 1), latest_when_missing=True) is not None


@pytest.mark.parametrize(
    ("found", "put", "reason"),
    [
        (b"00270-7015-46", b"00270701546", "line 5: '00270701546' is not an NDC"),
        (b"A9573", b"A957", "line 5: 'A957' is no procedure code"),
        (b"_2026_CODE", b"_2025_CODE", "no header with the columns _2026_CODE, NDC"),
    ],
)
def test_a_damaged_crosswalk_is_refused(found: bytes, put: bytes, reason: str) -> None:
    """With line and reason, whole."""
    with pytest.raises(DamagedFileError, match=reason):
        crosswalk((FIXTURES / CROSSWALK).read_bytes().replace(found, put))


def test_a_crosswalk_without_drugs_is_refused() -> None:
    """It would say nothing of any package."""
    head = (FIXTURES / CROSSWALK).read_bytes().partition(b"A9573")[0]
    with pytest.raises(DamagedFileError, match="no drug in the file"):
        crosswalk(head)
