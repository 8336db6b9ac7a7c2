"""The edits of the fee schedule agree with SQL over the official rows, on 6,000 lines."""

import csv
import gzip
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scrubber.claim.model import Claim
from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from scrubber.edits.verdict import Fail, NoData
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.shelf import Shelf, open_shelf
from tests.twins import claim_of

LINES_OF_A_CLAIM = 50
CLAIMS = 120
MODIFIERS = ("", "25", "26", "50", "54", "55", "56", "62", "66", "80", "81", "82", "AS", "GY", "TC")
PLACES = ("11", "19", "21", "22", "23", "24", "26", "31", "34", "51", "52", "56", "61")
COLUMNS = (
    *("hcpcs", "mod", "date_start", "date_end", "status_code", "pctc_ind", "glob_days"),
    *("bilat_surg", "asst_surg", "co_surg", "team_surg"),
)

#: Edit → when it fails (or review, or bypassed), and when it needs a row; over lines and rows.
RULES = {
    "procedure-not-payable-medicare": (
        (
            "payer = 'MB' AND status_code IN ('I','N','B','P','M') "
            "AND NOT (status_code = 'N' AND modifier = 'GY')"
        ),
        "payer = 'MB'",
    ),
    "modifier-50-not-allowed": (
        "modifier = '50' AND payer = 'MB' AND bilat_surg IN ('0','2','9')",
        "modifier = '50' AND payer = 'MB'",
    ),
    "component-modifier-not-allowed": (
        (
            "status_code NOT IN ('C','R') AND ((modifier = '26' AND pctc_ind NOT IN ('1','6')) "
            "OR (modifier = 'TC' AND pctc_ind <> '1'))"
        ),
        "modifier IN ('26','TC')",
    ),
    "professional-component-missing-in-facility": (
        "pctc_ind = '1' AND place NOT IN ('11','24') AND modifier NOT IN ('26','TC')",
        "place NOT IN ('11','24') AND modifier NOT IN ('26','TC')",
    ),
    "technical-component-in-facility": (
        "place IN ('19','21','22','23','31') AND (modifier = 'TC' OR pctc_ind = '3')",
        "place IN ('19','21','22','23','31') AND modifier <> 'TC'",
    ),
    "incident-to-in-facility": (
        "place IN ('19','21','22','23') AND pctc_ind = '5'",
        "place IN ('19','21','22','23')",
    ),
    "assistant-surgeon-not-allowed": (
        "modifier IN ('80','81','82','AS') AND asst_surg <> '2'",
        "modifier IN ('80','81','82','AS')",
    ),
    "co-surgeon-not-allowed": ("modifier = '62' AND co_surg <> '2'", "modifier = '62'"),
    "team-surgeon-not-allowed": ("modifier = '66' AND team_surg <> '2'", "modifier = '66'"),
    "split-care-modifier-without-global": (
        "modifier IN ('54','55','56') AND glob_days NOT IN ('010','090','YYY')",
        "modifier IN ('54','55','56')",
    ),
}

Answers = set[tuple[int, int]]


@pytest.fixture(scope="module")
def official(shared_data: Path) -> sqlite3.Connection:
    """Return the rows of 2024 as they are published."""
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE TABLE row ({', '.join(COLUMNS)})")
    (path,) = (shared_data / "data" / "pprrvu").glob("*2024*.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        base.executemany(
            f"INSERT INTO row VALUES ({', '.join('?' * len(COLUMNS))})",
            ([record[name] for name in COLUMNS] for record in csv.DictReader(file)),
        )
    base.execute("CREATE INDEX by_code ON row (hcpcs)")
    base.execute("CREATE TABLE line (claim, number, code, modifier, place, payer, day)")
    codes = [code for (code,) in base.execute("SELECT DISTINCT hcpcs FROM row ORDER BY hcpcs")]
    rng = Random(20241)
    for claim in range(CLAIMS):
        payer = rng.choice(("MB", "MB", "CI"))
        # Now and then a code of no release, and one that has a row for its part 26 alone.
        lines = [
            (
                *(claim, number, rng.choice(codes if rng.random() < 0.96 else ("Z9999", "86153"))),
                *(rng.choice(MODIFIERS), rng.choice(PLACES), payer),
                (date(2024, 1, 1) + timedelta(rng.randrange(274))).isoformat(),
            )
            for number in range(1, LINES_OF_A_CLAIM + 1)
        ]
        base.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)", lines)
    return base


@pytest.fixture(scope="module")
def shelf(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Return the imported schedule of the year."""
    folder = tmp_path_factory.mktemp("schedule")
    files = sorted((shared_data / "data" / "pprrvu").glob("*2024*.csv.gz"))
    assert all(isinstance(one, Imported) for one in import_files(files, folder, Choice()))
    return open_shelf(folder)


def said_by_sql(base: sqlite3.Connection, edit_id: str) -> tuple[Answers, Answers]:
    """Return which lines fail, and which the schedule says nothing of."""
    fails, needs = RULES[edit_id]
    join = (
        "FROM line LEFT JOIN row ON hcpcs = code AND day BETWEEN date_start AND date_end AND mod ="
        " (SELECT min(mod) FROM row AS part"
        " WHERE part.hcpcs = row.hcpcs AND part.date_start = row.date_start)"
    )
    failing = base.execute(f"SELECT claim, number {join} WHERE {fails}").fetchall()
    lacking = base.execute(f"SELECT claim, number {join} WHERE hcpcs IS NULL AND {needs}")
    return set(failing), set(lacking)


def said_by_edits(base: sqlite3.Connection, shelf: Shelf, edit: Edit) -> tuple[Answers, Answers]:
    """Return what the edit says of the same lines."""
    failing: Answers = set()
    lacking: Answers = set()
    for number in range(CLAIMS):
        rows = base.execute("SELECT * FROM line WHERE claim = ? ORDER BY number", (number,))
        claim = claim_of_rows(rows.fetchall())
        for line in claim.lines:
            table = shelf.as_of("pprrvu", line.day)
            given = (
                (claim, line, table) if edit.params is None else (claim, line, table, edit.params)
            )
            verdict = edit.function(*given)
            if isinstance(verdict, Fail):
                failing.add((number, line.number))
            elif isinstance(verdict, NoData):
                lacking.add((number, line.number))
    return failing, lacking


def claim_of_rows(rows: list[tuple[Any, ...]]) -> Claim:
    """Return a professional claim of the lines."""
    lines = [
        {
            "number": str(number),
            "procedure": code,
            "modifiers": [modifier] if modifier else [],
            "place_of_service": place,
            "service_from": day,
        }
        for _, number, code, modifier, place, _, day in rows
    ]
    spec = {"with": {"payers[0].filing_indicator": rows[0][5], "lines": lines}}
    return claim_of("professional", spec, "p-1", "2024-10-15")


@pytest.mark.parametrize("edit_id", sorted(RULES))
def test_an_edit_says_what_sql_says_of_the_official_rows(
    official: sqlite3.Connection, shelf: Shelf, edit_id: str
) -> None:
    """Precision and recall of 1.0, for complaints and for what cannot be answered."""
    edit = next(edit for edit in all_edits() if edit.id == edit_id)
    failing, lacking = said_by_sql(official, edit_id)
    assert failing
    assert lacking
    assert said_by_edits(official, shelf, edit) == (failing, lacking)
