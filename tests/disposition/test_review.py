"""Priority, dollars, queue and due date follow from the claim and its findings alone."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import orjson
import pytest

from scrubber.claim.compile import compile_claim
from scrubber.claim.model import Claim
from scrubber.contracts.decode import decode_claim_event
from scrubber.disposition.decide import decide
from scrubber.disposition.review import review_block
from scrubber.edits.registry import all_edits
from scrubber.edits.results import Failures
from scrubber.edits.verdict import Fail, Severity
from tests.twins import base_claim

SUBMITTED = datetime(2024, 8, 20, 12, tzinfo=UTC)
EDIT = all_edits()[0]


def claim(**changes: Any) -> Claim:
    """Return the base claim (lines of 150.00 and 100.00), changed."""
    document = orjson.loads(base_claim("professional")) | changes
    event = {
        "schema_version": 1,
        "submission_id": "review-1",
        "submitted_at": "2024-08-20T12:00:00Z",
        "claim": document,
    }
    return compile_claim(decode_claim_event(orjson.dumps(event)).event)


def said(
    name: str = "a-defect", severity: Severity = "review", family: str = "dates", *lines: int
) -> Failures:
    """Return one failure."""
    edit = replace(EDIT, id=name, family=family)
    return Failures(edit, severity, (Fail("", lines, None, {}),))


@pytest.mark.parametrize(
    ("severities", "disposition"),
    [
        ((), "clean"),
        (("info", "warn"), "clean"),
        (("warn", "review"), "review"),
        (("review", "reject", "info"), "rejected"),
    ],
)
def test_the_worst_severity_decides(severities: tuple[Severity, ...], disposition: str) -> None:
    """In any order."""
    for order in permutations(said(severity=one) for one in severities):
        assert decide(order) == disposition


def test_dollars_are_those_of_the_lines_or_of_the_claim() -> None:
    """Distinct lines count once; one finding about the whole claim puts all at risk."""
    lines = [said("a", "review", "dates", 1), said("b", "review", "dates", 1, 2)]
    assert review_block(claim(), SUBMITTED, lines)["dollars_at_risk"] == "250.00"
    assert review_block(claim(), SUBMITTED, lines[:1])["dollars_at_risk"] == "150.00"
    whole = [*lines[:1], said("c")]
    assert review_block(claim(total_charge="999.00"), SUBMITTED, whole)["dollars_at_risk"] == (
        "999.00"
    )


def test_the_expected_loss_is_the_one_worked_by_hand() -> None:
    """250.00 at risk, two review findings: 250 x 0.45 x (1 - 0.7 x 0.7) = 57.375."""
    block = review_block(claim(), SUBMITTED, [said("a"), said("b")])
    assert block["denial_probability"] == 0.51
    assert block["expected_loss"] == "57.38"
    assert block["priority"] == 4
    assert block["reasons"] == ["a", "b"]


@pytest.mark.parametrize(
    ("total", "priority"),
    [("37037.04", 1), ("37036.90", 2), ("7407.41", 2), ("7407.30", 3), ("1481.49", 3),
     ("1481.40", 4), ("185.19", 4), ("185.10", 5)],
)  # fmt: skip
def test_priority_follows_the_expected_loss(total: str, priority: int) -> None:
    """One review finding: loss = total x 0.45 x 0.30; the limits are 5,000, 1,000, 200 and 25."""
    assert review_block(claim(total_charge=total), SUBMITTED, [said()])["priority"] == priority


def test_a_sample_waits_longer_and_keeps_a_middle_priority() -> None:
    """A drawn claim is no suspect: small loss, its own queue, five days."""
    drawn = {
        "stratum": "m/1/professional/MB/clean",
        "rate": "0.25",
        "period": "2024-08",
        "plan": "p",
    }
    one = said("ai-qa-sample-selected", "review", "ai_oversight")
    one = one._replace(found=(Fail("", (), None, drawn),))
    block = review_block(claim(total_charge="10.00"), SUBMITTED, [one])
    assert block["sampling"] == drawn | {"rate": 0.25}
    assert (block["sample"], block["priority"], block["queue"]) == (True, 4, "ai-oversight")
    assert block["due_at"] == "2024-08-25T12:00:00Z"
    assert Decimal(str(block["denial_probability"])) == Decimal("0.05")


def test_the_most_urgent_queue_wins() -> None:
    """A claim lies in one queue: that of the shortest service time."""
    both = [said("a", "review", "coverage"), said("b", "review", "ncci")]
    assert "sampling" not in review_block(claim(), SUBMITTED, both)
    assert review_block(claim(), SUBMITTED, both)["queue"] == "coding"
    assert review_block(claim(), SUBMITTED, both[:1])["queue"] == "medical-necessity"
    assert review_block(claim(), SUBMITTED, both)["due_at"] == "2024-08-21T12:00:00Z"
