"""The outcome event of a claim: the same bytes for the same submission and versions."""

from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from scrubber.disposition.decide import Disposition
from scrubber.messages.render import Json

SCHEMA_VERSION = 1
ID_BYTES = 16
NOTHING = Decimal(0)


@dataclass(slots=True, frozen=True)
class Outcome:
    """
    An outcome event; `body` is the contract's document, its claim still as bytes.

    `charge` is the claim's total, zero when it states none.
    """

    submission_id: str
    outcome_id: str
    disposition: Disposition
    charge: Decimal
    body: Json

    def encode(self) -> bytes:
        """Return the event as one line of JSON, without the line break."""
        return orjson.dumps(self.body)


def outcome_id(submission_id: str, versions: bytes) -> str:
    """Return the digest that names an outcome: of the submission and of the versions alone."""
    text = b"\x1f".join((submission_id.encode(), versions))
    return blake2b(text, digest_size=ID_BYTES).hexdigest()


def build_outcome(
    submission_id: str,
    disposition: Disposition,
    *,
    findings: list[Json],
    no_data: list[Json],
    bypassed: list[Json],
    counts: dict[str, int],
    review: Json | None,
    versions: bytes,
    claim: bytes,
    charge: Decimal = NOTHING,
) -> Outcome:
    """Return the outcome event; `versions` and `claim` are JSON texts and go in as they are."""
    named = outcome_id(submission_id, versions)
    body: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "outcome_id": named,
        "submission_id": submission_id,
        "disposition": disposition,
        "findings": findings,
        "no_data": no_data,
        "bypassed": bypassed,
        "counts": counts,
        "review": review,
        "versions": orjson.Fragment(versions),
        "claim": orjson.Fragment(claim),
    }
    return Outcome(submission_id, named, disposition, charge, body)
