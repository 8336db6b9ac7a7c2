"""Whatever claim arrives: no crash, one disposition, one order, no patient data in the answer."""

import random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.outcome import Outcome
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings
from scrubber.synthetic import generate

EVENTS = [one.event for one in generate(400, 11)]
QUIET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 99999),
    st.sampled_from(
        ["", " ", "0", "-1.00", "99999999999.999", "2024-02-29", "1900-01-01", "9999-12-31", "ZZ",
         "e11.9", "W19XXXA", "A0428", "99213", "١٢", "\u2028", "PAT SAMPLE", "1EG4TE5MK73"]
    ),
    st.text(max_size=8),
    st.lists(st.sampled_from(["25", "59", "", "ZZZ"]), max_size=6),
    st.just({}),
)  # fmt: skip


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    """Return the scrubber that everybody has: all edits, the bundled starter."""
    return build_scrubber(read_settings({}))


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every member of a JSON value."""
    found = [here] if here else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # fmt: skip
    for key, member in items:
        found += paths(member, (*here, key))
    return found


def mutated(event: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Return a copy of the event with a few members of its claim replaced or removed."""
    copy: dict[str, Any] = orjson.loads(orjson.dumps(event))
    for _ in range(data.draw(st.integers(1, 6))):
        places = sorted(paths(copy["claim"]), key=str)
        path = data.draw(st.sampled_from(places))
        place = copy["claim"]
        for step in path[:-1]:
            place = place[step]
        if data.draw(st.booleans()):
            place[path[-1]] = data.draw(values)
        else:
            del place[path[-1]]
    return copy


def answer(scrubber: Scrubber, event: dict[str, Any]) -> Outcome:
    """Return the outcome of an event."""
    return scrubber.answer(orjson.dumps(event))


@QUIET
@given(data=st.data())
def test_any_claim_gets_one_outcome_and_no_edit_crashes(
    scrubber: Scrubber, data: st.DataObject
) -> None:
    """The disposition is that of the worst severity; every path is one of the claim's."""
    event = mutated(data.draw(st.sampled_from(EVENTS)), data)
    body = orjson.loads(answer(scrubber, event).encode())
    severities = {one["severity"] for one in body["findings"]}
    worst = "rejected" if "reject" in severities else "review" if "review" in severities else "clean"  # fmt: skip
    assert body["disposition"] == worst
    assert "edit-crashed" not in {one["edit"] for one in body["findings"]}
    assert sum(body["counts"].values()) >= 1
    assert all(one["path"] == "" or one["path"].startswith("/") for one in body["findings"])


@QUIET
@given(data=st.data())
def test_the_order_of_lines_changes_no_finding(scrubber: Scrubber, data: st.DataObject) -> None:
    """A claim with its lines shuffled has the same findings, but for places."""
    event = data.draw(st.sampled_from([one for one in EVENTS if len(one["claim"]["lines"]) > 1]))
    event = orjson.loads(orjson.dumps(event))
    # Targets of provenance are places: they would point elsewhere.
    event["claim"].pop("coding", None)
    shuffled = orjson.loads(orjson.dumps(event))
    order = data.draw(st.permutations(range(len(event["claim"]["lines"]))))
    shuffled["claim"]["lines"] = [event["claim"]["lines"][i] for i in order]
    assert _findings(answer(scrubber, event)) == _findings(answer(scrubber, shuffled))


def _findings(outcome: Outcome) -> list[tuple[Any, ...]]:
    return sorted(
        (one["edit"], one["severity"], sorted(one["lines"]))
        for one in outcome.body["findings"]
        if one["edit"] != "line-number-invalid"  # of places
    )


def test_the_order_of_claims_changes_nothing(scrubber: Scrubber) -> None:
    """Each outcome depends on its own submission alone."""
    straight = {e["submission_id"]: answer(scrubber, e).encode() for e in EVENTS}
    mixed = EVENTS[:]
    random.Random(3).shuffle(mixed)
    assert {e["submission_id"]: answer(scrubber, e).encode() for e in mixed} == straight


def test_nothing_of_the_patient_is_in_the_answer(scrubber: Scrubber) -> None:
    """Names, member ids, birth dates and addresses stay in the claim, whatever field they are in."""
    for event in EVENTS:
        secrets = set()
        spread = orjson.loads(orjson.dumps(event))
        claim = spread["claim"]
        for payer in claim["payers"]:
            person = payer["subscriber"]
            secrets |= {person.get("member_id"), person.get("birth_date"), person.get("last_name")}
            secrets.add((person.get("address") or {}).get("line1"))
        payer = claim["payers"][0]
        name = payer["subscriber"].get("last_name", "SAMPLE")
        for provider in ("billing_provider", "rendering_provider", "referring_provider"):
            fields = ("npi", "taxonomy", "tax_id", "tax_id_type")
            claim.setdefault(provider, {}).update(dict.fromkeys(fields, name))
        claim["billing_provider"].setdefault("address", {})["state"] = name
        payer |= dict.fromkeys(("relationship", "filing_indicator", "responsibility"), name)
        fields = ("place_of_service", "claim_frequency_code", "accident_state", "accept_assignment")
        claim |= dict.fromkeys(fields, name)
        claim["diagnoses"] = [{"code": name, "role": "principal"}]
        claim["lines"][0] |= {"procedure": name, "modifiers": [name], "unit_type": name}
        body = answer(scrubber, spread).body
        told = orjson.dumps([body["findings"], body["bypassed"], body["no_data"]]).decode()
        assert [secret for secret in secrets if secret and secret in told] == []
