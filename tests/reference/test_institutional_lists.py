"""Lists of the inpatient editors, revenue codes and types of bill answer for the day."""

from datetime import date
from pathlib import Path

import pytest

from scrubber.reference import mce
from scrubber.reference.importers.load import Choice
from scrubber.reference.mce import MceRow, MceView
from scrubber.reference.shelf import Shelf
from tests.reference.editions import FIXTURES
from tests.reference.snapshots import imported, refusals, shelf_of, write

VERSIONS = FIXTURES / "version_range.csv"
CONTROLS = FIXTURES / "pbt_control.csv"

MCE_37 = (
    "MCE_Version\tICD_Version\tMCE_Section\tMCE_Subsection\tMCE_Edit_Type\tICD_Code_Type\tICD_Code\tICD_Desc\n"
    '37\t10\t4\tA\tNewborn_Only\tD\tA33\tA "quoted" word\n'
    "37\t10\t9\t_\tPrincipal_Unacceptable\tD\tB9620\t\n"
    "37\t10\t17\tA\tLimited_Coverage\tP\t02YA0Z0\tÜber\n"
)
MCE_41_1 = (
    '"icd_code","icd_description","icd_conflict_group","icd_conflict_rule"\n'
    '"A33","words, with commas","Age","Perinatal/Newborn (Age 0 Only)"\n'
    '"Z00.121","","Age","Pediatric (Ages 0-17)"\n'
    '"O80","","Age","Maternity (Ages 9-64)"\n'
    '"N40.0","","Age","Adult (Ages 15-124)"\n'
    '"F50.2","","Age","Adult (Ages 15-124)"\n'
    '"F50.2","","Age","Pediatric (Ages 0-17)"\n'
    '"C61","","Sex","Male Only"\n'
)
PCS_ORDER = (
    "00001 001     0 Central Nervous System and Cranial Nerves, Bypass                    x\n"
    "00002 0016070 1 Bypass Cereb Vent to Nasophar with Autol Sub, Open                   x\n"
    "00003 0016071 1 Another                                                              x\n"
)
PCS_CODES = "0016070 Bypass Cerebral Ventricle to Nasopharynx\nXW0DX82 New technology\n"
POA = 'Order2025\tPOAexemptCode\tDescription\n01236\tB90.0\tSequelae\n01241\tB91\t"Sequelae, too"\n'
REVENUE = (
    "revenue_code,status_indicator,not_recognized,bypass_e48,lo_version,hi_version\n"
    "450,E1,0,0,76,103\n"
    "1,E1,0,0,76,103\n"
    "250,N,0,0,76,103\n"
    "860,F,0,0,76,103\n"
    "500,B,0,1,84,103\n"
)
BILLS = (
    "key1,rule,pbt_index,lo_bill,hi_bill,lo_version,hi_version\n"
    "0,8,102,13,13,76,103\n"
    "33,9,4,11,99,76,103\n"
    "26,9,13,22,23,76,103\n"
)
NUBC = "kind,code,valid_from,valid_to\ncondition,44,2004-04-01,\nspan,74,,20240630\n"


def mce_view(shelf: Shelf, day: date) -> MceView:
    """Return the editor of a day that is covered."""
    view = shelf.as_of("mce", day)
    assert isinstance(view, MceView)
    return view


def test_two_editions_of_the_editor_answer_each_for_its_days(tmp_path: Path) -> None:
    """Version 37 is fiscal year 2020; 41.1 began in April 2024; between them nobody answers."""
    files = (
        write(tmp_path / "MCE_Simple_Code_Edits_v37.txt", MCE_37),
        write(tmp_path / "mce_v41.1_code_edits.csv", MCE_41_1),
    )
    shelf = shelf_of(tmp_path / "shelf", *files)
    assert [(one.effective, one.expires) for one in shelf.snapshots()] == [
        (date(2019, 10, 1), date(2020, 9, 30)),
        (date(2024, 4, 1), date(2024, 9, 30)),
    ]
    for day in ((2019, 9, 30), (2020, 10, 1), (2024, 3, 31), (2024, 10, 1)):
        assert shelf.as_of("mce", date(*day)) is None
    old, new = mce_view(shelf, date(2019, 10, 1)), mce_view(shelf, date(2024, 4, 1))
    assert old.lists[mce.UNACCEPTABLE] == {"B9620"}
    assert old.lists[mce.LIMITED_COVERAGE] == {"02YA0Z0"}
    assert mce.UNACCEPTABLE not in new.lists
    assert new.lists[mce.MALE] == {"C61"}
    later = shelf.as_of("mce", date(2024, 10, 1), latest_when_missing=True)
    assert (later.day, later.version) == (date(2024, 10, 1), "2024-04-01")


