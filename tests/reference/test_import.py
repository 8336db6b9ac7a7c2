"""Official files are recognised, read to the last row, and refused when they are damaged."""

import gzip
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from scrubber.reference.importers.load import Choice
from scrubber.reference.importers.stated_dates import stated_quarter
from scrubber.reference.shelf import open_shelf
from scrubber.reference.snapshot import open_snapshot
from tests.reference.snapshots import (
    AOC_FIXED,
    MUE_OFFICIAL,
    PTP_COPY,
    PTP_OFFICIAL,
    QUARTER_DAY,
    imported,
    refusals,
    write,
)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("name", "text", "folder"),
    [
        ("ccipra-v322r0.txt", PTP_OFFICIAL, "ncci-ptp-practitioner@2026-07-01"),
        ("ccioph-v303r0.txt", PTP_OFFICIAL, "ncci-ptp-hospital@2024-10-01"),
        ("ptp_outpatient_2024-07-01.csv", PTP_COPY, "ncci-ptp-hospital@2024-07-01"),
        ("MUE_Eff_07-01-2026.csv", MUE_OFFICIAL, "ncci-mue-practitioner@2026-07-01"),
        (
            "MUE_DME_2026Q3.csv",
            MUE_OFFICIAL.replace("Practitioner Services ", ""),
            "ncci-mue-dme@2026-07-01",
        ),
        ("aoc_2024-06-03.txt", AOC_FIXED, "ncci-aoc@2024-07-01"),
        ("AOC_V2024Q4-F-MCR.txt", AOC_FIXED, "ncci-aoc@2024-10-01"),
    ],
)
def test_content_and_name_tell_kind_and_quarter(
    tmp_path: Path, name: str, text: str, folder: str
) -> None:
    """NCCI version 30.3 is the fourth quarter of 2024; a day inside a quarter is a stamp."""
    assert imported(tmp_path / "shelf", write(tmp_path / name, text))[0].folder.name == folder


def test_a_preamble_can_state_the_date(tmp_path: Path) -> None:
    """It does in the tables that CMS publishes as one sheet for a quarter."""
    text = MUE_OFFICIAL.replace("All rights reserved.", "Effective October 1, 2026")
    found = imported(tmp_path / "shelf", write(tmp_path / "mue.csv", text))[0].info
    assert (found.effective, found.expires) == (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("name", "preamble", "day"),
    [
        ("mue", "Effective July 1, 2026 through September 30, 2026", date(2026, 7, 1)),
        ("mue_2024-07-01", "Effective soon 1, 2026", date(2024, 7, 1)),
        ("mue_2024-13-01", "", None),
        ("mue_Eff_07-01-2026", "", date(2026, 7, 1)),
        ("ccipra-v310r0-f1", "", date(2025, 1, 1)),
        ("mue_2024-08-15", "", date(2024, 10, 1)),
        ("mue_2024-11-15", "", date(2025, 1, 1)),
        ("mue", "", None),
    ],
)
def test_a_quarter_is_stated_in_words_or_in_the_name(
    name: str, preamble: str, day: date | None
) -> None:
    """What states no day of the calendar states nothing."""
    assert stated_quarter(name, preamble) == day


def test_gz_zip_and_workbook_hold_the_same_table(tmp_path: Path) -> None:
    """The container is not the table: all buffers are byte for byte the same."""
    plain = write(tmp_path / "MUE_Eff_07-01-2026.csv", MUE_OFFICIAL)
    packed = tmp_path / "MUE_Eff_07-01-2026.csv.gz"
    packed.write_bytes(gzip.compress(MUE_OFFICIAL.encode()))
    archive = tmp_path / "mue.zip"
    workbook, book = tmp_path / "MUE_Eff_07-01-2026.xlsx", Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["CPT codes are copyright American Medical Association."])
    titles = ["HCPCS/\nCPT Code", "Practitioner Services MUE Values"]
    sheet.append([*titles, "MUE Adjudication Indicator", "MUE Rationale"])
    for line in MUE_OFFICIAL.split("\n")[5:-1]:
        code, value, indicator, rationale = line.split(",")
        sheet.append([code, int(value), indicator, rationale])
    book.save(workbook)
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("readme.pdf", b"%PDF")
        members.write(plain, plain.name)
        members.write(workbook, workbook.name)
    buffers = []
    for number, file in enumerate((plain, packed, workbook, archive)):
        folder = imported(tmp_path / str(number), file)[0].folder
        buffers.append(
            {name: bytes(buffer) for name, buffer in open_snapshot(folder).buffers.items()}
        )
    assert buffers == [buffers[0]] * 4


