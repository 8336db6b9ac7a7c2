"""The shared sample claims get the dispositions and edits that their authors expect."""

import csv
from pathlib import Path

from scrubber.contracts.decode import decode_claim_event
from scrubber.edits.registry import all_edits
from scrubber.pipeline.scrub import Scrubber

# What docs/edits/not_yet.txt says of them: no sample may expect one of these.
NOT_BUILT = {
    "ai-denial-rate-rise",
    "ai-denied-claim-resubmitted",
    "ai-group-disparity",
    "ai-rare-code-combination",
    "ai-unspecified-code-share",
    "ai-visit-level-drift",
    "human-override-without-reason",
}


def _expected(shared: Path) -> dict[str, dict[str, str]]:
    with (shared / "claims" / "sample_claims.expected.csv").open(encoding="utf-8") as file:
        return {row["submission_id"]: row for row in csv.DictReader(file)}


def test_every_sample_claim_gets_what_is_expected(
    shared_data: Path, full_scrubber: Scrubber
) -> None:
    """Every expected edit fires, no other one rejects or holds, the outcome fits."""
    expected = _expected(shared_data)
    seen = set()
    differences = []
    for raw in (shared_data / "claims" / "sample_claims.jsonl").read_bytes().splitlines():
        body = full_scrubber.scrub(decode_claim_event(raw)).body
        name = body["submission_id"]
        row = expected[name]
        due = set(row["edits"].split())
        said = {one["edit"] for one in body["findings"]}
        decisive = {
            one["edit"] for one in body["findings"] if one["severity"] in ("reject", "review")
        }
        seen.add(name)
        if (
            not due <= said
            or not decisive <= due
            or body["disposition"] != row["expected_disposition"]
        ):
            differences.append((name, body["disposition"], row, due - said, decisive - due))
    assert differences == []
    assert seen == expected.keys()


def test_every_expected_edit_is_built(shared_data: Path) -> None:
    """No expectation is left out: what is not built is named here, and no sample asks for it."""
    built = {edit.id for edit in all_edits()}
    listed = Path(__file__).parents[2] / "docs" / "edits" / "not_yet.txt"
    assert {line.split()[0] for line in listed.read_text().splitlines() if line} == NOT_BUILT
    due = {one for row in _expected(shared_data).values() for one in row["edits"].split()}
    assert due <= built
    assert not due & NOT_BUILT
