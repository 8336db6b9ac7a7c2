"""
NPI, Medicare id and taxonomy against formulations of their own: thousands of made-up values.

Each value goes into a claim, through decoder, compiler and engine; what the edit says is held
against the publisher's rule, written down another way. Any difference fails: precision and
recall are 1.
"""

import csv
import string
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from scrubber.edits.registry import all_edits
from scrubber.edits.results import Results
from scrubber.edits.verdict import Fail
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.shelf import Shelf, open_shelf
from tests.twins import claim_of

VALUES = 6_000
DIGITS = string.digits
LETTERS = string.ascii_uppercase


class Asked:
    """One edit, asked about claims that differ in one field."""

    def __init__(self, edit_id: str, path: str, shelf: Shelf | None = None) -> None:
        """Bind the edit and the field."""
        edit = next(edit for edit in all_edits() if edit.id == edit_id)
        pack = PayerPack("differential@1", False, {}, {}, {})
        self._plan = Plan("professional", pack, (edit,), shelf or Shelf.of_rows({}))
        self._path = path

    def about(self, value: str, received: date = date(2024, 8, 20)) -> Results:
        """Return what the edit says of the value."""
        claim = claim_of("professional", {"with": {self._path: value}}, "d-1", received.isoformat())
        return run(self._plan, claim, None)


def result(results: Results) -> str:
    """Return fail, no_data or pass."""
    if any(isinstance(one.verdict, Fail) for one in results.said):
        return "fail"
    return "no_data" if results.lacking.by_edit else "pass"