def test_text_of_another_encoding_does_not_matter(tmp_path: Path) -> None:
    """A registered sign of Windows (cp1252) stands in CMS's preambles."""
    source = tmp_path / "MUE_Eff_07-01-2026.csv"
    source.write_bytes(MUE_OFFICIAL.replace("CPT codes", "CPT® codes").encode("cp1252"))
    assert imported(tmp_path / "shelf", source)[0].info.rows == 4


def test_what_a_file_does_not_state_is_asked_for(tmp_path: Path) -> None:
    """The message names the option."""
    undated = write(tmp_path / "ccipra.csv", PTP_COPY)
    unnamed = write(tmp_path / "ptp 2024-07-01.csv", PTP_COPY)
    shelf = tmp_path / "shelf"
    assert refusals(shelf, undated, unnamed) == [
        (
            f"{unnamed}: neither its content nor its name says which table it is: "
            "--kind ncci-ptp-practitioner or ncci-ptp-hospital"
        ),
        f"{undated}: states no effective date: give --effective YYYY-MM-DD",
    ]
    choice = Choice("ncci-ptp-hospital", date(2024, 7, 1), date(2024, 8, 31))
    info = imported(shelf, unnamed, choice=choice)[0].info
    assert (info.kind, info.effective, info.expires) == (
        "ncci-ptp-hospital",
        date(2024, 7, 1),
        date(2024, 8, 31),
    )


def test_a_kind_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    """A hospital table under the practitioners' name would judge by the wrong indicators."""
    source = write(tmp_path / "ccipra-v322r0.txt", PTP_OFFICIAL)
    for kind in ("ncci-ptp-hospital", "ncci-aoc"):
        assert refusals(tmp_path / "shelf", source, choice=Choice(kind)) == [
            f"{source}: is ncci-ptp-practitioner, not {kind}"
        ]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("A9500,A9512,20240815,1,H", "A9500,A9512,20240815,H", 4, "4 columns, the header has 5"),
        (
            "A9500,A9512",
            "A950,A9512",
            4,
            "'A950' is not a code of five capital letters and digits",
        ),
        (
            "A9500,A9512",
            "A9500,a9512",
            4,
            "'a9512' is not a code of five capital letters and digits",
        ),
        ("20240815", "20240230", 4, "'20240230' is not a day of the calendar"),
        ("20240815", "2024081", 4, "'2024081' is not a date"),
        ("20240815", "", 4, "an empty date (an open end is *)"),
        ("20240815,1", "20240815,2", 4, "'2' is not an indicator (0, 1 or 9)"),
    ],
)
def test_a_damaged_ptp_row_is_named_by_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    """The snapshot in force stays as it was, to the byte."""
    shelf = tmp_path / "shelf"
    source = write(tmp_path / "ccipra 2024-07-01.csv", PTP_COPY)
    imported(shelf, source)
    before = files_of(shelf)
    assert old in PTP_COPY
    write(source, PTP_COPY.replace(old, new))
    assert refusals(shelf, source) == [f"{source}:{line}: {reason}"]
    assert files_of(shelf) == before


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "reason"),
    [
        ("MUE_2026Q3.csv", MUE_OFFICIAL, "G0101,1,2", "G0101,1,4", "7: '4 Date of Service"),
        ("MUE_2026Q3.csv", MUE_OFFICIAL, "G0101,1,", "G0101,1.5,", "7: '1.5' is not a number"),
        ("MUE_2026Q3.csv", MUE_OFFICIAL, "G0101", "G010", "7: 'G010' is not a code"),
        ("MUE_2026Q3.csv", MUE_OFFICIAL, "J3301", "G0101", "8: G0101 a second time"),
        ("MUE_2026Q3.csv", MUE_OFFICIAL, ",CMS Policy", "", "9: 3 columns, the header has 4"),
        ("AOC_2024Q3.txt", AOC_FIXED, "2020001", "2023366", "3: '2023366' is not a year and day"),
        ("AOC_2024Q3.txt", AOC_FIXED, "2G2212", "5G2212", "3: '5' is not an add-on type"),
        ("AOC_2024Q3.txt", AOC_FIXED, "CCCCC       2020001", "CCC", "3: a line of 23 char"),
    ],
)
def test_other_damaged_rows_are_named_too(
    tmp_path: Path, name: str, text: str, old: str, new: str, reason: str
) -> None:
    """Nothing of such a file is taken."""
    assert old in text
    source = write(tmp_path / name, text.replace(old, new))
    (refusal,) = refusals(tmp_path / "shelf", source)
    assert refusal.startswith(f"{source}:{reason}")
    assert not (tmp_path / "shelf").exists()


