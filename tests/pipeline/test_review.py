"""A reviewer's decision makes the next outcome: same bytes each time, the claim untouched."""

from datetime import date
from typing import Any

import orjson
import pytest

from scrubber.claim.history import EMPTY, find
from scrubber.claim.prior import Prior
from scrubber.contracts.decision import DecisionEvent
from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.outcome import OutcomeEvent
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.outcome import outcome_id, remembered
from scrubber.pipeline.review import DecisionMismatchError, released, returned
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings
from tests.conftest import ROOT
from tests.twins import base_claim

STORED = (ROOT / "schemas/examples/outcome/review-ncci.json").read_bytes()
DECISION = orjson.loads((ROOT / "schemas/examples/decision/correct.json").read_bytes())


def decision(stored: bytes = STORED, **changes: Any) -> DecisionEvent:
    """Return a decision on a stored outcome."""
    outcome = orjson.loads(stored)
    findings = [
        {"edit": one["edit"], "path": one["path"], "lines": one["lines"], "answer": "overridden", "reason": "record_supports"}
        for one in outcome["findings"]
    ]  # fmt: skip
    given = {
        "kind": "override",
        "submission_id": outcome["submission_id"],
        "outcome_id": outcome["outcome_id"],
        "revision": 0,
        "reason": "record_supports",
        "findings": findings,
        "claim": None,
    }
    return DecisionEvent.model_validate(DECISION | given | changes)


def stored(**changes: Any) -> bytes:
    """Return the stored outcome with other members."""
    return orjson.dumps(orjson.loads(STORED) | changes)


def test_a_release_is_clean_and_keeps_what_was_found() -> None:
    """The findings stay with their words, as info, and say what was answered."""
    before = orjson.loads(STORED)
    follow = released(STORED, decision())
    after = orjson.loads(follow.encoded)
    OutcomeEvent.model_validate(after)
    assert (after["disposition"], after["review"], after["revision"]) == ("clean", None, 1)
    assert after["decision_id"] == follow.decision_id == DECISION["decision_id"]
    assert after["outcome_id"] == follow.outcome_id != before["outcome_id"]
    assert after["claim"] == before["claim"]
    assert {one["severity"] for one in after["findings"]} <= {"info", "warn"}
    held = [one for one in after["findings"] if "severity_before" in one]
    assert [(one["severity_before"], one["answer"], one["answer_reason"]) for one in held] == [
        ("review", "overridden", "record_supports")
    ]
    assert [one["message"] for one in after["findings"]] == [
        one["message"] for one in before["findings"]
    ]
    assert released(STORED, decision()).encoded == follow.encoded


def test_a_release_without_answers_accepts_what_held_the_claim() -> None:
    """What nobody answered was accepted by the release; warnings are nobody's business."""
    findings = orjson.loads(STORED)["findings"]
    text = stored(findings=[*findings, {**findings[0], "severity": "warn"}])
    after = orjson.loads(released(text, decision(text, kind="release", findings=[])).encoded)
    assert [(one["severity"], one.get("answer")) for one in after["findings"]] == [
        ("info", "accepted"),
        ("warn", None),
    ]
    bare = [{"edit": f["edit"], "path": f["path"], "lines": [], "answer": "resolved"} for f in findings]  # fmt: skip
    after = orjson.loads(released(STORED, decision(findings=bare)).encoded)
    assert after["findings"][0]["answer"] == "resolved"
    assert "answer_reason" not in after["findings"][0]


def test_the_claims_bytes_are_cut_not_written_again() -> None:
    """Unknown members, spaces and numbers as written come out as they went in."""
    odd = b'{"type":"professional" , "x_vendor":{"n":1.50e0,"deep":[ 1 ]},"lines":[]}'
    text = STORED.strip()[:-1] + b',"x_extra":[1.0]}'
    own = orjson.dumps(orjson.loads(STORED)["claim"])
    text = orjson.dumps(orjson.loads(text)).replace(own, odd)
    for follow in (released(text, decision()), returned(text, decision(kind="return"))):
        assert b'"claim":' + odd in follow.encoded
        assert b'"x_extra":[1.0]' in follow.encoded


