"""The example events are what the models say, with no field that the models do not know."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, ValidationError

from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.outcome import OutcomeEvent
from scrubber.contracts.schemas import EVENTS, schema_files
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import read_settings
from tests.conftest import ROOT

EXAMPLES = ROOT / "schemas" / "examples"
FILES = sorted(EXAMPLES.rglob("*.json"))


def read(path: Path) -> Any:
    """Return an example."""
    return json.loads(path.read_bytes())


def name(path: Path) -> str:
    """Return an example's name below the folder of examples."""
    return path.relative_to(EXAMPLES).with_suffix("").as_posix()


def unknown_members(model: BaseModel) -> list[str]:
    """Return the members of an event that its model does not name."""
    found = list(model.model_extra or ())
    for field in type(model).model_fields:
        value = getattr(model, field)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, BaseModel):
                found += [f"{field}.{member}" for member in unknown_members(part)]
    return found


@pytest.mark.parametrize("path", FILES, ids=name)
def test_an_example_is_an_event(path: Path) -> None:
    """Its folder names its event; only the console's own version stands beside the known fields."""
    event = EVENTS[path.parent.name].validate_json(path.read_bytes())
    if isinstance(event, BaseModel):
        assert set(unknown_members(event)) <= {"versions.console"}


@pytest.mark.parametrize("event", EVENTS)
def test_each_field_of_an_event_stands_in_an_example(event: str) -> None:
    """A field without an example is one that nobody has tried."""
    properties = json.loads(schema_files()[f"{event}.v1.json"])["properties"]
    shown = {key for path in (EXAMPLES / event).glob("*.json") for key in read(path)}
    assert shown == set(properties)


@pytest.mark.parametrize("event", EVENTS)
def test_an_example_without_a_required_field_is_refused(event: str) -> None:
    """Every required field is missed when it is not there."""
    example = read(next((EXAMPLES / event).glob("*.json")))
    required = json.loads(schema_files()[f"{event}.v1.json"])["required"]
    for field in required:
        without = {key: value for key, value in example.items() if key != field}
        with pytest.raises(ValidationError) as caught:
            EVENTS[event].validate_python(without)
        assert [fault["loc"] for fault in caught.value.errors()] == [(field,)]


@pytest.mark.parametrize("path", sorted((EXAMPLES / "claim").glob("*.json")), ids=name)
def test_a_claim_example_is_decoded(path: Path) -> None:
    """The worker reads it, and the claim it carries on is the one in the file."""
    assert json.loads(decode_claim_event(path.read_bytes()).claim) == read(path)["claim"]


@pytest.mark.parametrize("path", sorted((EXAMPLES / "claim").glob("*.json")), ids=name)
def test_what_the_engine_answers_is_an_outcome_event(path: Path) -> None:
    """The hot path builds no model, yet writes what the model says and nothing besides."""
    answer = build_scrubber(read_settings({})).answer(path.read_bytes())
    assert unknown_members(OutcomeEvent.model_validate_json(answer.encode())) == []


@pytest.mark.parametrize("path", sorted((EXAMPLES / "outcome").glob("*.json")), ids=name)
def test_an_outcome_example_keeps_the_rules_of_outcomes(path: Path) -> None:
    """The disposition follows the severities, `review` stands where it belongs, paths lead home."""
    outcome = OutcomeEvent.model_validate(read(path))
    severities = {finding.severity for finding in outcome.findings}
    worst = "clean"
    if "reject" in severities:
        worst = "rejected"
    elif "review" in severities:
        worst = "review"
    assert outcome.disposition == worst
    assert (outcome.review is not None) == (worst == "review")
    assert (outcome.revision is None) == (outcome.decision_id is None)
    assert outcome.counts.fail == len(outcome.findings)
    for finding in outcome.findings:
        place = outcome.claim
        for step in finding.path.split("/")[1:]:
            place = place[int(step) if isinstance(place, list) else step]
        assert place


@pytest.mark.parametrize("path", sorted((EXAMPLES / "remittance").glob("*.json")), ids=name)
def test_a_remittance_example_balances(path: Path) -> None:
    """Charge is paid plus adjustments, over the lines and the claim."""
    event = read(path)
    given = [*event["adjustments"], *(a for line in event["lines"] for a in line["adjustments"])]
    adjusted = sum((Decimal(one["amount"]) for one in given), Decimal())
    assert Decimal(event["total_charge"]) == Decimal(event["paid"]) + adjusted
    for line in event["lines"]:
        less = sum((Decimal(one["amount"]) for one in line["adjustments"]), Decimal())
        assert Decimal(line["charge"]) == Decimal(line["paid"]) + less


def test_a_refused_value_is_not_quoted() -> None:
    """A name typed into an id's place stays out of the error."""
    event = read(EXAMPLES / "outcome" / "clean.json") | {"outcome_id": "SAMPLE, PAT"}
    with pytest.raises(ValidationError) as caught:
        OutcomeEvent.model_validate_json(orjson.dumps(event))
    assert "SAMPLE" not in str(caught.value)
