"""The stream of synthetic claims is repeatable, cut anywhere, and mixed as promised."""

import os
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import orjson
import pytest

from scrubber.synthetic import DEFECTS, SyntheticClaim, generate

#: The milestone-1 edits that a single claim cannot show, or not without configuration.
NOT_PLANTED = {
    "event-redelivered",
    "exact-duplicate-claim",
    "reference-edition-missing",
    "claim-event-unreadable",
    "ai-qa-sample-selected",
}


def as_bytes(claims: list[SyntheticClaim]) -> list[bytes]:
    """The claims as a file would have them, with what is known of each."""
    return [
        orjson.dumps([claim.event, claim.defect, claim.expected_disposition]) for claim in claims
    ]


@pytest.fixture(scope="module")
def claims() -> list[SyntheticClaim]:
    """Five thousand claims of one seed."""
    return list(generate(5_000, 11))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Two runs differ in nothing."""
    assert as_bytes(list(generate(300, 5))) == as_bytes(list(generate(300, 5)))


def test_another_seed_gives_other_claims() -> None:
    """No claim of one seed is in another."""
    assert not set(as_bytes(list(generate(300, 5)))) & set(as_bytes(list(generate(300, 6))))


def test_a_short_run_is_the_beginning_of_a_long_one() -> None:
    """Claim i does not depend on how many follow."""
    assert as_bytes(list(generate(40, 5))) == as_bytes(list(islice(generate(4_000, 5), 40)))


def test_no_claim_is_an_empty_stream() -> None:
    """Zero is a count like others."""
    assert list(generate(0, 1)) == []


def test_submission_ids_name_seed_and_place(claims: list[SyntheticClaim]) -> None:
    """The ids are unique and can be traced back."""
    ids = [claim.event["submission_id"] for claim in claims]
    assert ids[:3] == ["syn-11-1", "syn-11-2", "syn-11-3"]
    assert len(set(ids)) == len(ids)


def test_about_85_of_100_claims_are_clean(claims: list[SyntheticClaim]) -> None:
    """The share of clean claims is as documented."""
    clean = sum(claim.defect is None for claim in claims) / len(claims)
    assert 0.83 <= clean <= 0.87


def test_the_claim_types_have_their_shares(claims: list[SyntheticClaim]) -> None:
    """Three of four claims are professional, one of twelve is dental."""
    types = Counter(claim.event["claim"]["type"] for claim in claims)
    assert 0.73 <= types["professional"] / len(claims) <= 0.77
    assert 0.155 <= types["institutional"] / len(claims) <= 0.185
    assert 0.065 <= types["dental"] / len(claims) <= 0.095


def test_hospital_claims_are_outpatient_and_inpatient(claims: list[SyntheticClaim]) -> None:
    """Both bill types occur."""
    bills = {claim.event["claim"].get("type_of_bill") for claim in claims}
    assert {"0131", "0111"} <= bills


def test_claims_have_about_four_lines(claims: list[SyntheticClaim]) -> None:
    """The mean number of lines is near four."""
    lines = [len(claim.event["claim"]["lines"]) for claim in claims]
    assert 3.5 <= sum(lines) / len(lines) <= 4.5


def test_every_kind_of_payer_pays(claims: list[SyntheticClaim]) -> None:
    """Medicare A and B, Medicare Advantage, Medicaid, commercial and Blue plans occur."""
    indicators = {
        payer["filing_indicator"]
        for claim in claims
        if claim.defect is None
        for payer in claim.event["claim"]["payers"]
    }
    assert indicators == {"MA", "MB", "16", "MC", "CI", "BL"}


def test_a_third_of_the_claims_is_coded_by_a_model(claims: list[SyntheticClaim]) -> None:
    """Clean claims are AI-coded in about one of three."""
    by_ai = [
        any(code["origin"] == "ai" for code in claim.event["claim"]["coding"]["codes"])
        for claim in claims
        if claim.defect is None
    ]
    assert 0.3 <= sum(by_ai) / len(by_ai) <= 0.37


def test_every_defect_is_planted_in_each_claim_type_it_fits(
    claims: list[SyntheticClaim],
) -> None:
    """No defect of the table waits in vain for its claim."""
    planted = {(claim.defect, claim.event["claim"]["type"]) for claim in claims if claim.defect}
    assert planted == {
        (defect.edit, claim_type) for defect in DEFECTS for claim_type in defect.claim_types
    }


def test_clean_and_defective_claims_are_expected_to_end_apart(
    claims: list[SyntheticClaim],
) -> None:
    """A claim is expected clean exactly when nothing was planted."""
    for claim in claims:
        assert (claim.expected_disposition == "clean") == (claim.defect is None)


def test_every_first_milestone_edit_has_a_defect(shared_data: Path) -> None:
    """The catalogue's milestone-1 edits are planted, save those one claim cannot show."""
    catalogue = shared_data.joinpath("catalogue", "index.md").read_text(encoding="utf-8")
    rows = [row.split("|") for row in catalogue.splitlines() if row.endswith("| 1 |")]
    first = {cells[1].strip() for cells in rows if len(cells) == 7}
    assert len(first) == 47
    planted = {defect.edit for defect in DEFECTS}
    assert planted >= {"lcd-diagnosis-not-supporting", "lcd-diagnosis-excluded"}
    assert first - planted == NOT_PLANTED
    for cells in rows:
        expected = {"reject": "rejected", "review": "review"}.get(cells[3].strip())
        for defect in DEFECTS:
            if defect.edit == cells[1].strip():
                assert defect.disposition == expected


def test_processes_with_other_hash_seeds_write_the_same_bytes() -> None:
    """Nothing hangs on the order of a set or on the built-in hash."""
    script = (
        "import orjson; from scrubber.synthetic import generate; "
        "print(orjson.dumps([claim.event for claim in generate(200, 1)]).decode())"
    )
    written = {
        subprocess.run(  # our own interpreter and script
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(written) == 1
