"""
NCCI pairs, unit limits and add-on codes against SQL over the rows of the official tables.

The claims are drawn from rows of the full 2024Q3 tables, so that most of them are about a row,
with modifiers, days and units around what the row says. The expectation is a query over the same
rows: it knows nothing of our tables, searches or caches. `make differential` draws thousands; the
ordinary run some hundred.
"""

import sqlite3
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from scrubber.claim.model import Claim
from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.ncci_ptp import NCCI_MODIFIERS
from scrubber.reference.shelf import Shelf, open_shelf, snapshot_folders
from scrubber.reference.snapshot import open_snapshot
from tests.differential.drawing import (
    Agreement,
    Chosen,
    Json,
    compiled,
    pair_rows,
    rows_of,
    shown,
    statements,
)

SEED = 20240701
SHORT, LONG = 400, 6_000
FIRST, LAST = date(2024, 7, 1), date(2024, 9, 30)
RECEIVED = date(2024, 10, 10)
NPIS = ("1245319599", "1740293877")
#: NCCI modifiers, some that are none, and often nothing.
MODIFIERS = ("", "", "", "", "59", "XS", "XU", "25", "LT", "RT", "T5", "76", "50", "22", "TC", "GY")
PTP_FILES = {"professional": "ptp_practitioner", "institutional": "ptp_outpatient_hospital"}
SIZES = [
    pytest.param(SHORT, id="some hundred"),
    pytest.param(LONG, id="thousands", marks=pytest.mark.long),
]


@pytest.fixture(scope="module")
def ncci(shared_data: Path) -> Path:
    """Return the folder of the NCCI tables of the third quarter of 2024."""
    return shared_data / "data/ncci_2024q3"


@pytest.fixture(scope="module")
def quarter(full_reference: Path) -> Shelf:
    """
    Return the tables as imported: they answer for their quarter.

    The outpatient editor's codes are left out: days that an inpatient-only procedure denies are
    held against the editor itself, elsewhere.
    """
    return Shelf(
        [
            open_snapshot(folder)
            for folder in snapshot_folders(full_reference)
            if folder.name.startswith(("ncci-", "ioce-bill-types"))
        ]
    )


