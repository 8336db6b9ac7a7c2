"""The coverage database's CSV export is joined: articles, their states, and who wrote them."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from scrubber.reference.importers import mcd_export
from scrubber.reference.importers.load import Choice
from scrubber.reference.shelf import Shelf
from tests.reference.snapshots import imported, refusals, shelf_of

DAY = date(2026, 10, 5)
CHOICE = Choice(effective=date(2026, 10, 1))

#: Columns as published, some left out; the rows are made up but for states and types.
EXPORT = {
    "article.csv": """\
article_id,article_version,article_type,title,article_eff_date,article_end_date,status,article_rev_end_date,date_retired,display_id
90001,3,6,"Billing and Coding: One, with a comma",2026-01-01 00:00:00,,A,,,A90001
90002,1,6,Two,2026-02-01 00:00:00,2026-09-30 00:00:00,R,,2026-10-02 00:00:00,A90002
90003,1,6,Proposed,2027-01-01 00:00:00,,P,,,A90003
90004,2,6,Of a part of a state,2026-01-01 00:00:00,,A,,,A90004
""",
    "article_x_hcpc_code.csv": """\
article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,last_updated
90001,3,G0289,2026,1,,2026-01-01
90001,2,G0290,2025,1,,2025-01-01
90002,1,G0289,2026,1,N,2026-01-01
90003,1,G0289,2026,1,,2026-01-01
90004,2,G0289,2026,1,,2026-01-01
""",
    "article_x_hcpc_code_group.csv": """\
article_id,article_version,hcpc_code_group,paragraph,last_updated
90001,3,1,N/A,2026-01-01
""",
    "article_x_icd10_covered.csv": """\
article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,range,last_updated,sort_order,description,asterisk
90001,3,m17.11,2026,1,,2026-01-01,1,caf\xe9,N
90001,3,Z09,2026,2,,2026-01-01,2,x,Y
""",
    "article_x_icd10_covered_group.csv": """\
article_id,article_version,icd10_covered_group,paragraph,last_updated,icd10_covered_ast
90001,3,1,"<p>One code of Group 1
and one of Group 2 must be billed.</p>",2026-01-01,
90001,3,2,,2026-01-01,*Only after surgery
""",
    "article_x_icd10_noncovered.csv": """\
article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group,range,last_updated,sort_order,description
90001,3,XX000,2026,1,,2026-01-01,1,x
""",
    "article_x_contractor.csv": """\
article_id,article_version,article_type,contractor_id,contractor_type_id,contractor_version,last_updated
90001,3,6,10,9,1,2026-01-01
90001,3,6,11,8,1,2026-01-01
90002,1,6,10,9,1,2026-01-01
90004,2,6,12,9,1,2026-01-01
""",
    "contractor.csv": """\
contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number
10,9,1,First Contractor,13202
11,8,1,First Contractor,13201
12,9,1,Second Contractor,13292
13,10,1,Third Contractor,16013
""",
    "contractor_jurisdiction.csv": """\
contractor_id,contractor_type_id,contractor_version,state_id,last_updated,active_date,term_date
10,9,1,51,2026-01-01,2013-01-18 00:00:00,
10,9,1,63,2026-01-01,2013-01-18 00:00:00,
10,9,1,65,2026-01-01,2013-01-18 00:00:00,
11,8,1,51,2026-01-01,2013-01-18 00:00:00,2026-10-31 00:00:00
12,9,1,64,2026-01-01,2013-01-18 00:00:00,
13,10,1,60,2026-01-01,2013-01-18 00:00:00,
""",
    "contractor_type_lookup.csv": """\
contractor_type_id,description
8,MAC - Part A
9,MAC - Part B
10,DME MAC
11,A and B and HHH MAC
12,Carrier
13,RHHI
""",
    "state_lookup.csv": """\
state_id,state_abbrev,description
41,NY,New York - Entire State
51,TX,Texas
60,CNMI,Northern Mariana Islands
63,DN,New York - Downstate
64,QN,New York - Queens
65,UN,New York - Upstate
""",
}


def export(folder: Path, tables: dict[str, str], name: str = "current_article.zip") -> Path:
    """Return an export: a zip within a zip, beside a document that nobody reads."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, text in tables.items():
            archive.writestr(table, text.encode("latin-1"))
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("article data dictionary.pdf", b"%PDF")
        archive.writestr("current_article_csv.zip", inner.getvalue())
    return path


