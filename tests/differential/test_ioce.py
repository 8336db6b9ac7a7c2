"""
The edits of the outpatient editor (I/OCE) against `pyoce`, a port of CMS's own program.

`make oracle` puts the port into `.oracle/`; its data are CMS's, those of the shared tables too.
Claims are drawn from the codes of a quarter's status indicators and lists, for bills of every
version since July 2019. Where the two differ, a named reason says why; each cites its source, and
a difference without one fails.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from scrubber.claim.model import Claim, Line
from scrubber.edits.outpatient import PROGRAMS, bill_of, is_physicians
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.shelf import Shelf, open_shelf
from tests.conftest import ROOT
from tests.differential.drawing import (
    Chosen,
    Json,
    Row,
    compiled,
    pair_rows,
    rows_of,
    statements,
)

SEED = 77
SHORT, LONG = 300, 6_000
ORACLE = ROOT / ".oracle"
RECEIVED = date(2026, 6, 30)
QUARTER, QUARTER_END = date(2024, 7, 1), date(2024, 9, 30)  # of the hospital pairs
Pair = tuple[str, str]
#: Ours → the editor's numbers for the same defect.
NUMBERS = {
    "ncci-ptp-hospital-conflict": {20, 40},
    # 60 and 70 are a CA that does not hold: the procedure stays an inpatient one.
    "ioce-inpatient-only-procedure": {18, 60, 70},
    "ioce-visit-without-25": {21},
    "ioce-multiple-visits-same-day": {42},
    # 112 is a code for information only, which is not payable either.
    "ioce-code-not-payable-opps": {112, 9, 13, 28, 50, 61, 62, 72},
    "ioce-device-procedure-missing": {77, 92, 135},
    "ioce-observation-conflict": {51, 53, 58},
    "ioce-terminated-bilateral": {37},
    "ioce-screening-modifier-pt": {120},
}
OPPS_BILLS = ("12", "13", "14", "76")
SIZES = [
    pytest.param(SHORT, id="some hundred"),
    pytest.param(LONG, id="thousands", marks=pytest.mark.long),
]


class Said(NamedTuple):
    """One edit on one line."""

    claim: int
    edit: str
    line: int


class Version(NamedTuple):
    """One version of the editor, and its codes by status indicator and by list."""

    first: date
    last: date
    pools: dict[str, list[str]]


@pytest.fixture(scope="module")
def editor() -> Any:
    """Return the port of CMS's program."""
    if not (ORACLE / "pyoce").is_dir():
        pytest.skip(f"{ORACLE}/pyoce is not there: make oracle")
    sys.path.insert(0, str(ORACLE))
    try:
        return import_module("pyoce").IoceComponent()
    finally:
        sys.path.remove(str(ORACLE))


@pytest.fixture(scope="module")
def tables(shared_data: Path) -> Path:
    """Return the folder of the editor's tables."""
    return shared_data / "data/ioce_v27_tables"


