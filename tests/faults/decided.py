"""Decisions on claims in review, as a console writes them, and what each must lead to."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import orjson

from tests.conftest import ROOT
from tests.faults.harness import Deployment
from tests.faults.load import Kind, Sent, claim_bytes, key_of

EXAMPLES = ROOT / "schemas" / "examples" / "decision"
#: The disposition after each kind of decision; None where it stays in review.
LEADS_TO: dict[str, Kind | None] = {
    "release": "clean",
    "override": "clean",
    "correct": "clean",
    "correct-badly": "rejected",
    "return": "rejected",
    "audit": None,
    "escalate": None,
    "documents": None,
}


def reviews(patients: range) -> list[Sent]:
    """Return one claim in review for each patient."""
    return [
        Sent(
            number, f"r-{number:05d}", number, "review", key_of(number),
            claim_bytes(f"r-{number:05d}", number, 0, "review"),
        )
        for number in patients
    ]  # fmt: skip


@dataclass
class Decided:
    """A decision of one kind on one claim."""

    kind: str
    on: Sent
    event: dict[str, Any]

    @property
    def record(self) -> Sent:
        """The decision as a record."""
        value = orjson.dumps(self.event)
        return Sent(
            self.on.number, self.on.submission_id, self.on.patient, "repeat", self.on.key, value
        )

    def with_(self, **members: Any) -> "Decided":
        """Return the decision with other members."""
        return replace(self, event=self.event | members)


def decide(deployment: Deployment, one: Sent, kind: str) -> Decided:
    """Return a decision on the outcome that the deployment gave."""
    outcome = deployment.outcome(one.submission_id)
    event = orjson.loads(
        (EXAMPLES / ("audit.json" if kind == "audit" else "correct.json")).read_bytes()
    )
    event |= {
        "decision_id": uuid4().hex,
        "submission_id": one.submission_id,
        "outcome_id": outcome["outcome_id"],
        "revision": outcome.get("revision", 0),
        "kind": kind.removesuffix("-badly"),
        "terminal": kind not in ("escalate", "documents"),
        "findings": [
            {"edit": finding["edit"], "path": finding["path"], "lines": finding["lines"],
             "answer": "overridden", "reason": "record_supports_other"}
            for finding in outcome["findings"]
        ],
        "changes": [],
        "claim": None,
    }  # fmt: skip
    if kind.startswith("correct"):
        corrected: Kind = "rejected" if kind == "correct-badly" else "clean"
        event["claim"] = orjson.loads(claim_bytes("x", one.patient, 0, corrected))["claim"]
    return Decided(kind, one, event)


def settle(deployment: Deployment, decisions: list[Decided]) -> None:
    """Check that each decision led to one next outcome; the oracle then knows that one only."""
    final: dict[str, Kind] = {}
    for one in decisions:
        name = one.on.submission_id
        after = LEADS_TO[one.kind]
        topics = [topic for topic, _, _ in deployment.places[name]]
        wanted = ["claims-review"] + ([f"claims-{after}"] if after else [])
        assert sorted(topics) == sorted(wanted), (one.kind, name, topics)
        if after is None:
            continue
        outcome = deployment.outcome(name)
        assert outcome["disposition"] == after
        assert outcome["revision"] == 1
        assert outcome["decision_id"] == one.event["decision_id"]
        assert outcome["review"] is None
        final[name] = after
        deployment.places[name] = [
            place for place in deployment.places[name] if place[0] != "claims-review"
        ]
    deployment.sent = [
        replace(one, kind=final[one.submission_id])
        if one.submission_id in final and one.kind == "review"
        else one
        for one in deployment.sent
    ]
