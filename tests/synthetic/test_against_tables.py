"""Clean claims are clean, and planted code defects are real, by plain scans of the full tables."""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from scrubber.synthetic import SyntheticClaim, generate

Json = dict[str, Any]
Row = dict[str, str]
QUARTER = 96  # I/OCE version of 2024-07-01 to 2024-09-30
LEVEL_II = re.compile("[A-CE-V][0-9]{4}")


def table(path: Path) -> Iterator[Row]:
    """The rows of a table, gzipped or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def in_quarter(row: Row) -> bool:
    """Whether an I/OCE row is in force in the third quarter of 2024."""
    return int(row["lo_version"]) <= QUARTER <= int(row["hi_version"])


@pytest.fixture(scope="module")
def claims() -> list[SyntheticClaim]:
    """Four thousand claims."""
    return list(generate(4_000, 21))


@pytest.fixture(scope="module")
def clean(claims: list[SyntheticClaim]) -> list[Json]:
    """The clean ones among them."""
    return [claim.event["claim"] for claim in claims if claim.defect is None]


def planted(claims: list[SyntheticClaim], edit: str) -> list[Json]:
    """The claims with this defect."""
    found = [claim.event["claim"] for claim in claims if claim.defect == edit]
    assert found
    return found


def procedures(claims: list[SyntheticClaim]) -> set[str]:
    """Every procedure of the claims."""
    return {
        line["procedure"]
        for claim in claims
        for line in claim.event["claim"]["lines"]
        if "procedure" in line
    }


class Ncci:
    """The rows of NCCI that concern the codes at hand."""

    def __init__(self, folder: Path, codes: set[str]) -> None:
        """Scan every table once."""
        self.pairs = {
            "professional": self._pairs(folder / "ptp_practitioner_2024-07-01.csv.gz", codes),
            "institutional": self._pairs(
                folder / "ptp_outpatient_hospital_2024-07-01.csv.gz", codes
            ),
        }
        self.limits = {
            "professional": self._limits(folder / "mue_practitioner_2024-07-01.csv"),
            "institutional": self._limits(folder / "mue_outpatient_hospital_2024-07-01.csv"),
        }
        self.primaries = defaultdict(set)
        for row in table(folder / "aoc_2024-06-03.csv"):
            self.primaries[row["add_on_code"]].add(row["primary_code"])
        modifiers = table(folder.parent / "ioce_v27_tables" / "data_modifier.csv")
        self.modifiers = {row["modifier"] for row in modifiers if row["ncci"] == "1"}
        assert len(self.modifiers) == 44

    @staticmethod
    def _pairs(path: Path, codes: set[str]) -> dict[tuple[str, str], str]:
        pairs = {}
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                first, second, deletion, indicator, _ = line.split(",", 4)
                in_force = deletion == "*" or deletion >= "20240930"
                if first in codes and second in codes and in_force and indicator != "9":
                    pairs[first, second] = indicator
        return pairs

    @staticmethod
    def _limits(path: Path) -> dict[str, int]:
        return {row["HCPCS/CPT Code"]: int(row["MUE Values"]) for row in table(path)}

    def faults(self, claim: Json) -> set[str]:
        """What NCCI has against a claim, as edit and code."""
        kind = claim["type"]
        if kind == "dental" or claim.get("type_of_bill") == "0111":
            return set()
        days = defaultdict(list)
        for line in claim["lines"]:
            if "procedure" in line:
                days[line["service_from"]].append(line)
        return {fault for lines in days.values() for fault in self._day(kind, lines)}

    def _day(self, kind: str, lines: list[Json]) -> Iterator[str]:
        for one, other in permutations(lines, 2):
            indicator = self.pairs[kind].get((one["procedure"], other["procedure"]))
            separated = self.modifiers & {*one["modifiers"], *other["modifiers"]}
            if indicator == "0" or (indicator == "1" and not separated):
                yield f"pair {indicator} {one['procedure']} {other['procedure']}"
        units: dict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            units[line["procedure"]] += Decimal(line["units"])
        for code, sum_of_units in units.items():
            if sum_of_units > self.limits[kind].get(code, 10**9):
                yield f"units {code}"
            primaries = self.primaries.get(code, {code})
            if "CCCCC" not in primaries and not primaries & set(units):
                yield f"add-on {code}"


@lru_cache
def ncci_of(shared: Path) -> Ncci:
    """The rows for the codes of the claims, scanned once."""
    return Ncci(shared / "data" / "ncci_2024q3", procedures(list(generate(4_000, 21))))


def test_no_clean_claim_has_an_ncci_fault(clean: list[Json], shared_data: Path) -> None:
    """No pair without its modifier, no excess of units, no add-on alone, for any payer."""
    ncci = ncci_of(shared_data)
    assert ncci.pairs["professional"]["20610", "99213"] == "1"
    for claim in clean:
        assert ncci.faults(claim) == set()


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        ("ncci-ptp-conflict", {"pair 0 G0402 G0439"}),
        ("ncci-ptp-modifier-required", {"pair 1 G0447 G0473", "pair 1 96372 99213"}),
        ("mue-exceeded", {"units G0439"}),
        ("mue-exceeded-clinical", {"units J3301"}),
        ("add-on-without-primary", {"add-on 17003", "add-on G0022"}),
    ],
)
def test_planted_ncci_faults_are_the_only_ones(
    claims: list[SyntheticClaim], shared_data: Path, edit: str, fault: set[str]
) -> None:
    """Each planted claim has exactly one fault, and every variant occurs."""
    found = [ncci_of(shared_data).faults(claim) for claim in planted(claims, edit)]
    assert [len(faults) for faults in found] == [1] * len(found)
    assert set().union(*found) == fault


def test_other_defects_bring_no_ncci_fault(claims: list[SyntheticClaim], shared_data: Path) -> None:
    """A defect is the only one of its claim."""
    ncci = ncci_of(shared_data)
    spoiled = ("ncci-", "mue-", "add-on", "claim-schema", "service-date", "lcd-", "timely")
    for claim in claims:
        if claim.defect and not claim.defect.startswith(spoiled):
            assert ncci.faults(claim.event["claim"]) == set(), claim.defect


def test_diagnoses_are_leaves_then_and_now(clean: list[Json], shared_data: Path) -> None:
    """Billable in 2021-10, in the quarter and in April 2026; the first is acceptable."""
    rows = defaultdict(list)
    for row in table(shared_data / "data" / "ioce_v27_tables" / "data_dx10.csv.gz"):
        rows[row["dx"]].append(row)
    april_2026 = shared_data / "data" / "icd10cm" / "code-list-April-2026.txt"
    known = set(april_2026.read_text(encoding="utf-8").split())
    codes = {
        diagnosis["code"].replace(".", "") for claim in clean for diagnosis in claim["diagnoses"]
    }
    assert len(codes) > 55
    for code in codes:
        assert code in known
        assert any(in_quarter(row) for row in rows[code])
        assert any(int(row["lo_version"]) <= 85 <= int(row["hi_version"]) for row in rows[code])
        assert not any(int(row["lo_age"]) > 19 or row["sex"] != "0" for row in rows[code])
    for claim in clean:
        first = claim["diagnoses"][0]["code"].replace(".", "")
        row = next(filter(in_quarter, rows[first]))
        assert row["external_cause"] == row["manifestation"] == "0"
        assert claim["type"] == "professional" or row["unacceptable_pdx"] == "0"


def test_planted_diagnosis_faults_are_real(claims: list[SyntheticClaim], shared_data: Path) -> None:
    """Unknown in every edition, a heading, not yet in force, a cause, a manifestation."""
    rows = defaultdict(list)
    for row in table(shared_data / "data" / "ioce_v27_tables" / "data_dx10.csv.gz"):
        rows[row["dx"]].append(row)
    april_2026 = shared_data / "data" / "icd10cm" / "code-list-April-2026.txt"
    known = set(april_2026.read_text(encoding="utf-8").split())

    def codes(edit: str, place: int) -> set[str]:
        return {
            claim["diagnoses"][place]["code"].replace(".", "") for claim in planted(claims, edit)
        }

    for code in codes("diagnosis-code-unknown", -1):
        assert code not in known
        assert not any(leaf.startswith(code) for leaf in rows)
    for code in codes("diagnosis-not-billable", -1):
        assert code in known
        assert code not in rows
        assert any(leaf.startswith(code) for leaf in rows)
    for code in codes("diagnosis-not-valid-on-date", -1):
        assert rows[code]
        assert not any(in_quarter(row) for row in rows[code])
    for code in codes("external-cause-as-principal", 0):
        assert next(filter(in_quarter, rows[code]))["external_cause"] == "1"
    for code in codes("manifestation-as-principal", 0):
        assert next(filter(in_quarter, rows[code]))["manifestation"] == "1"


def test_level_two_codes_are_in_force(
    claims: list[SyntheticClaim], clean: list[Json], shared_data: Path
) -> None:
    """Added before the quarter and not ended, save the planted ones."""
    attributes = "hcpcs_level2_2024_attributes_no_descriptions.csv"
    rows = {
        row["hcpcs_code"]: row for row in table(shared_data / "data" / "hcpcs_level2" / attributes)
    }
    used = {line["procedure"] for claim in clean for line in claim["lines"] if "procedure" in line}
    for code in filter(LEVEL_II.fullmatch, used):
        assert date.fromisoformat(rows[code]["date_added"]) < date(2024, 7, 1)
        assert rows[code]["date_term"] == ""
    for claim in planted(claims, "procedure-code-unknown"):
        assert claim["lines"][-1]["procedure"] not in rows
    for claim in planted(claims, "procedure-code-not-valid-on-date"):
        line = claim["lines"][-1]
        assert rows[line["procedure"]]["date_term"] < line["service_from"]


def test_other_code_sets_hold_every_value(clean: list[Json], shared_data: Path) -> None:
    """Taxonomies, modifiers, revenue codes and places of service are listed."""
    data = shared_data / "data"
    taxonomy = {row["Code"] for row in table(data / "nucc_taxonomy" / "nucc_taxonomy_250.csv")}
    modifiers = {
        row["modifier"]
        for row in table(data / "ioce_v27_tables" / "data_modifier.csv")
        if in_quarter(row)
    }
    revenue = {
        row["revenue_code"].zfill(4)
        for row in table(data / "ioce_v27_tables" / "data_revenue.csv")
        if in_quarter(row)
    }
    places = {
        row["place_of_service_code"]
        for row in table(data / "place_of_service" / "place_of_service.csv")
    }
    for claim in clean:
        assert claim["billing_provider"]["taxonomy"] in taxonomy
        assert claim.get("rendering_provider", {}).get("taxonomy", "207Q00000X") in taxonomy
        assert claim.get("attending_provider", {}).get("taxonomy", "207Q00000X") in taxonomy
        assert claim.get("place_of_service", "11") in places
        for line in claim["lines"]:
            # Two letters on an ambulance line are the places it went from and to.
            assert set(line.get("modifiers", [])) - {"RH"} <= modifiers
            assert line.get("revenue_code", "0250") in revenue


def test_few_licensed_numbers_are_used(claims: list[SyntheticClaim]) -> None:
    """At most 25 CPT numbers and 6 CDT numbers, all else is Level II."""
    real = {code for code in procedures(claims) if len(code) == 5}
    assert len([code for code in real if re.fullmatch("[0-9]{5}", code)]) <= 25
    assert len([code for code in real if code.startswith("D")]) == 6