@pytest.fixture(scope="module")
def shelf(tables: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Return the editor's tables, and the hospital pairs of the third quarter of 2024."""
    folder = tmp_path_factory.mktemp("ioce")
    names = (
        *("data_hcpcs.csv.gz", "pbt_map.csv", "pbt_control.csv"),
        *("map_device_procedure.csv", "version_range.csv"),
    )
    pairs = shared_data / "data/ncci_2024q3/ptp_outpatient_hospital_2024-07-01.csv.gz"
    for files in ([tables / name for name in names], [pairs]):
        assert all(isinstance(one, Imported) for one in import_files(files, folder, Choice()))
    return open_shelf(folder)


@pytest.fixture(scope="module")
def hospital_pairs(shared_data: Path) -> list[Pair]:
    """Return some pairs of the hospital table, in force or not."""
    chance = Random(SEED)
    path = shared_data / "data/ncci_2024q3/ptp_outpatient_hospital_2024-07-01.csv.gz"
    return [row[:2] for row in pair_rows(path, lambda _: chance.random() < 0.001)]


@pytest.fixture(scope="module")
def versions(tables: Path) -> list[Version]:
    """Return the versions with their codes, in order."""
    rows = list(rows_of(tables / "data_hcpcs.csv.gz"))
    pairs = list(rows_of(tables / "map_device_procedure.csv"))
    found = []
    for version in sorted(rows_of(tables / "version_range.csv"), key=lambda one: one["version"]):
        number = int(version["version"])
        started = date.fromisoformat(version["date_started"])
        pools: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if int(row["lo_version"]) <= number <= int(row["hi_version"]):
                _put(row, pools)
        for pair in pairs:
            if int(pair["lo_version"]) <= number <= int(pair["hi_version"]):
                pools["paired"] += (pair["procedure"], pair["device"])
        found.append(Version(started, started + timedelta(days=88), pools))
    return sorted(found)


def _put(row: Row, pools: dict[str, list[str]]) -> None:
    code = row["hcpcs"]
    pools[row["status_indicator"]].append(code)
    for name in (
        *("separate_procedure", "bilateral_conditional", "bilateral_independent", "vaccine"),
        *("colorectal", "device", "device_procedure", "bypass_e92_modifier"),
    ):
        if row[name] == "1":
            pools[name].append(code)
    if row["apc"] == "05041" and row["status_indicator"] == "J2":
        pools["critical"].append(code)


OPPS_EDITS = {
    *("ioce-visit-without-25", "ioce-multiple-visits-same-day", "ioce-code-not-payable-opps"),
    *("ioce-inpatient-only-procedure", "ioce-device-procedure-missing"),
}
#: What a claim is about: pools of its first lines, and modifiers that matter there.
THEMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("C", "T", "V"), ("", "CA", "RT")),
    (("separate_procedure", "T"), ("", "")),
    (("separate_procedure", "J1"), ("",)),
    (("J2", "T", "S"), ("", "", "25", "27")),
    (("V", "S"), ("", "25")),
    (("J2", "vaccine"), ("", "25")),
    (("V", "critical"), ("", "25")),
    (("J2", "J2"), ("", "27")),
    (("V", "V", "J1"), ("",)),
    (("B", "E1", "E2"), ("",)),
    (("M", "Y", "J1"), ("",)),
    (("device_procedure", "device"), ("", "", "52", "73", "74", "CG")),
    (("device_procedure",), ("", "CG", "53")),
    (("bypass_e92_modifier",), ("", "CG", "73")),
    (("paired", "paired"), ("", "73")),
    (("observation", "observation"), ("",)),
    (("observation", "J2"), ("",)),
    (("bilateral_conditional",), ("52", "73", "50", "")),
    (("bilateral_independent", "T"), ("52", "73", "50", "")),
    (("colorectal", "T"), ("PT", "PT", "")),
    (("T", "S"), ("PT", "52", "73")),
)
BILLS = ("0131", "0131", "0131", "0131", "0121", "0851")
ALSO_BILLS = ("0141", "0761", "0221", "0721")


def drawn(number: int, versions: list[Version], pairs: list[Pair], chance: Random) -> Claim:
    """Return a hospital's claim about one theme or pair, sometimes with lines of another."""
    about_pair = number % 4 == 0
    version = chance.choice(versions)
    if about_pair:
        version = next(one for one in versions if one.first == QUARTER)
    day = version.first + timedelta(days=chance.randrange(80))
    themes = [THEMES[number % len(THEMES)]]
    if about_pair:
        themes = [(("pair", "pair"), ("", "", "59", "XS", "76", "RT"))]
        version.pools["pair"] = list(chance.choice(pairs))
    if chance.random() < 0.3:
        themes.append(chance.choice(THEMES))
    lines: list[Json] = []
    for pools, modifiers in themes:
        for pool in pools:
            if chance.random() < 0.25 and lines:
                continue
            among = ["G0378", "G0379"] if pool == "observation" else version.pools.get(pool)
            if not among:
                continue
            own = day + timedelta(days=chance.random() < 0.2)
            code = chance.choice(among)
            units = chance.choice(("1", "1", "1", "2"))
            if code == "G0378":
                units = chance.choice(("6", "8", "24"))
            lines.append(
                {
                    "number": str(len(lines) + 1),
                    "procedure": code,
                    "modifiers": [m for m in {chance.choice(modifiers)} if m]
                    + (["50"] if "73" in modifiers and chance.random() < 0.3 else []),
                    "units": units,
                    "revenue_code": chance.choice(("0510", "0510", "0360", "0761", "0982")),
                    "charge": "100.00",
                    "service_from": own.isoformat(),
                }
            )
    bill = chance.choice(BILLS) if chance.random() < 0.9 else chance.choice(ALSO_BILLS)
    changes: Json = {
        "lines": lines,
        "type_of_bill": bill,
        "statement_from": day.isoformat(),
        "statement_to": (day + timedelta(days=1)).isoformat(),
        "admission.discharge_status": chance.choice(("01", "20", "02")),
        "condition_codes": [chance.choice(("G0", "41", "W2"))] if chance.random() < 0.2 else [],
    }
    return compiled("institutional", number, changes, RECEIVED)