def test_a_return_rejects_by_a_finding_of_its_own() -> None:
    """The other findings keep their severity; counts and order hold; free text does not pass."""
    before = orjson.loads(STORED)
    follow = returned(STORED, decision(kind="return", reason="Pat Sample is right"))
    after = orjson.loads(follow.encoded)
    OutcomeEvent.model_validate(after)
    assert (after["disposition"], after["review"], follow.revision) == ("rejected", None, 1)
    own, *others = after["findings"]
    assert (own["edit"], own["severity"]) == ("returned-by-reviewer", "reject")
    assert own["message"] == "A reviewer returned the claim ((19 characters))."
    assert others == before["findings"]
    assert after["counts"]["fail"] == before["counts"]["fail"] + 1


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"kind": "return"}, "kind"),
        ({"submission_id": "other"}, "submission_id"),
        ({"outcome_id": "0" * 32}, "outcome_id"),
        ({"revision": 1}, "revision"),
    ],
)
def test_a_decision_on_another_outcome_is_refused(changes: dict[str, Any], what: str) -> None:
    """A stale or mistaken decision changes nothing."""
    with pytest.raises(DecisionMismatchError, match=what):
        released(STORED, decision(**changes))


def test_only_what_is_held_can_be_decided() -> None:
    """A clean outcome is none; a reject finding must be overridden by name."""
    text = stored(disposition="clean")
    with pytest.raises(DecisionMismatchError, match="clean already"):
        released(text, decision(text))
    findings = [{**one, "severity": "reject"} for one in orjson.loads(STORED)["findings"]]
    text = stored(disposition="rejected", findings=findings)
    with pytest.raises(DecisionMismatchError, match="not overridden"):
        released(text, decision(text, findings=[]))
    answered = [{**one.model_dump(), "answer": "accepted"} for one in decision(text).findings]
    with pytest.raises(DecisionMismatchError, match="not overridden"):
        released(text, decision(text, findings=answered))
    assert released(text, decision(text)).disposition == "clean"


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    """Return the scrubber that everybody has."""
    return build_scrubber(read_settings({}))


def event(**changes: Any) -> bytes:
    """Return the event of the professional base claim."""
    given = {
        "schema_version": 1,
        "submission_id": "r-1",
        "submitted_at": "2024-08-20T12:00:00Z",
        "claim": orjson.loads(base_claim("professional")),
    }
    return orjson.dumps(given | changes)


def test_a_corrected_claim_is_the_next_revision(scrubber: Scrubber) -> None:
    """A follow-up names its decision; the first outcome names none and is as before."""
    decoded = decode_claim_event(event())
    first = scrubber.scrub(decoded)
    assert "revision" not in first.body
    assert "decision_id" not in first.body
    assert first.outcome_id == outcome_id("r-1", first.versions)
    second = scrubber.scrub(decoded, revision=1, decision_id="d-1")
    assert (second.body["revision"], second.body["decision_id"]) == (1, "d-1")
    third = scrubber.scrub(decoded, revision=2, decision_id="d-1")
    assert len({first.outcome_id, second.outcome_id, third.outcome_id}) == 3
    unnamed = outcome_id("r-1", first.versions, revision=1)
    assert unnamed != second.outcome_id


def test_the_worker_needs_outcome_and_history_only(scrubber: Scrubber) -> None:
    """Scrub, remember, scrub again: a redelivery is told, a repeat under a new id is rejected."""
    since = date(2020, 1, 1)
    first = scrubber.answer(event(), Prior(EMPTY, since))
    assert first.judged is not None
    history = remembered(EMPTY, first)
    assert find(history, "r-1") is not None
    again = scrubber.answer(event(), Prior(history, since))
    assert "event-redelivered" in [one["edit"] for one in again.body["findings"]]
    assert again.disposition == first.disposition == "clean"
    other = scrubber.answer(event(submission_id="r-2"), Prior(history, since))
    assert other.failing == ("exact-duplicate-claim",)
    assert other.disposition == "rejected"
    broken = scrubber.answer(event(submission_id="r-3", claim={"type": "professional"}))
    assert broken.judged is None
    assert remembered(history, broken) == history