def shelf(folder: Path, *more: Path) -> Shelf:
    """Return the shelf of the export."""
    return shelf_of(folder / "ref", export(folder, EXPORT), *more, choice=CHOICE)


def test_the_tables_become_articles_of_their_states(tmp_path: Path) -> None:
    """The version of the codes is the article's; a part of Medicare goes with the state."""
    view = shelf(tmp_path).as_of("coverage-articles", DAY)
    (one,) = view.find("G0289", "TX", "B").articles
    assert (one.display_id, one.version) == ("A90001", "3")
    assert one.states == {"TX/A", "TX/B"}
    assert one.partly == {"NY/B"}
    assert one.covered == {"1": {"M1711"}, "2": {"Z09"}}
    assert one.asterisked == {"Z09"}
    assert one.noncovered_wildcard
    assert one.open == ("covered 1",)
    assert (one.effective, one.expires) == (date(2026, 1, 1), None)
    assert not view.names("G0290")
    assert view.find("G0289", "TX", "HHH").articles == ()


def test_a_retired_article_holds_to_its_last_day(tmp_path: Path) -> None:
    """The earliest of its ends; a proposed one holds never."""
    path = export(tmp_path, EXPORT)
    choice = Choice(effective=date(2026, 9, 1))
    found = shelf_of(tmp_path / "ref", path, choice=choice)

    def ids(day: date) -> list[str]:
        view = found.as_of("coverage-articles", day)
        return [one.display_id for one in view.find("G0289", "TX", "B").articles]

    assert ids(date(2026, 9, 30)) == ["A90001", "A90002"]
    found = shelf(tmp_path)
    assert ids(date(2026, 10, 1)) == ["A90001"]


def test_a_state_that_contractors_share_is_of_another_place(tmp_path: Path) -> None:
    """Downstate and Upstate are not all of New York, Queens alone is less."""
    view = shelf(tmp_path).as_of("coverage-articles", DAY)
    found = view.find("G0289", "NY", "B")
    assert (found.articles, found.of_another_place) == ((), True)
    whole = EXPORT | {
        "contractor_jurisdiction.csv": EXPORT["contractor_jurisdiction.csv"].replace(
            "12,9,1,64", "10,9,1,64"
        )
    }
    whole["article_x_contractor.csv"] = "\n".join(
        line for line in EXPORT["article_x_contractor.csv"].splitlines() if "90004" not in line
    )
    again = shelf_of(tmp_path / "whole", export(tmp_path, whole), choice=CHOICE)
    found = again.as_of("coverage-articles", DAY).find("G0289", "NY", "B")
    assert [one.display_id for one in found.articles] == ["A90001"]


def test_contractors_are_a_table_of_their_own(tmp_path: Path) -> None:
    """Who serves a state on a day, for each part of Medicare."""
    found = shelf(tmp_path)
    view = found.as_of("contractor-jurisdiction", DAY)
    assert view.contractors("TX", "B") == {"First Contractor"}
    assert view.contractors("NY", "B") == {"First Contractor", "Second Contractor"}
    assert view.contractors("MP", "DME") == {"Third Contractor"}
    assert view.contractors("NE", "B") == frozenset()
    assert view.contractors("TX", "A") == {"First Contractor"}
    later = found.as_of("contractor-jurisdiction", date(2026, 11, 1))
    assert later.contractors("TX", "A") == frozenset()
    assert view.covers(date(2026, 12, 31))
    assert not view.covers(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("MAC - Part A", ("A",)),
        ("MAC - Part B", ("B",)),
        ("DME MAC", ("DME",)),
        ("DMERC", ("DME",)),
        ("HHH MAC", ("HHH",)),
        ("A and B MAC", ("A", "B")),
        ("A and B and HHH MAC", ("A", "B", "HHH")),
        ("Carrier", ("B",)),
        ("FI", ("A",)),
        ("RHHI", ("HHH",)),
        ("PSC", ()),
    ],
)
def test_a_type_of_contractor_serves_parts(words: str, parts: tuple[str, ...]) -> None:
    """In the database's words."""
    assert mcd_export._parts(words) == parts


