"""The outcome event of a claim: the same bytes for the same submission and versions."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec
import orjson

from scrubber.claim.history import PatientHistory, remember
from scrubber.claim.model import Claim
from scrubber.disposition.decide import Disposition
from scrubber.edits.results import Lacking, Pattern
from scrubber.messages.render import Json, missing_data

SCHEMA_VERSION = 1
ID_BYTES = 16
NOTHING = Decimal(0)
#: Findings, and what is missing, are written once and come again and again.
_WRITTEN = attrgetter("text")


class Outcome(msgspec.Struct, frozen=True, eq=False):
    """
    An outcome event; `body` is the contract's document, where what is JSON already stays JSON.

    `lacks` is what was missing for it.
    `charge` is the claim's total, zero when it states none. What a history keeps of it: `judged`
    is the claim that the edits read (`None` when it does not fit the schema), `failing` the edits
    that hold it, `versions` the JSON text of what it was judged by.
    """

    submission_id: str
    outcome_id: str
    disposition: Disposition
    charge: Decimal
    body: Json
    lacks: Pattern
    versions: bytes
    judged: Claim | None = None
    failing: tuple[str, ...] = ()
    revision: int = 0

    def encode(self) -> bytes:
        """Return the event as one line of JSON, without the line break."""
        return orjson.dumps(self.body, _WRITTEN, orjson.OPT_PASSTHROUGH_SUBCLASS)


def remembered(history: PatientHistory, outcome: Outcome) -> PatientHistory:
    """Return the patient's history with the claim of an outcome, when there is one to keep."""
    if outcome.judged is None:
        return history
    return remember(
        history,
        outcome.judged,
        outcome_id=outcome.outcome_id,
        disposition=outcome.disposition,
        failing=outcome.failing,
        versions=outcome.versions,
        revision=outcome.revision,
    )


def outcome_id(
    submission_id: str, versions: bytes, *, revision: int = 0, decision_id: str | None = None
) -> str:
    """
    Return the digest that names an outcome: of the submission and of the versions alone.

    An outcome that follows from a decision is named by the decision and its revision as well.
    """
    parts = [submission_id.encode(), versions]
    if revision:
        parts += [(decision_id or "").encode(), str(revision).encode()]
    return blake2b(b"\x1f".join(parts), digest_size=ID_BYTES).hexdigest()


def build_outcome(
    submission_id: str,
    disposition: Disposition,
    *,
    findings: Sequence[Json],
    lacks: Lacking,
    bypassed: list[Json],
    counts: dict[str, int],
    review: Json | None,
    versions: bytes,
    claim: bytes,
    charge: Decimal = NOTHING,
    judged: Claim | None = None,
    failing: Iterable[str] = (),
    revision: int = 0,
    decision_id: str | None = None,
    shadow: Json | None = None,
) -> Outcome:
    """
    Return the outcome event; `versions` and `claim` are JSON texts and go in as they are.

    `revision` and `decision_id` are those of a follow-up; revision 0 carries neither. With
    `shadow`, the versions of the event name its pack too, for its bytes depend on it; those that
    a history keeps do not, for no judgement does.
    """
    stated = versions if shadow is None else _with_shadow(versions, shadow["payer_pack"])
    named = outcome_id(submission_id, stated, revision=revision, decision_id=decision_id)
    body: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "outcome_id": named,
        "submission_id": submission_id,
        "disposition": disposition,
        "findings": findings,
        "no_data": missing_data(lacks),
        "bypassed": bypassed,
        "counts": counts,
        "review": review,
        "versions": orjson.Fragment(stated),
        "claim": orjson.Fragment(claim),
    }
    if revision:
        body["decision_id"] = decision_id
        body["revision"] = revision
    if shadow is not None:
        body["shadow"] = shadow
    return Outcome(
        submission_id,
        named,
        disposition,
        charge,
        body,
        lacks.pattern,
        versions,
        judged,
        tuple(failing),
        revision,
    )


@lru_cache(maxsize=256)
def _with_shadow(versions: bytes, pack: str) -> bytes:
    return orjson.dumps(orjson.loads(versions) | {"shadow_pack": pack})
