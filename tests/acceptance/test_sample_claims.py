"""The shared sample claims get the dispositions and edits that their authors expect."""

import csv
from pathlib import Path

import pytest

from scrubber.contracts.decode import decode_claim_event
from scrubber.edits.registry import all_edits
from scrubber.pipeline.scrub import Scrubber

BUILT = {edit.id for edit in all_edits()}


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, dict[str, str]]:
    """Return the expectations by submission id."""
    with (shared_data / "claims" / "sample_claims.expected.csv").open(encoding="utf-8") as file:
        return {row["submission_id"]: row for row in csv.DictReader(file)}


def test_every_sample_claim_gets_what_is_expected(
    shared_data: Path, expected: dict[str, dict[str, str]], full_scrubber: Scrubber
) -> None:
    """
    The expected edits that are built fire, no other edit rejects or holds, the disposition fits.

    Where an expected edit is not built yet, the claim must come out clean of all others.
    """
    seen = {}
    differences = []
    for raw in (shared_data / "claims" / "sample_claims.jsonl").read_bytes().splitlines():
        body = full_scrubber.scrub(decode_claim_event(raw)).body
        row = expected[body["submission_id"]]
        due = set(row["edits"].split()) & BUILT
        fired = {one["edit"] for one in body["findings"]}
        decisive = {
            one["edit"] for one in body["findings"] if one["severity"] in ("reject", "review")
        }
        whole = set(row["edits"].split()) <= BUILT
        disposition = row["expected_disposition"] if whole or due & decisive else "clean"
        seen[body["submission_id"]] = body["disposition"]
        if not due <= fired or decisive - due or body["disposition"] != disposition:
            differences.append((body["submission_id"], body["disposition"], row, fired))
    assert differences == []
    assert seen.keys() == expected.keys()


def test_most_samples_are_judged_in_full(expected: dict[str, dict[str, str]]) -> None:
    """The test above is no empty one: the edits of most samples are built."""
    judged = [row for row in expected.values() if set(row["edits"].split()) <= BUILT]
    assert len(judged) >= 45
    assert {row["expected_disposition"] for row in judged} == {"clean", "rejected", "review"}