def test_ages_need_all_four_lists_and_are_those_of_the_day(tmp_path: Path) -> None:
    """A code on two lists has the ages that both allow; maternity was widened in 2019."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / "mce_v41.1.csv", MCE_41_1))
    ages = mce_view(shelf, date(2024, 4, 1)).ages
    assert ages == {
        "A33": (0, 0),
        "Z00121": (0, 17),
        "O80": (9, 64),
        "N400": (15, 124),
        "F502": (15, 17),
    }
    lacking = shelf_of(tmp_path / "other", write(tmp_path / "v37.txt", MCE_37))
    assert mce_view(lacking, date(2020, 1, 1)).ages is None
    rows = [
        {"edit_type": name.edit_type, "code_type": "D", "code": "O80"}
        for name in (mce.NEWBORN, mce.PEDIATRIC, mce.ADULT, mce.MATERNITY)
    ]
    rows = [row if row["edit_type"] == "Maternity_Only" else {**row, "code": "A33"} for row in rows]
    both = Shelf.of_rows({"mce": rows})
    assert mce_view(both, date(2019, 9, 30)).ages["O80"] == (12, 55)  # type: ignore[index]
    assert mce_view(both, date(2019, 10, 1)).ages["O80"] == (9, 64)  # type: ignore[index]


def test_an_unknown_list_is_no_list() -> None:
    """A misspelt name would be a list that nobody asks."""
    with pytest.raises(ValueError, match="is no list"):
        mce.pack([MceRow("Newborn", "D", "A33")])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (MCE_37.replace("Newborn_Only", "Newborn"), ":2: 'Newborn' is not a list"),
        (MCE_37.replace("Limited_Coverage\tP", "Limited_Coverage\tD"), ":4: 'Limited_Coverage'"),
        (MCE_37.replace("Newborn_Only\tD", "Newborn_Only\tX"), ":2: 'Newborn_Only' is not"),
        (MCE_37.replace("37\t10\t9", "36\t10\t9"), ":3: version '36'"),
        (MCE_37.replace("37\t", "32\t"), ":2: version '32'"),
        (MCE_37.replace("37\t", "x\t"), ":2: version 'x'"),
        (MCE_37.replace("B9620", "B96.20"), ":3: 'B96.20' is not a code"),
        (MCE_37.replace("02YA0Z0", "02YA0ZO"), ":4: '02YA0ZO' is not a code"),
        (MCE_37.replace("A33\t", ""), ":2: 7 columns"),
        (MCE_37.split("\n", maxsplit=1)[0] + "\n", ":1: no code in the file"),
        (MCE_41_1.replace("Male Only", "Men"), ":8: 'Men' is not a conflict"),
    ],
)
def test_a_list_of_the_editor_that_is_not_understood_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    """Line and reason are named, and nothing is imported."""
    path = write(tmp_path / "mce_v41.1.txt", text)
    found = refusals(tmp_path / "shelf", path)
    assert len(found) == 1
    assert complaint in found[0]


def test_the_editor_in_a_file_without_a_version_needs_a_date(tmp_path: Path) -> None:
    """The user says it, and the fiscal year ends it."""
    path = write(tmp_path / "conflicts.csv", MCE_41_1)
    assert "states no effective date" in refusals(tmp_path / "shelf", path)[0]
    info = imported(tmp_path / "shelf", path, choice=Choice(effective=date(2025, 10, 1)))[0].info
    assert (info.kind, info.expires) == ("mce", date(2026, 9, 30))


@pytest.mark.parametrize(
    ("name", "text", "effective", "known"),
    [
        ("icd10pcs_order_2025.txt", PCS_ORDER, date(2024, 10, 1), ["0016070", "0016071"]),
        ("icd10pcs_codes_2026.txt", PCS_CODES, date(2025, 10, 1), ["0016070", "XW0DX82"]),
        ("icd10pcs_codes_april_2026.txt", PCS_CODES, date(2026, 4, 1), ["XW0DX82"]),
    ],
)
def test_inpatient_procedures_are_read_from_both_files(
    tmp_path: Path, name: str, text: str, effective: date, known: list[str]
) -> None:
    """Headings are no codes; the table covers its fiscal year."""
    path = write(tmp_path / name, text)
    shelf = shelf_of(tmp_path / "shelf", path)
    info = shelf.snapshots()[0]
    assert (info.kind, info.effective) == ("icd-10-pcs", effective)
    last = info.expires
    assert (last.month, last.day) == (9, 30)
    codes = shelf.as_of("icd-10-pcs", last)
    assert all(codes.has(code) for code in known)
    assert not codes.has("001")
    assert not codes.has("0016072")
    assert not codes.has("00160700")
    assert shelf.as_of("icd-10-pcs", date(last.year, 10, 1)) is None


def test_the_newest_procedure_file_of_a_day_has_the_say(tmp_path: Path) -> None:
    """What the April update deleted is gone, though October's file covers the day too."""
    shelf = shelf_of(
        tmp_path / "shelf",
        write(tmp_path / "icd10pcs_order_2026.txt", PCS_ORDER),
        write(tmp_path / "icd10pcs_codes_april_2026.txt", PCS_CODES),
    )
    assert shelf.as_of("icd-10-pcs", date(2026, 3, 31)).has("0016071")
    assert not shelf.as_of("icd-10-pcs", date(2026, 4, 1)).has("0016071")
    assert shelf.as_of("icd-10-pcs", date(2026, 4, 1)).covers(date(2026, 3, 31))