def test_entries_of_ones_own_count_too(tmp_path: Path) -> None:
    """A file of article logic in the same call settles what the prose says."""
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "what: article-logic\narticles:\n  - article: A90001\n    source: made up\n"
        "    checked: '2026-11-26'\n    supports:\n      - groups: ['1', '2']\n        at: covered 1\n"
        "        words: One code of Group 1 and one of Group 2 must be billed.\n",
        encoding="utf-8",
    )
    (one,) = shelf(tmp_path, mine).as_of("coverage-articles", DAY).find("G0289", "TX", "B").articles
    assert (one.alternatives, one.open) == ((("1", "2"),), ())
    mine.write_text("what: article-logic\narticles: [{article: x}]\n", encoding="utf-8")
    (refused,) = refusals(tmp_path / "other", export(tmp_path, EXPORT), mine, choice=CHOICE)
    assert "articles[0].article: " in refused


@pytest.mark.parametrize(
    ("table", "found", "put", "reason"),
    [
        ("article_x_contractor.csv", "6,10,9", "6,99,9", "contractor 99/9/1 is in no jurisdiction"),
        ("contractor_jurisdiction.csv", "1,51,", "1,52,", "a state or contractor type that its table does not have"),
        ("article_x_hcpc_code.csv", "1,,2026", "1,B,2026", "is the end of a range, which is not read"),
        ("article.csv", ",A,", ",P,", "no article in the file"),
        ("article.csv", "2026-01-01 00", "2026-13-01 00", "is not a day of the calendar"),
        ("article_x_icd10_noncovered.csv", None, None, "the table with article_id, article_version, icd10_code_id, icd10_noncovered_group is not among the files: give the whole export"),
        ("state_lookup.csv", None, None, "the table with state_id, state_abbrev, description is not among the files: give the whole export"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_refused(
    tmp_path: Path, table: str, found: str | None, put: str | None, reason: str
) -> None:
    """Nothing of the articles is taken then."""
    tables = dict(EXPORT)
    if found is None or put is None:
        del tables[table]
    else:
        assert found in tables[table]
        tables[table] = tables[table].replace(found, put)
    if table == "article.csv" and put == ",P,":
        tables[table] = tables[table].replace(",R,", ",P,")
    faults = refusals(tmp_path / "ref", export(tmp_path, tables), choice=CHOICE)
    assert any(reason in fault for fault in faults), faults
    assert not (tmp_path / "ref" / "coverage-articles@2026-10-01").exists()


def test_single_tables_are_read_as_well(tmp_path: Path) -> None:
    """Unpacked, with a byte-order mark, in any order."""
    paths = []
    for name, text in EXPORT.items():
        if name != "article_x_hcpc_code_group.csv":
            paths.append(tmp_path / name)
            paths[-1].write_bytes(b"\xef\xbb\xbf" + text.encode())
    folders = [one.folder.name for one in imported(tmp_path / "ref", *paths[::-1], choice=CHOICE)]
    assert sorted(folders) == ["contractor-jurisdiction@2026-10-01", "coverage-articles@2026-10-01"]


def test_the_official_columns_are_those_that_are_read(shared_data: Path) -> None:
    """Each table is known by columns that the published header has."""
    path = shared_data / "data/official_format_excerpts/mcd_csv_headers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        headers = {
            row["file"]: row["header_verbatim"]
            for row in csv.DictReader(file)
            if row["dataset"] == "current_article"
        }
    for name in EXPORT:
        head = f"{headers[name]}\r\n".encode()
        known = mcd_export.recognises_articles(head), mcd_export.recognises_contractors(head)
        expected = (name.startswith("article"), not name.startswith("article"))
        assert known == ((False, False) if name == "article_x_hcpc_code_group.csv" else expected)
        columns = EXPORT[name].split("\n", 1)[0].split(",")
        assert set(columns) <= set(headers[name].split(","))
    others = set(headers) - set(EXPORT)
    recognised = [
        name
        for name in others
        if mcd_export.recognises_articles(headers[name].encode())
        or mcd_export.recognises_contractors(headers[name].encode())
    ]
    assert recognised == []