@pytest.mark.parametrize("cut", [40, 200])
def test_a_cut_gz_is_refused(tmp_path: Path, cut: int) -> None:
    """Rows before the cut are not a table."""
    rows = "".join(f"A{number:04},B{number:04},*,1,x\n" for number in range(5000))
    content = gzip.compress((PTP_COPY + rows).encode())
    source = tmp_path / "ccipra 2024-07-01.csv.gz"
    source.write_bytes(content[:-cut])
    (refusal,) = refusals(tmp_path / "shelf", source)
    assert refusal.startswith(f"{source}: the compressed file is cut or damaged")
    assert not (tmp_path / "shelf").exists()


def test_empty_and_foreign_files_are_refused_and_the_others_imported(tmp_path: Path) -> None:
    """One bad file does not keep the good ones out."""
    shelf = tmp_path / "shelf"
    empty = write(tmp_path / "ccipra-v322r0.txt", "")
    header = write(tmp_path / "ccioph 2024-07-01.csv", PTP_COPY.split("\n", 1)[0] + "\n")
    foreign = write(tmp_path / "letter.txt", "Dear reader\n")
    no_zip = write(tmp_path / "ccipra.zip", "no zip")
    good = write(tmp_path / "AOC_V2024Q3.txt", AOC_FIXED)
    refused = refusals(shelf, empty, header, foreign, no_zip, good)
    assert f"{empty}: is empty" in refused
    assert f"{header}:1: no row in the file" in refused
    assert any(each.startswith(f"{foreign}: is none of the known tables") for each in refused)
    assert any(each.startswith(f"{no_zip}: the .zip is cut or damaged") for each in refused)
    assert len(refused) == 4
    assert [info.folder for info in open_shelf(shelf).snapshots()] == ["ncci-aoc@2024-07-01"]


def parts_of(folder: Path, numbers: tuple[int, ...]) -> list[Path]:
    """Write parts of a table, each with a row of its own."""
    header = "\n".join(PTP_OFFICIAL.split("\n")[:6])
    return [
        write(
            folder / f"ccipra-v322r0-f{number}.txt",
            f"{header}\n{number}0000\t00100\t\t20020101\t*\t0\tx\n",
        )
        for number in numbers
    ]


def test_the_parts_of_a_table_make_one_snapshot(tmp_path: Path) -> None:
    """CMS publishes four; together they answer for every code."""
    (found,) = imported(tmp_path / "shelf", *parts_of(tmp_path, (3, 1, 4, 2)))
    assert (found.info.rows, found.info.scope) == (4, "all")
    view = open_shelf(tmp_path / "shelf").as_of("ncci-ptp-practitioner", QUARTER_DAY)
    assert [len(view.rows((f"{part}0000", "00100"))) for part in (1, 2, 3, 4)] == [1, 1, 1, 1]
    assert view.holds("99213")


def test_the_first_parts_answer_for_their_codes_only(tmp_path: Path) -> None:
    """Beyond the last column 1 code a pair may stand in a part that is not there."""
    imported(tmp_path / "shelf", *parts_of(tmp_path, (1, 2)))
    view = open_shelf(tmp_path / "shelf").as_of("ncci-ptp-practitioner", QUARTER_DAY)
    assert view.holds("20000")
    assert not view.holds("20001")


def test_parts_with_a_gap_are_refused(tmp_path: Path) -> None:
    """What is missing in the middle cannot be told from what is not in the table."""
    (refusal,) = refusals(tmp_path / "shelf", *parts_of(tmp_path, (1, 3)))
    assert refusal.endswith("not the parts f1 to f4 of one table, each once and from the first")


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    """Not even the files: another process may have them mapped."""
    source = write(tmp_path / "ccipra-v322r0.txt", PTP_OFFICIAL)
    folder = imported(tmp_path / "shelf", source)[0].folder
    before = (files_of(tmp_path / "shelf"), folder.stat().st_ino)
    imported(tmp_path / "shelf", source)
    assert (files_of(tmp_path / "shelf"), folder.stat().st_ino) == before


def test_the_official_excerpts_are_recognised(shared_data: Path, tmp_path: Path) -> None:
    """Lines as they stand in CMS's files of 2026."""
    excerpts = shared_data / "data/official_format_excerpts"
    names = ("cci*", "MCR_MUE*", "PPRRVU*", "asp_ndc*")
    found = imported(tmp_path, *(file for name in names for file in excerpts.glob(name)))
    assert [(each.folder.name, each.info.rows) for each in found] == [
        ("ncci-ptp-practitioner@2026-07-01", 13),
        ("ncci-mue-practitioner@2026-07-01", 7),
        ("pprrvu@2026-07-01", 2),
        ("ndc-crosswalk@2026-07-01", 8),
    ]
    shelf = open_shelf(tmp_path)
    anesthesia = shelf.as_of("pprrvu", date(2026, 7, 1)).of("00100")
    assert anesthesia == ("XXX", "J", "9", "9", "9", "9", "9")
    assert shelf.as_of("ndc-crosswalk", date(2026, 9, 30)).codes("00003218713") == ("J0129",)
