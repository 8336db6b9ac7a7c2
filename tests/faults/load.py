"""
Claims whose answers are known: made fast, in one order a patient, each with an id of its own.

The k-th claim of a patient is of the k-th day after `FIRST_DAY`, so that no two of them resemble
each other but those that shall: a duplicate is an earlier clean claim under a new submission id.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

import orjson

from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.contracts.strict_yaml import read_yaml
from tests.conftest import ROOT

SECRET = b"a secret of the fault tests"
FIRST_DAY = date.today() + timedelta(days=1)  # noqa: DTZ011 (the history begins today)
RECEIVED = FIRST_DAY + timedelta(days=300)

Kind = Literal["clean", "rejected", "review", "duplicate", "repeat", "poison"]
TOPIC_OF: dict[Kind, str] = {
    "clean": "claims-clean",
    "rejected": "claims-rejected",
    "review": "claims-review",
    "duplicate": "claims-rejected",
    "poison": "claims-dead-letter",
}
SHARES: dict[Kind, float] = {"rejected": 0.05, "review": 0.05, "duplicate": 0.02, "repeat": 0.02}


@dataclass(frozen=True, slots=True)
class Sent:
    """
    One record for `claims-submitted`.

    `number` counts from 0 in the order of sending; `submission_id` names it (a repeat has that of
    the claim it repeats, a poison one is named in its bytes and nowhere else).
    """

    number: int
    submission_id: str
    patient: int
    kind: Kind
    key: bytes
    value: bytes


def make_load(
    claims: int,
    *,
    patients: int = 0,
    seed: int = 1,
    poison: float = 0.0,
    name: str = "c",
    shares: dict[Kind, float] = SHARES,
) -> list[Sent]:
    """Return `claims` records; by default forty claims a patient."""
    chance = random.Random(seed)
    patients = patients or max(1, claims // 40)
    days = [0] * patients
    clean: list[list[tuple[int, bytes]]] = [[] for _ in range(patients)]
    sent: list[Sent] = []
    kinds: list[Kind] = [*shares, "poison", "clean"]
    weights = [*shares.values(), poison, 1 - sum(shares.values()) - poison]
    for number, drawn in enumerate(chance.choices(kinds, weights, k=claims)):
        kind = drawn
        patient = chance.randrange(patients)
        known = f"{name}-{number:07d}"
        if kind == "poison":
            value = b'{"schema_version":1,"submission_id":"%s","claim":{' % known.encode()
            sent.append(Sent(number, known, patient, kind, b"poison", value))
            continue
        own = [one for one in sent[-200:] if one.patient == patient and one.kind != "poison"]
        if (kind == "repeat" and not own) or (kind == "duplicate" and not clean[patient]):
            kind = "clean"
        if kind == "repeat":
            again = chance.choice(own)
            sent.append(
                Sent(number, again.submission_id, patient, "repeat", again.key, again.value)
            )
            continue
        if kind == "duplicate":
            day, of = chance.choice(clean[patient])
            value = of.replace(clean_id(of), known.encode())
        else:
            day = days[patient]
            days[patient] += 1
            value = claim_bytes(known, patient, day, kind)
        if kind == "clean":
            clean[patient].append((day, value))
        sent.append(Sent(number, known, patient, kind, key_of(patient), value))
    return sent


def clean_id(value: bytes) -> bytes:
    """Return the submission id in a claim's bytes."""
    start = value.index(b'"submission_id":"') + len(b'"submission_id":"')
    return value[start : value.index(b'"', start)]


def claim_bytes(submission_id: str, patient: int, day: int, kind: Kind) -> bytes:
    """Return the event of a claim of that kind."""
    service = (FIRST_DAY + timedelta(days=day % 290)).isoformat().encode()
    return (
        template(kind)
        .replace(b"@ID@", submission_id.encode())
        .replace(b"@MEMBER@", b"M%08d" % patient)
        .replace(b"2024-08-14", service)
    )


@cache
def key_of(patient: int) -> bytes:
    """Return the patient's key."""
    event = decode_claim_event(claim_bytes("x", patient, 0, "clean")).event
    return patient_key(event, SECRET).encode()


@cache
def template(kind: Kind) -> bytes:
    """Return a claim event with room for id, member and date."""
    claim: dict[str, Any] = read_yaml(ROOT / "tests" / "claims" / "professional.yaml")
    for line in claim["lines"]:
        line["number"] = int(line["number"])
        line["diagnosis_pointers"] = [int(one) for one in line["diagnosis_pointers"]]
    payer = claim["payers"][0]
    payer |= {"payer_id": "60054", "name": "EXAMPLE HEALTH", "filing_indicator": "CI"}
    payer["subscriber"]["member_id"] = "@MEMBER@"
    claim["coding"] = {"documentation": {"complete": kind != "review"}}
    if kind == "review":
        claim["coding"]["documentation"]["missing"] = ["operative note"]
    if kind == "rejected":
        claim["billing_provider"]["npi"] = "1234567890"
    return orjson.dumps(
        {
            "schema_version": 1,
            "submission_id": "@ID@",
            "submitted_at": f"{RECEIVED.isoformat()}T12:00:00Z",
            "submitter_id": "clearinghouse-a",
            "claim": claim,
        }
    )


def answered(sent: Iterable[Sent]) -> dict[str, Sent]:
    """Return the records that must be answered, by submission id; repeats are none of them."""
    return {one.submission_id: one for one in sent if one.kind != "repeat"}
