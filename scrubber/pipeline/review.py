"""
A reviewer's word on a stored outcome, made into the outcome that follows it.

The stored bytes are cut, not read and written again: the claim, unknown members and all that the
decision leaves alone come out as they went in, and the same decision gives the same bytes.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from scrubber.contracts.decision import DecisionEvent
from scrubber.disposition.decide import Disposition
from scrubber.messages import render
from scrubber.pipeline.outcome import outcome_id
from scrubber.pipeline.own_findings import failures, returned_by_reviewer

Raw = dict[str, msgspec.Raw]

_MEMBERS = msgspec.json.Decoder(Raw)
_TEXT = msgspec.json.Decoder(str)
_REASON_CODE = re.compile("[a-z][a-z0-9_]{0,60}")
_HOLDS = ("reject", "review")


class DecisionMismatchError(ValueError):
    """A decision does not fit the outcome it is put to; `what` names the member at odds."""

    def __init__(self, what: str) -> None:
        """Keep the part; no value is quoted."""
        super().__init__(f"the decision does not fit this outcome: {what}")
        self.what = what


@dataclass(slots=True, frozen=True)
class FollowUp:
    """An outcome that follows from a decision; `encoded` is the event as one line of JSON."""

    submission_id: str
    outcome_id: str
    disposition: Disposition
    decision_id: str
    revision: int
    encoded: bytes

    def encode(self) -> bytes:
        """Return the event as one line of JSON, without the line break."""
        return self.encoded


def released(outcome: bytes, decision: DecisionEvent) -> FollowUp:
    """
    Return the clean outcome that follows a release or an override.

    What held the claim stays listed with its words and evidence, but as `info`, since no clean
    outcome holds a review finding: `severity_before`, `answer` and `answer_reason` say what was
    decided of it. Raises `DecisionMismatchError`, also for a reject finding that nobody overrode.
    """
    members = _matching(outcome, decision, ("release", "override"))
    answers = {(one.edit, one.path): one for one in decision.findings}
    findings: list[dict[str, Any]] = orjson.loads(bytes(members["findings"]))
    for finding in findings:
        severity = finding["severity"]
        if severity not in _HOLDS:
            continue
        answer = answers.get((finding["edit"], finding["path"]))
        if severity == "reject" and (answer is None or answer.answer != "overridden"):
            raise DecisionMismatchError("findings: one that rejects was not overridden")
        finding["severity_before"] = severity
        finding["severity"] = "info"
        finding["answer"] = answer.answer if answer else "accepted"
        if answer and answer.reason:
            finding["answer_reason"] = _code(answer.reason)
    return _follow_up(members, decision, "clean", {"findings": findings})


def returned(outcome: bytes, decision: DecisionEvent) -> FollowUp:
    """
    Return the rejected outcome that follows a return to the submitter.

    A finding of its own, `returned-by-reviewer`, rejects; the others stay as they were. Raises
    `DecisionMismatchError`.
    """
    members = _matching(outcome, decision, ("return",))
    findings = [
        *render.findings([failures(returned_by_reviewer, _code(decision.reason))]),
        *orjson.loads(bytes(members["findings"])),
    ]
    findings.sort(key=lambda one: (min(one["lines"], default=0), one["edit"]))
    counts = orjson.loads(bytes(members["counts"]))
    counts["fail"] += 1
    return _follow_up(members, decision, "rejected", {"findings": findings, "counts": counts})


def _matching(outcome: bytes, decision: DecisionEvent, kinds: tuple[str, ...]) -> Raw:
    members = _MEMBERS.decode(outcome)
    if decision.kind not in kinds:
        raise DecisionMismatchError("kind")
    for name in ("submission_id", "outcome_id"):
        if _TEXT.decode(members[name]) != getattr(decision, name):
            raise DecisionMismatchError(name)
    if int(bytes(members.get("revision", b"0"))) != decision.revision:
        raise DecisionMismatchError("revision")
    if _TEXT.decode(members["disposition"]) == "clean":
        raise DecisionMismatchError("disposition: the claim is clean already")
    return members


def _follow_up(
    members: Raw, decision: DecisionEvent, disposition: Disposition, changes: dict[str, Any]
) -> FollowUp:
    revision = decision.revision + 1
    named = outcome_id(
        decision.submission_id,
        bytes(members["versions"]),
        revision=revision,
        decision_id=decision.decision_id,
    )
    body: dict[str, Any] = {name: orjson.Fragment(bytes(raw)) for name, raw in members.items()}
    body |= changes
    body |= {
        "outcome_id": named,
        "disposition": disposition,
        "review": None,
        "decision_id": decision.decision_id,
        "revision": revision,
    }
    return FollowUp(
        decision.submission_id,
        named,
        disposition,
        decision.decision_id,
        revision,
        orjson.dumps(body),
    )


def _code(reason: str) -> str:
    """Return a reason of the list; anything else may be about the patient, so its length."""
    return reason if _REASON_CODE.fullmatch(reason) else f"({len(reason)} characters)"