def theirs(editor: Any, number: int, claim: Claim) -> tuple[set[Said], dict[int, set[int]]] | None:
    """
    Return what the editor says in our words, and every edit that it has on each line.

    `None` when it does not edit the claim at all.
    """
    assert claim.statement_from is not None
    assert claim.statement_to is not None
    answer = editor.process(
        {
            "claimId": str(number),
            "billType": claim.bill_type[1:],
            "oppsFlag": "1" if bill_of(claim) in OPPS_BILLS else "2",
            "age": "074",
            "sex": "2",
            "dateStarted": f"{claim.statement_from:%Y%m%d}",
            "dateEnded": f"{claim.statement_to:%Y%m%d}",
            "receiptDate": f"{RECEIVED:%Y%m%d}",
            "patientStatus": claim.admission.discharge_status,
            "conditionCodeInputList": list(claim.condition_codes),
            "principalDiagnosisCode": {"diagnosis": "E119"},
            "lineItemList": [_line(line) for line in claim.lines],
        }
    )
    if answer["processingInformation"]["returnCode"] != 0:
        return None
    edits = {
        line.number: {
            int(edit)
            for name in ("hcpcsEditList", "serviceDateEditList", "revenueEditList")
            for edit in out[name]
        }
        | {
            int(edit)
            for modifier in out["hcpcsModifierOutputList"]
            for edit in modifier.get("editList", ())
        }
        for line, out in zip(claim.lines, answer["lineItemList"], strict=True)
    }
    said = {
        Said(number, edit, at)
        for at, found in edits.items()
        for edit, numbers in NUMBERS.items()
        if found & numbers
    }
    return said, edits


def _line(line: Line) -> Json:
    return {
        "serviceDate": f"{line.service_from:%Y%m%d}",
        "hcpcs": line.procedure,
        "hcpcsModifierInputList": [{"hcpcsModifier": one} for one in line.modifiers],
        "revenueCode": line.revenue_code,
        "unitsInput": str(line.units),
        "charge": "10000",
    }


def ours(chosen: Chosen, number: int, claim: Claim) -> dict[Said, str]:
    """Return what our edits say, with its severity; an inpatient-only line is said alone."""
    found = {}
    for _, edit, kind, lines, severity in statements(number, chosen.say(claim)):
        if kind == "fail":
            own = lines[:1] if edit == "ioce-inpatient-only-procedure" else lines
            found.update({Said(number, edit, line): severity for line in own})
    return found


@pytest.mark.parametrize("size", SIZES)
def test_the_edits_are_those_of_the_outpatient_editor(
    size: int, editor: Any, shelf: Shelf, versions: list[Version], hospital_pairs: list[Pair]
) -> None:
    """Nine edits, every version since 2019, ten bill types; each difference has its reason."""
    compared = compare(size, editor, shelf, versions, hospital_pairs)
    sys.stdout.write(compared.report(size) + "\n")
    assert not compared.unexplained, "\n".join(compared.unexplained[:25])
    assert all(compared.same[edit] for edit in NUMBERS), compared.same


class Compared(NamedTuple):
    """What was the same, what differs for a known reason, and what differs."""

    same: Counter[str]
    explained: Counter[str]
    unexplained: list[str]
    left_out: int

    def report(self, size: int) -> str:
        """Return the figures."""
        agreed = sum(self.same.values())
        head = f"I/OCE: {size - self.left_out:,} claims, agreed on {agreed:,} statements"
        return "\n".join(
            (
                head,
                *(f"  {edit}: {self.same[edit]:,}" for edit in sorted(NUMBERS)),
                *(f"  {n:>6,} differ, {why}" for why, n in sorted(self.explained.items())),
            )
        )


def compare(
    size: int, editor: Any, shelf: Shelf, versions: list[Version], pairs: list[Pair]
) -> Compared:
    """Hold our edits against the editor on drawn claims."""
    chance = Random(SEED + size)
    chosen = Chosen("institutional", NUMBERS, shelf)
    result = Compared(Counter(), Counter(), [], 0)
    left_out = 0
    for number in range(size):
        claim = drawn(number, versions, pairs, chance)
        answer = theirs(editor, number, claim)
        if answer is None:
            left_out += 1
            continue
        expected, edits = answer
        found = ours(chosen, number, claim)
        result.same.update(said.edit for said in expected & set(found))
        for said in expected ^ set(found):
            severity = found.get(said, "")
            reason = reason_for(Difference(said, severity, claim, edits, shelf))
            if reason:
                who = f"ours ({severity})" if severity else "the editor's"
                result.explained[f"{said.edit}, {who}: {reason}"] += 1
            else:
                result.unexplained.append(_shown(said, severity, claim, edits))
    return result._replace(left_out=left_out)


def _shown(said: Said, severity: str, claim: Claim, edits: dict[int, set[int]]) -> str:
    lines = [
        f"{line.number}:{line.procedure}{list(line.modifiers)}x{line.units}/{line.revenue_code}"
        f"@{line.service_from:%m-%d}={sorted(edits[line.number])}"
        for line in claim.lines
    ]
    codes = list(claim.condition_codes)
    who = f"ours ({severity})" if severity else "theirs"
    return f"{who} {said.edit} line {said.line} {claim.bill_type} {claim.day} {codes} {lines}"


