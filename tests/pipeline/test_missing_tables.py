"""What no table could answer is told once a table and claim, and holds the claim where it must."""

import orjson
import pytest

from scrubber.edits.edit import Edit
from scrubber.edits.ncci.reference_edition_missing import MustHave, reference_edition_missing
from scrubber.edits.verdict import no_data
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import read_settings
from tests.pipeline.test_engine import DAY, claim_says, event, pack, scrubber, unanswered
from tests.twins import ALWAYS


def lacking(name: str, kind: str) -> Edit:
    """Return an edit that lacks a table."""
    return claim_says(no_data(kind, DAY), id=name)


OTHERS = (lacking("a", "hcpcs"), lacking("b", "hcpcs"), lacking("c", "ioce"))


def test_each_table_is_told_once_with_the_number_of_edits() -> None:
    """A warning: the claim is clean, and says what was not looked at."""
    found = scrubber(*OTHERS, reference_edition_missing).scrub(event())
    assert found.disposition == "clean"
    assert [(one["severity"], one["message"]) for one in found.body["findings"]] == [
        ("warn", "Table hcpcs has no edition for 2024-08-14; 2 edits did not run."),
        ("warn", "Table ioce has no edition for 2024-08-14; 1 edits did not run."),
    ]


def test_a_table_that_must_be_there_holds_the_claim() -> None:
    """Only that one; the other stays a warning."""
    raised = pack(params={"reference-edition-missing": ((ALWAYS, MustHave(must_have=("ioce",))),)})
    found = scrubber(*OTHERS, reference_edition_missing, given=raised).scrub(event())
    assert found.disposition == "review"
    assert [one["severity"] for one in found.body["findings"]] == ["warn", "review"]


@pytest.mark.parametrize("kind", ["claims-history", "documentation", "payer-profile"])
def test_what_no_file_could_hold_is_no_missing_table(kind: str) -> None:
    """It stands in the outcome's no_data, and nowhere else."""
    found = scrubber(lacking("a", kind), reference_edition_missing).scrub(event())
    assert found.body["findings"] == []
    assert [one["edit"] for one in unanswered(found)] == ["a"]


def test_the_bundled_tables_do_not_pass_what_they_do_not_hold() -> None:
    """Two CPT lines of one day: pairs, limits and add-ons are unknown, never passed."""
    body = orjson.loads(build_scrubber(read_settings({})).scrub(event()).encode())
    lines = [one["edit"] for one in body["no_data"]]
    for edit in ("ncci-ptp-conflict", "ncci-ptp-modifier-required", "mue-exceeded",
                 "add-on-without-primary"):  # fmt: skip
        assert edit in lines