@pytest.fixture(scope="module")
def years(ncci: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Return the same tables as if they answered since 2020, to reach the days of deletion."""
    folder = tmp_path_factory.mktemp("years")
    ioce = shared_data / "data/ioce_v27_tables"
    choice = Choice(effective=date(2020, 1, 1), expires=LAST)
    names = ("pbt_map.csv", "pbt_control.csv", "version_range.csv")
    for files, chosen in (
        (sorted(ncci.glob("*.csv*")), choice),
        ([ioce / name for name in names], Choice()),
    ):
        assert all(isinstance(one, Imported) for one in import_files(files, folder, chosen))
    return open_shelf(folder)


def drawn_days(chance: Random, deletion: str, earliest: date) -> date:
    """Return a day of the quarter, or the last day of a row in force, or the day after."""
    if deletion != "*" and chance.random() < 0.8:
        last = date.fromisoformat(deletion)
        day = last + timedelta(days=chance.choice((0, 1)))
        if earliest <= day <= LAST:
            return day
    return FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))


class Lines:
    """The lines of the drawn claims, in a database."""

    def __init__(self, claims: list[Claim]) -> None:
        """Write every line, its modifiers, and its units on each day on which one begins."""
        self.db = sqlite3.connect(":memory:")
        self.db.executescript("""
            CREATE TABLE line (claim INT, number INT, code TEXT, party TEXT, first TEXT, last TEXT,
                               units INT, days INT, counts INT, medicare INT);
            CREATE TABLE modifier (claim INT, number INT, modifier TEXT, place INT);
            CREATE TABLE ncci (modifier TEXT PRIMARY KEY);
            CREATE INDEX by_claim ON line (claim, first);
            CREATE INDEX by_line ON modifier (claim, number);
        """)
        self.db.executemany("INSERT INTO ncci VALUES (?)", [(one,) for one in NCCI_MODIFIERS])
        for number, claim in enumerate(claims):
            for line in claim.lines:
                first, last = line.service_from, line.service_to
                assert first is not None
                assert last is not None
                party = "" if claim.type == "institutional" else line.rendering_npi
                counts = line.unit_type != "MJ" and "GY" not in line.modifiers
                self.db.execute(
                    "INSERT INTO line VALUES (?,?,?,?,?,?,?,?,?,?)",
                    (
                        *(number, line.number, line.procedure, party),
                        *(first.isoformat(), last.isoformat(), int(line.units or 0)),
                        *((last - first).days + 1, counts, claim.is_medicare),
                    ),
                )
                self.db.executemany(
                    "INSERT INTO modifier VALUES (?,?,?,?)",
                    [(number, line.number, one, i) for i, one in enumerate(line.modifiers)],
                )


# ---- pairs


def pair_claims(
    setting: str, ncci: Path, size: int, earliest: date
) -> tuple[list[Claim], list[tuple[str, ...]]]:
    """Return claims about drawn rows, and all rows of the table among the codes drawn."""
    chance = Random(SEED + size)
    path = ncci / f"{PTP_FILES[setting]}_2024-07-01.csv.gz"
    share = size / 2_000_000
    # Rows with a day of deletion that can be reached are drawn more often.
    chosen = list(
        pair_rows(
            path, lambda row: chance.random() < (4 * share if row[12:16] >= "2020" else share)
        )
    )
    codes = {code for row in chosen for code in row[:2]}
    claims = [_pair_claim(setting, number, chosen, chance, earliest) for number in range(size)]
    return claims, list(pair_rows(path, lambda row: row[:5] in codes and row[6:11] in codes))


def _pair_claim(
    setting: str, number: int, rows: list[tuple[str, ...]], chance: Random, earliest: date
) -> Claim:
    row = chance.choice(rows)
    day = drawn_days(chance, row[2], earliest)
    codes = [row[0], row[1]]
    if chance.random() < 0.5:  # the same code again, or codes of other rows
        codes.append(chance.choice((row[0], row[1], *chance.choice(rows)[:2])))
    chance.shuffle(codes)
    lines = []
    for at, code in enumerate(codes, 1):
        own = day if chance.random() < 0.9 else day + timedelta(days=1)
        until = own + timedelta(days=1 if chance.random() < 0.05 else 0)
        lines.append(
            {
                "number": str(at),
                "procedure": code,
                "modifiers": [m for m in chance.sample(MODIFIERS, 2) if m],
                "units": chance.choice(("1", "1", "1", "2", "0")),
                "unit_type": "UN",
                "service_from": own.isoformat(),
                "service_to": until.isoformat(),
                "rendering_provider": {"npi": NPIS[chance.random() < 0.1]},
            }
        )
    payer = "MB" if setting == "professional" else "MA"
    changes: Json = {
        "lines": lines,
        "payers[0].filing_indicator": payer if chance.random() < 0.9 else "CI",
    }
    return compiled(setting, number, changes, RECEIVED)


PAIRS = """
    WITH billed AS (
        SELECT line.*, EXISTS (
            SELECT 1 FROM modifier NATURAL JOIN ncci
            WHERE modifier.claim = line.claim AND modifier.number = line.number
        ) AS separated
        FROM line WHERE units > 0
    )
    SELECT two.claim, two.number, one.number, row.modifier, one.separated OR two.separated,
           two.medicare AND one.days = 1 AND two.days = 1,
           ROW_NUMBER() OVER (
               PARTITION BY two.claim, two.number, row.rowid ORDER BY one.separated, one.number
           )
    FROM row
    JOIN billed AS one ON one.code = row.column1
    JOIN billed AS two ON two.code = row.column2
        AND two.claim = one.claim AND two.first = one.first AND two.party = one.party
    WHERE row.modifier <> '9' AND (row.deletion = '*' OR row.deletion >= two.first)
"""


def expected_pairs(
    setting: str, claims: list[Claim], rows: list[tuple[str, ...]]
) -> Iterator[tuple[object, ...]]:
    """Yield what the official rule says of the drawn claims."""
    lines = Lines(claims)
    lines.db.execute("CREATE TABLE row (column1 TEXT, column2 TEXT, deletion TEXT, modifier TEXT)")
    lines.db.executemany("INSERT INTO row VALUES (?,?,?,?)", rows)
    lines.db.execute("CREATE INDEX by_code ON line (code)")
    never, needed = "ncci-ptp-conflict", "ncci-ptp-modifier-required"
    if setting == "institutional":
        never = needed = "ncci-ptp-hospital-conflict"
    for claim, two, one, indicator, separated, certain, rank in lines.db.execute(PAIRS):
        if rank > 1:
            continue
        severity = "reject" if certain else "review"
        if indicator == "0":
            yield claim, never, "fail", (two,), severity
        elif separated:
            yield claim, needed, "bypassed", (two, one), ""
        else:
            yield claim, needed, "fail", (two,), severity
        if indicator == "1":
            yield from _of_modifiers(setting, claims[claim], claim, two, one)


def _of_modifiers(
    setting: str, claim: Claim, number: int, two: int, one: int
) -> Iterator[tuple[object, ...]]:
    by_number = {line.number: line for line in claim.lines}
    both = [(m, at) for at in (two, one) for m in by_number[at].modifiers]
    separating = {m for m, _ in both if m in NCCI_MODIFIERS}
    if separating and separating <= {"59", "XE", "XP", "XS", "XU"}:
        yield number, "ncci-ptp-bypassed-by-modifier", "fail", (two, one), "info"
    in_vain = [at for m, at in both if m in {"22", "50", "51", "52", "76", "77"}]
    if setting == "professional" and in_vain and not separating:
        yield number, "ncci-modifier-does-not-bypass", "fail", (in_vain[0],), "warn"


PAIR_EDITS = {
    "professional": (
        "ncci-ptp-conflict",
        "ncci-ptp-modifier-required",
        "ncci-ptp-bypassed-by-modifier",
        "ncci-modifier-does-not-bypass",
    ),
    "institutional": ("ncci-ptp-hospital-conflict", "ncci-ptp-bypassed-by-modifier"),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("setting", sorted(PAIR_EDITS))
def test_pairs_are_those_of_the_official_rule(
    setting: str, size: int, ncci: Path, request: pytest.FixtureRequest
) -> None:
    """Both columns, indicators, modifiers on either line, providers and days of deletion."""
    long = size == LONG
    earliest = date(2020, 1, 2) if long else FIRST
    claims, rows = pair_claims(setting, ncci, size, earliest)
    chosen = Chosen(
        setting, PAIR_EDITS[setting], request.getfixturevalue("years" if long else "quarter")
    )
    ours = {
        one
        for number, claim in enumerate(claims)
        for one in statements(number, chosen.say(claim))
        if one[2] != "no_data"
    }
    agreement = Agreement(frozenset(ours), frozenset(expected_pairs(setting, claims, rows)))
    sys.stdout.write(shown(f"PTP {setting}", size, agreement) + "\n")
    assert len(agreement.theirs) > size / 3
    assert {kind for _, _, kind, _, _ in agreement.theirs} == {"fail", "bypassed"}
    assert agreement.precision == agreement.recall == 1.0, agreement.differences()


# ---- unit limits

MUE_FILES = {"professional": "practitioner", "institutional": "outpatient_hospital", "dme": "dme"}
MUE_EDITS = {"1": "mue-exceeded-line", "2": "mue-exceeded", "3": "mue-exceeded-clinical"}


def _unit_claim(
    setting: str, number: int, limits: dict[str, tuple[int, str]], chance: Random
) -> Claim:
    codes = chance.sample(sorted(limits), 2)
    if chance.random() < 0.7:
        codes[1] = codes[0]
    if chance.random() < 0.1:
        codes[1] = "99999"  # no such code: no row
    day = FIRST + timedelta(days=chance.randrange(80))
    lines = []
    for at, code in enumerate([codes[0], *codes[: chance.choice((1, 2))]], 1):
        value = limits.get(code, (1, ""))[0]
        days = chance.choice((1, 1, 1, 1, 2, 3))
        units = max(chance.choice((value, value + 1, value // 2, value // 2 + 1, 1)) * days, 0)
        own = day + timedelta(days=chance.choice((0, 0, 0, 1)))
        lines.append(
            {
                "number": str(at),
                "procedure": code,
                "modifiers": [m for m in chance.sample(MODIFIERS, 1) if m],
                "units": str(units + chance.choice((0, 0, 1)) * (days > 1)),
                "unit_type": "MJ" if chance.random() < 0.05 else "UN",
                "service_from": own.isoformat(),
                "service_to": (own + timedelta(days=days - 1)).isoformat(),
                "rendering_provider": {"npi": NPIS[chance.random() < 0.15]},
            }
        )
    changes: Json = {"lines": lines}
    if setting == "dme":
        changes["payers[0].payer_id"] = "17013"
    if chance.random() < 0.1:
        changes["payers[0].filing_indicator"] = "CI"
    base = "institutional" if setting == "institutional" else "professional"
    return compiled(base, number, changes, RECEIVED)


UNITS = """
    WITH a_day AS (  -- a half is rounded up
        SELECT *, (2 * units + days) / (2 * days) AS each FROM line WHERE counts
    ), begun AS (
        SELECT DISTINCT claim, code, party, first AS day FROM a_day
    )
    SELECT begun.claim, begun.day, mai, value, SUM(each), MIN(days = 1), MIN(medicare),
           GROUP_CONCAT(number)
    FROM begun
    JOIN a_day USING (claim, code, party)
    JOIN mue USING (code)
    WHERE a_day.first <= begun.day AND begun.day <= a_day.last AND mai IN ('2', '3')
    GROUP BY begun.claim, code, party, begun.day
    HAVING SUM(each) > value
"""
LINES_ABOVE = """
    SELECT claim, number, medicare FROM line JOIN mue USING (code)
    WHERE counts AND mai = '1' AND (2 * units + days) / (2 * days) > value
"""
UNLIMITED = """
    SELECT DISTINCT claim, first, medicare FROM line
    WHERE counts AND code NOT IN (SELECT code FROM mue)
"""


def expected_units(
    setting: str, claims: list[Claim], limits: dict[str, tuple[int, str]]
) -> Iterator[tuple[object, ...]]:
    """Yield what the official rule says of the drawn claims."""
    lines = Lines(claims)
    lines.db.execute("CREATE TABLE mue (code TEXT PRIMARY KEY, value INT, mai TEXT)")
    lines.db.executemany(
        "INSERT INTO mue VALUES (?,?,?)", [(code, *limit) for code, limit in limits.items()]
    )
    for claim, _, mai, _, _, one_day, medicare, numbers in lines.db.execute(UNITS):
        if mai == "3" and not medicare:
            continue  # clinical limits are for payers that follow the NCCI tables
        severity = "reject" if mai == "2" and one_day and medicare else "review"
        yield claim, MUE_EDITS[mai], "fail", tuple(sorted(map(int, numbers.split(",")))), severity
    for claim, number, medicare in lines.db.execute(LINES_ABOVE):
        severity = "reject" if medicare else "review"
        yield claim, MUE_EDITS["1"], "fail", (number,), severity
    kind = {"professional": "practitioner", "institutional": "hospital"}.get(setting, setting)
    for claim, day, medicare in lines.db.execute(UNLIMITED):
        for mai, edit in MUE_EDITS.items():
            if medicare or mai != "3":
                yield claim, edit, "no_data", f"ncci-mue-{kind}@{day}", ""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("setting", sorted(MUE_FILES))
def test_unit_limits_are_those_of_the_official_rule(
    setting: str, size: int, ncci: Path, quarter: Shelf
) -> None:
    """All three indicators and tables, around each limit, over lines, days and providers."""
    chance = Random(SEED + size)
    limits = {
        row["HCPCS/CPT Code"]: (int(row["MUE Values"]), row["MAI"])
        for row in rows_of(ncci / f"mue_{MUE_FILES[setting]}_2024-07-01.csv")
    }
    # The limits of lines are few: they are drawn as often as the others.
    lines = [code for code, limit in limits.items() if limit[1] == "1"]
    days = [code for code, limit in limits.items() if limit[1] != "1"]
    claims = []
    for number in range(size):
        among = chance.sample(lines if number % 3 == 0 else days, 2)
        claims.append(_unit_claim(setting, number, {code: limits[code] for code in among}, chance))
    claim_type = "institutional" if setting == "institutional" else "professional"
    chosen = Chosen(claim_type, MUE_EDITS.values(), quarter)
    ours = {
        (number, edit, kind, tuple(sorted(lines)) if kind == "fail" else lines, severity)
        for number, claim in enumerate(claims)
        for _, edit, kind, lines, severity in statements(number, chosen.say(claim))
    }
    agreement = Agreement(frozenset(ours), frozenset(expected_units(setting, claims, limits)))
    sys.stdout.write(shown(f"MUE {setting}", size, agreement) + "\n")
    assert {edit for _, edit, kind, _, _ in agreement.theirs if kind == "fail"} == set(
        MUE_EDITS.values()
    )
    assert agreement.precision == agreement.recall == 1.0, agreement.differences()


# ---- add-on codes

ADD_ON_EDITS = {
    "1": "add-on-without-primary",
    "2": "add-on-type-2-primary-unknown",
    "3": "add-on-type-3-primary-unlisted",
}


def _add_on_claim(setting: str, number: int, rows: list[tuple[str, ...]], chance: Random) -> Claim:
    primary, add_on, _ = chance.choice(rows)
    other = chance.choice(rows)[0]
    codes = [add_on]
    codes += chance.choice(((), (primary,), (other,), (add_on,), (primary, other)))
    codes = [code if code != "CCCCC" else "99213" for code in codes]
    day = FIRST + timedelta(days=1 + chance.randrange(80))
    lines = [
        {
            "number": str(at),
            "procedure": code,
            "units": chance.choice(("1", "1", "1", "0")),
            "service_from": own.isoformat(),
            "service_to": own.isoformat(),
            "rendering_provider": {"npi": NPIS[chance.random() < 0.15]},
        }
        for at, code in enumerate(codes, 1)
        for own in (day - timedelta(days=chance.random() < 0.15),)
    ]
    changes: Json = {"lines": lines}
    if chance.random() < 0.1:
        changes["payers[0].filing_indicator"] = "CI"
    return compiled(setting, number, changes, RECEIVED)


ADD_ONS = """
    SELECT line.claim, line.number, type, line.medicare, line.code = '99292', EXISTS (
        SELECT 1 FROM line AS past JOIN aoc ON aoc.primary_code = past.code
        WHERE past.claim = line.claim AND aoc.add_on = line.code
            AND past.first = DATE(line.first, '-1 day')
    )
    FROM line JOIN (SELECT DISTINCT add_on, type FROM aoc) AS kind ON kind.add_on = line.code
    WHERE NOT EXISTS (
        SELECT 1 FROM line AS beside
        WHERE beside.claim = line.claim AND beside.first = line.first
            AND beside.npi = line.npi AND beside.units > 0 AND beside.code <> line.code
            AND (type = '2' OR beside.code IN (
                SELECT primary_code FROM aoc
                WHERE aoc.add_on = line.code AND primary_code <> 'CCCCC'
            ))
    )
"""


def expected_add_ons(
    setting: str, claims: list[Claim], rows: list[tuple[str, ...]]
) -> Iterator[tuple[object, ...]]:
    """Yield what the official rule says of the drawn claims."""
    db = Lines(claims).db
    db.execute("ALTER TABLE line ADD npi TEXT")
    db.executemany(
        "UPDATE line SET npi = ? WHERE claim = ? AND number = ?",
        [
            (line.rendering_npi, i, line.number)
            for i, one in enumerate(claims)
            for line in one.lines
        ],
    )
    db.execute("CREATE TABLE aoc (primary_code TEXT, add_on TEXT, type TEXT)")
    db.executemany("INSERT INTO aoc VALUES (?,?,?)", rows)
    db.execute("CREATE INDEX by_add_on ON aoc (add_on)")
    for claim, number, kind, medicare, critical_care, day_before in db.execute(ADD_ONS):
        certain = (
            kind == "1"
            and medicare
            and setting == "professional"
            and not (critical_care or day_before)
        )
        yield claim, ADD_ON_EDITS[kind], "fail", (number,), "reject" if certain else "review"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("setting", ["professional", "institutional"])
def test_add_on_codes_are_those_of_the_official_rule(
    setting: str, size: int, ncci: Path, quarter: Shelf
) -> None:
    """All three types, with and without their primaries, by provider and day."""
    chance = Random(SEED + size)
    rows = [
        (row["primary_code"], row["add_on_code"], row["aoc_edit_type"])
        for row in rows_of(ncci / "aoc_2024-06-03.csv")
    ]
    by_type = {kind: [row for row in rows if row[2] == kind] for kind in "123"}
    claims = [
        _add_on_claim(setting, number, by_type["123"[number % 3]], chance) for number in range(size)
    ]
    chosen = Chosen(setting, ADD_ON_EDITS.values(), quarter)
    ours = {
        one for number, claim in enumerate(claims) for one in statements(number, chosen.say(claim))
    }
    agreement = Agreement(frozenset(ours), frozenset(expected_add_ons(setting, claims, rows)))
    sys.stdout.write(shown(f"add-on {setting}", size, agreement) + "\n")
    assert {edit for _, edit, _, _, _ in agreement.theirs} == set(ADD_ON_EDITS.values())
    assert agreement.precision == agreement.recall == 1.0, agreement.differences()