def check_digit(nine: str) -> str:
    """
    CMS, *Requirements for NPI and NPI Check Digit*, step by step.

    Double the value of alternate digits beginning with the rightmost; add the digits of the
    products, the digits that were not doubled, and 24; subtract from the next higher number
    ending in zero.
    """
    doubled = "".join(str(2 * int(digit)) for digit in nine[::-2])
    total = 24 + sum(map(int, doubled)) + sum(map(int, nine[-2::-2]))
    return str((total // 10 + 1) * 10 - total)[-1]


def npis(rng: Random) -> list[str]:
    """Valid numbers, and each of them mistyped in some way."""
    values = []
    while len(values) < VALUES:
        nine = rng.choice("12") + "".join(rng.choices(DIGITS, k=8))
        valid = nine + check_digit(nine)
        at = rng.randrange(10)
        swapped = list(valid)
        swapped[at - 1], swapped[at] = swapped[at], swapped[at - 1]
        values += [
            valid,
            valid[:at] + rng.choice(DIGITS) + valid[at + 1 :],
            "".join(swapped),
            rng.choice("03456789") + valid[1:],
            valid[:-1] if at % 2 else valid + rng.choice(DIGITS),
            valid[:at] + rng.choice(LETTERS + " -.٣") + valid[at + 1 :],
            "".join(rng.choices(DIGITS, k=10)),
        ]
    return values


def test_npis_are_judged_as_the_specification_computes_them() -> None:
    """Ten digits, 1 or 2 first, the check digit last; blanks around are no part of it."""
    asked = Asked("billing-npi-invalid", "billing_provider.npi")
    counted: Counter[str] = Counter()
    for value in npis(Random(1)):
        npi = value.strip()
        valid = (
            len(npi) == 10
            and set(npi) <= set(DIGITS)
            and npi[0] in "12"
            and npi[9] == check_digit(npi[:9])
        )
        said = result(asked.about(value))
        counted[said] += 1
        assert said == ("pass" if valid else "fail"), value
    assert min(counted["pass"], counted["fail"]) > 1_000


#: *Understanding the Medicare Beneficiary Identifier Format*, a line for each position.
MBI_POSITIONS = (
    "numeric 1 thru 9",
    "alphabetic",
    "alphanumeric",
    "numeric",
    "alphabetic",
    "alphanumeric",
    "numeric",
    "alphabetic",
    "alphabetic",
    "numeric",
    "numeric",
)
MBI_ALPHABETIC = set(LETTERS) - set("SLOIBZ")
MBI_SETS = {
    "numeric 1 thru 9": set(DIGITS) - {"0"},
    "numeric": set(DIGITS),
    "alphabetic": MBI_ALPHABETIC,
    "alphanumeric": MBI_ALPHABETIC | set(DIGITS),
}


def first_bad_position(member_id: str) -> int:
    """Return the first position that has another character than it may, 0 for none."""
    for at, kind in enumerate(MBI_POSITIONS):
        if member_id[at : at + 1] not in MBI_SETS[kind]:
            return at + 1
    return 12 if len(member_id) > 11 else 0


def medicare_ids(rng: Random) -> list[str]:
    """Valid ids, and each of them changed at a position, in length, or in how it is written."""
    values = []
    while len(values) < VALUES:
        valid = "".join(rng.choice(sorted(MBI_SETS[kind])) for kind in MBI_POSITIONS)
        at = rng.randrange(11)
        values += [
            valid,
            valid[:at] + rng.choice(DIGITS + LETTERS) + valid[at + 1 :],
            valid[:at] + rng.choice("SLOIBZ0") + valid[at + 1 :],
            valid[:at] + valid[at + 1 :],
            valid + rng.choice(DIGITS + LETTERS),
            f"{valid[:4]}-{valid[4:7]}-{valid[7:]}",
            valid.lower(),
            "".join(rng.choices(DIGITS, k=9)) + rng.choice("ABCD"),
        ]
    return values


def test_medicare_ids_are_judged_by_the_eleven_positions() -> None:
    """Hyphens and case aside; the message names the first position that is wrong."""
    asked = Asked("mbi-format-invalid", "payers[0].subscriber.member_id")
    counted: Counter[str] = Counter()
    for value in medicare_ids(Random(2)):
        position = first_bad_position(value.replace("-", "").upper())
        said = asked.about(value)
        counted[result(said)] += 1
        found = [
            one.verdict.evidence["position"] for one in said.said if isinstance(one.verdict, Fail)
        ]
        assert found == ([position] if position else []), value
    assert min(counted["pass"], counted["fail"]) > 1_000


#: Release and the half-year in which it is the current one.
RELEASES = {
    "230": (date(2023, 1, 1), date(2023, 6, 30)),
    "250": (date(2025, 1, 1), date(2025, 6, 30)),
    "251": (date(2025, 7, 1), date(2025, 12, 31)),
}


@pytest.fixture(scope="module")
def taxonomies(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, set[str]], Shelf]:
    """Return the codes of each official release by a plain reading, and the shelf of all."""
    folder = shared_data / "data" / "nucc_taxonomy"
    plain = {}
    for release in RELEASES:
        encoding = "cp1252" if release == "230" else "utf-8-sig"
        path = folder / f"nucc_taxonomy_{release}.csv"
        with path.open(encoding=encoding, newline="") as file:
            plain[release] = {row["Code"] for row in csv.DictReader(file)}
    into = tmp_path_factory.mktemp("taxonomy")
    done = list(import_files(sorted(folder.glob("*.csv")), into, Choice()))
    assert all(isinstance(one, Imported) for one in done)
    return plain, open_shelf(into)


def test_taxonomies_are_judged_by_the_set_of_all_releases(
    taxonomies: tuple[dict[str, set[str]], Shelf],
) -> None:
    """Malformed fails, known passes, unknown fails only while a loaded release is current."""
    plain, shelf = taxonomies
    known = set().union(*plain.values())
    asked = Asked("taxonomy-code-invalid", "billing_provider.taxonomy", shelf)
    rng = Random(3)
    ordered = sorted(known)
    counted: Counter[str] = Counter()
    for number in range(VALUES):
        code = rng.choice(ordered)
        at = rng.randrange(10)
        value = (
            code,
            code[:at] + rng.choice(DIGITS + LETTERS) + code[at + 1 :],
            code[:at] + rng.choice("-. É") + code[at + 1 :],
            code[:-1],
            code.lower(),
            "".join(rng.choices(DIGITS + LETTERS, k=9)) + "X",
        )[number % 6]
        received = date(2022, 7, 1) + timedelta(days=rng.randrange(1_600))
        judged = value.strip().upper()
        expected = "no_data"
        if len(judged) != 10 or not set(judged) <= set(DIGITS + LETTERS):
            expected = "fail"
        elif judged in known:
            expected = "pass"
        elif any(first <= received <= last for first, last in RELEASES.values()):
            expected = "fail"
        said = result(asked.about(value, received))
        counted[said] += 1
        assert said == expected, (value, received)
    assert min(counted.values()) > 300
    assert set(counted) == {"fail", "no_data", "pass"}


def test_the_sections_are_those_of_the_newest_release(
    shared_data: Path, taxonomies: tuple[dict[str, set[str]], Shelf]
) -> None:
    """Every code is a person's, a group's of persons, or another organization's."""
    view = taxonomies[1].as_of("taxonomy", date(2025, 8, 1))
    path = shared_data / "data/nucc_taxonomy/nucc_taxonomy_251.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter(view.section(row["Code"]) for row in rows) == {
        "Individual": 698,
        "Non-Individual": 185,
    }
    assert all(view.section(row["Code"]) == row["Section"] for row in rows)
