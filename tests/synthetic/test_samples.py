"""The bundled samples are readable, and their defects are where the list of expectations says."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from scrubber.contracts.decode import decode_claim_event

SAMPLES = Path(__file__).parents[2] / "samples"


def expected() -> dict[str, tuple[str, str]]:
    """Disposition and edits by submission id."""
    with (SAMPLES / "claims.expected.csv").open(newline="", encoding="utf-8") as file:
        return {
            row["submission_id"]: (row["expected_disposition"], row["edits"])
            for row in csv.DictReader(file)
        }


def test_every_sample_claim_decodes_and_is_expected() -> None:
    """The ids of both files are the same, in the same order."""
    lines = (SAMPLES / "claims.jsonl").read_bytes().splitlines()
    ids = [decode_claim_event(line).event.submission_id for line in lines]
    assert ids == list(expected())
    assert {disposition for disposition, _ in expected().values()} == {
        "clean",
        "rejected",
        "review",
    }


def test_exactly_the_claim_listed_so_does_not_balance() -> None:
    """Totals are right except where the total is the defect."""
    for line in (SAMPLES / "claims.jsonl").read_bytes().splitlines():
        event = orjson.loads(line)
        claim = event["claim"]
        balanced = Decimal(claim["total_charge"]) == sum(
            Decimal(service["charge"]) for service in claim["lines"]
        )
        _, edits = expected()[event["submission_id"]]
        assert balanced == ("line-charges-not-balanced" not in edits)


@pytest.mark.parametrize(
    ("name", "element", "claims", "unbalanced"),
    [
        ("professional.837", "SV1", 4, []),
        ("institutional.837", "SV2", 3, ["X12I0003"]),
    ],
)
def test_sample_837_files_are_sound(
    name: str, element: str, claims: int, unbalanced: list[str]
) -> None:
    """Envelope counts are right, and only the claim said to be off is off."""
    text = (SAMPLES / name).read_text(encoding="ascii")
    assert text[105] == "~"  # the interchange header has its fixed 106 characters
    segments = [segment.strip().split("*") for segment in text.split("~")[:-1]]
    transaction = segments[2:-2]
    assert transaction[-1] == ["SE", str(len(transaction)), "0001"]
    sums: dict[str, list[Decimal]] = {}
    for segment in transaction:
        if segment[0] == "CLM":
            sums[segment[1]] = charges = [-Decimal(segment[2])]
        if segment[0] == element:
            charges.append(Decimal(segment[2 if element == "SV1" else 3]))
    assert len(sums) == claims
    assert [name for name, amounts in sums.items() if sum(amounts)] == unbalanced
    levels = [segment[1] for segment in transaction if segment[0] == "HL"]
    assert levels == [str(number) for number in range(1, len(levels) + 1)]


def test_sample_people_are_evidently_made_up() -> None:
    """Subscribers and patients of the 837 files have the house's surnames."""
    made_up = {"SAMPLE", "TESTER", "EXAMPLE", "SPECIMEN", "FIXTURE", "DUMMY", "PLACEHOLDER"}
    for path in SAMPLES.glob("*.837"):
        names = re.findall(r"NM1\*(?:IL|QC|82|71)\*1\*([^*]*)", path.read_text(encoding="ascii"))
        assert names
        assert set(names) <= made_up