@pytest.mark.parametrize("line", ["0016O70 Letter O", "0016070", "00004 00160702 1 Long", "A0016"])
def test_a_line_that_is_no_procedure_is_refused(tmp_path: Path, line: str) -> None:
    """A cut line too."""
    path = write(tmp_path / "icd10pcs_codes_2026.txt", f"{PCS_CODES}\n{line}\n")
    assert ":4: not a code of seven" in refusals(tmp_path / "shelf", path)[0]


def test_a_procedure_file_of_headings_is_refused(tmp_path: Path) -> None:
    """It would make every code unknown."""
    path = write(tmp_path / "icd10pcs_order_2026.txt", PCS_ORDER.split("\n", maxsplit=1)[0])
    assert "no procedure in the file" in refusals(tmp_path / "shelf", path)[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("POAexemptCodesFY25.txt", POA),
        ("POAexemptCodes2025.txt", POA),
        ("POAexemptCodesFY25.csv", POA.replace("\t", ",")),
    ],
)
def test_exempt_diagnoses_are_those_of_the_fiscal_year(
    tmp_path: Path, name: str, text: str
) -> None:
    """Codes lose their dots; the name states the year."""
    shelf = shelf_of(tmp_path / "shelf", write(tmp_path / name, text))
    assert shelf.as_of("poa-exempt", date(2024, 9, 30)) is None
    codes = shelf.as_of("poa-exempt", date(2024, 10, 1))
    assert codes.has("B900")
    assert codes.has("B91")
    assert not codes.has("B90")
    assert shelf.as_of("poa-exempt", date(2025, 10, 1)) is None


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("POAexemptAddCodesFY25.txt", POA, "lists changes only"),
        ("POAexemptCodesFY25.txt", POA.replace("B90.0", "B9"), ":2: 'B9' is not a diagnosis"),
        ("POAexemptCodesFY25.txt", POA.split("\n", maxsplit=1)[0], "no code in the file"),
        ("exempt.txt", POA, "states no effective date"),
    ],
)
def test_a_list_of_exempt_diagnoses_that_is_none_is_refused(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    """The list of additions has the same columns."""
    assert complaint in refusals(tmp_path / "shelf", write(tmp_path / name, text))[0]


def test_revenue_codes_have_four_digits_and_their_quarters(tmp_path: Path) -> None:
    """The table leaves out leading zeros; version 84 began on 2021-07-01."""
    shelf = shelf_of(tmp_path / "shelf", VERSIONS, write(tmp_path / "data_revenue.csv", REVENUE))
    day = date(2021, 7, 1)
    codes = shelf.as_of("ioce-revenue", day)
    assert [codes.status(code) for code in ("0450", "0001", "0500", "450", "0451")] == [
        *("in_force", "in_force", "in_force"),
        *("unknown", "unknown"),
    ]
    needing = [
        code for code in ("0450", "0250", "0860", "0500", "0451") if codes.needs_procedure(code)
    ]
    assert needing == ["0450", "0500"]
    assert [code for code in ("0450", "0250", "0500") if codes.exempt(code)] == ["0500"]
    before = shelf.as_of("ioce-revenue", date(2021, 6, 30))
    assert before.status("0500") == "other_dates"
    assert not before.needs_procedure("0500")
    assert shelf.as_of("ioce-revenue", date(2019, 6, 30)) is None
    assert shelf.as_of("ioce-revenue", date(2026, 6, 30)).status("0450") == "in_force"
    assert shelf.as_of("ioce-revenue", date(2026, 7, 1)) is None


def test_a_type_of_bill_has_a_row_of_its_own(tmp_path: Path) -> None:
    """Rows from 11 to 99 name none; others may name two."""
    bills = write(tmp_path / "pbt_map.csv", BILLS)
    shelf = shelf_of(tmp_path / "shelf", VERSIONS, CONTROLS, bills)
    types = shelf.as_of("ioce-bill-types", date(2024, 8, 1))
    known = [f"{bill}" for bill in range(11, 100) if types.names(f"{bill}")]
    assert known == ["13", "22", "23"]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("data_revenue.csv", REVENUE.replace("450,E1,0,0", "450,E1,0,2"), "bypass_e48"),
        ("data_revenue.csv", REVENUE.replace("450,E1", "4X0,E1"), "'4X0' is not a code"),
        ("data_revenue.csv", REVENUE.split("\n", maxsplit=1)[0], "no revenue code"),
        ("pbt_map.csv", BILLS.replace("102,13,13", "102,1X,13"), "'1X' to '13' are not bill types"),
        ("pbt_map.csv", BILLS.split("\n", maxsplit=1)[0], "no bill type"),
        ("pbt_map.csv", BILLS.replace("13,13,76", "13,13,75"), "are not in version_range"),
    ],
)
def test_a_damaged_table_of_the_outpatient_editor_is_refused(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    """Nothing of it is taken."""
    path = write(tmp_path / name, text)
    assert complaint in refusals(tmp_path / "shelf", VERSIONS, CONTROLS, path)[0]


def test_nubc_codes_of_one_kind_are_none_of_another(tmp_path: Path) -> None:
    """The user says what the list covers."""
    path = write(tmp_path / "nubc.csv", NUBC)
    choice = Choice(effective=date(2024, 1, 1), expires=date(2024, 12, 31))
    shelf = shelf_of(tmp_path / "shelf", path, choice=choice)
    codes = shelf.as_of("nubc-codes", date(2024, 7, 1))
    assert [codes.status(key) for key in ("c44", "o44", "s74")] == [
        *("in_force", "unknown", "other_dates"),
    ]
    for text, complaint in (
        (NUBC.replace("span", "spans"), "not a kind"),
        (NUBC.replace("74", "740"), "not a kind"),
        (NUBC.split("\n", maxsplit=1)[0], "no code"),
    ):
        found = refusals(tmp_path / "shelf", write(tmp_path / "nubc.csv", text), choice=choice)
        assert complaint in found[0]


DX = (
    "dx,lo_age,hi_age,external_cause,manifestation,unacceptable_pdx,unacceptable_pdx_exclusion,"
    "unacceptable_pdx_exclusion_ignored,lo_version,hi_version\n"
    "O80,12,55,0,0,0,0,0,76,76\n"
    "O80,9,64,0,0,0,0,0,84,103\n"
    "B9620,0,124,0,0,1,0,0,84,103\n"
    "Z0000,0,124,0,0,1,1,0,76,103\n"
    "F0390,15,124,0,0,1,1,1,85,103\n"
)


def test_diagnoses_have_the_ages_and_limits_of_the_day(tmp_path: Path) -> None:
    """Maternity has other ages with a later version; a second flag takes the first one back."""
    shelf = shelf_of(tmp_path / "shelf", VERSIONS, write(tmp_path / "data_dx10.csv", DX))
    before = shelf.as_of("icd-10-cm", date(2019, 9, 30))
    since = shelf.as_of("icd-10-cm", date(2021, 7, 1))
    assert (before.age_range("O80"), since.age_range("O80")) == ((12, 55), (9, 64))
    assert since.age_range("B9620") == since.age_range("E119") == (0, 124)
    assert (before.unacceptable("B9620"), since.unacceptable("B9620")) == ("", "always")
    assert since.unacceptable("Z0000") == ""
    hospice = shelf.as_of("icd-10-cm", date(2025, 4, 1))
    assert hospice.unacceptable("F0390") == "hospice"
    assert hospice.age_range("F0390") == (15, 124)


def test_a_table_without_ages_says_nothing_of_them() -> None:
    """Nor one of CMS's order file, which has codes alone."""
    shelf = Shelf.of_rows({"icd-10-cm": [{"code": "O80"}]})
    view = shelf.as_of("icd-10-cm", date(2024, 8, 1))
    assert view.age_range("O80") is None
    assert view.unacceptable("O80") is None
    ages = Shelf.of_rows({"icd-10-cm": [{"code": "O80", "lo_age": 9, "hi_age": 64}]})
    assert ages.as_of("icd-10-cm", date(2024, 8, 1)).unacceptable("O80") is None


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("O80,12,55", "O80,12,56", "ages 12 to 56 are no range"),
        ("O80,12,55", "O80,x,55", "'x' is not a version number"),
        ("1,1,1", "0,1,1", "no combination known"),
    ],
)
def test_limits_that_are_not_understood_are_refused(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """A guess would be a wrong rejection."""
    path = write(tmp_path / "data_dx10.csv", DX.replace(old, new))
    assert complaint in refusals(tmp_path / "shelf", VERSIONS, path)[0]


def test_the_official_lists_are_read_whole(shared_data: Path, tmp_path: Path) -> None:
    """Row counts of the files, and codes that the catalogue's examples name."""
    ioce = shared_data / "data" / "ioce_v27_tables"
    shelf = shelf_of(
        tmp_path,
        *sorted((shared_data / "data" / "mce").glob("*_*.*")),
        *(ioce / "data_revenue.csv", ioce / "pbt_map.csv", ioce / "version_range.csv"),
        ioce / "pbt_control.csv",
    )
    rows = {(one.kind, one.effective): one.rows for one in shelf.snapshots()}
    assert rows["mce", date(2019, 10, 1)] == 14_153
    assert rows["mce", date(2024, 4, 1)] == 7_946
    assert rows["ioce-revenue", date(2019, 7, 1)] == 541
    view = mce_view(shelf, date(2019, 11, 5))
    assert "E119" in view.lists[mce.QUESTIONABLE_ADMISSION]
    assert "02YA0Z0" in view.lists[mce.LIMITED_COVERAGE]
    assert view.lists.keys() == mce.TABULATED
    types = shelf.as_of("ioce-bill-types", date(2024, 8, 5))
    assert [types.names(bill) for bill in ("13", "85", "11", "99")] == [True, True, False, False]