#: Numbers of edits that reject or deny a line (dispositions 5 and 6 of dsc_edit) and come before
#: the visits' in the editor's order: of such a line nothing else is said.
LINE_FALLS = frozenset((7, 9, 13, 17, 20, 28, 40, 45, 48, 49, 53, 64, 65, 67, 68, 69, 112, 127))
VISITS = {"ioce-visit-without-25", "ioce-multiple-visits-same-day"}


class Difference:
    """A statement that one of the two makes alone, and what is around it."""

    def __init__(
        self, said: Said, severity: str, claim: Claim, edits: dict[int, set[int]], shelf: Shelf
    ) -> None:
        """Look around the line; without a severity the statement is the editor's."""
        code = shelf.as_of("ioce", claim.day).code
        self.claim, self.edits, self.severity = claim, edits, severity
        self.edit = said.edit
        self.bill = bill_of(claim)
        self.line = next(line for line in claim.lines if line.number == said.line)
        self.statuses = {code(line.procedure).status_indicator for line in claim.lines}
        self.procedures = [
            other
            for other in claim.lines
            if other.day == self.line.day
            and (
                code(other.procedure).status_indicator in ("S", "T")
                or code(other.procedure).critical_care
            )
        ]
        self.not_ours = all(
            is_physicians(other) or code(other.procedure).vaccine for other in self.procedures
        )

    def falls(self, line: Line) -> bool:
        """Tell whether another edit has rejected or denied the line already."""
        return not self.edits[line.number].isdisjoint(LINE_FALLS)


#: Why the two may differ, the first that holds: words, the severities of ours that it may explain
#: (`""` for what the editor says alone), and the test.
REASONS: tuple[tuple[str, str, Callable[[Difference], bool]], ...] = (
    (
        "only the pairs of 2024Q3 are at hand",
        "",
        lambda it: (
            it.edit == "ncci-ptp-hospital-conflict" and not QUARTER <= it.claim.day <= QUARTER_END
        ),
    ),
    (
        "only incidental services: the editor rejects the claim as a whole (edit 27)",
        "reject review warn",
        lambda it: it.statuses <= {"N"},
    ),
    (
        "lines 096x to 098x and vaccines do not count (catalogue)",
        "",
        lambda it: it.edit == "ioce-visit-without-25" and (is_physicians(it.line) or it.not_ours),
    ),
    (
        "the payment decides whether the direct admission G0379 is packaged",
        "",
        lambda it: it.edit in VISITS and it.line.procedure == "G0379",
    ),
    (
        "the catalogue asks for OPPS bill types; the editor runs its edit on others too",
        "",
        lambda it: it.edit in OPPS_EDITS and it.bill not in ("12", "13", "14"),
    ),
    (
        "the visit's or the procedure's line is rejected by another edit already",
        "reject review",
        lambda it: (
            it.edit == "ioce-visit-without-25"
            and (it.falls(it.line) or all(map(it.falls, it.procedures)))
        ),
    ),
    (
        "the payment decides whether J2 is a visit: a person looks (catalogue)",
        "review",
        lambda it: (
            it.edit in VISITS
            and ("J1" in it.statuses or any(x.procedure == "G0378" for x in it.claim.lines))
        ),
    ),
    (
        "a device without its procedure is edit 77, which has no codes in the port",
        "warn",
        lambda it: it.edit == "ioce-device-procedure-missing" and it.line.procedure.startswith("C"),
    ),
    (
        "the payment decides whether a conditionally packaged code is comprehensive",
        "warn",
        lambda it: (
            it.edit == "ioce-code-not-payable-opps"
            and not it.statuses.isdisjoint(("Q1", "Q2", "Q3"))
        ),
    ),
    (
        "pbt_control runs the edits on the bill type, the port's path is shorter",
        "review warn",
        lambda it: (
            it.bill == "14"
            or (it.bill == "12" and it.edit == "ioce-multiple-visits-same-day")
            or (it.bill in ("34", "73", "75", "76") and it.edit == "ioce-terminated-bilateral")
        ),
    ),
    (
        "a person looks where the editor does not return PT or G0378",
        "review",
        lambda it: (
            it.edit in ("ioce-screening-modifier-pt", "ioce-observation-conflict")
            and (
                it.bill not in ("12", "13", "85")
                or not PROGRAMS.isdisjoint(it.claim.condition_codes)
            )
        ),
    ),
)


def reason_for(difference: Difference) -> str:
    """Return why the two may differ on a line, `""` for no known reason."""
    for words, severities, holds in REASONS:
        if difference.severity in severities.split(" ") and holds(difference):
            return words
    return ""
