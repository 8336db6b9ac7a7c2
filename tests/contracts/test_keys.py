"""A patient has one key, whatever the spelling, and the key says nothing of the patient."""

from hashlib import blake2b
from typing import Any

import orjson
import pytest

from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.keys import patient_key
from tests.twins import base_claim

SECRET = b"a tenant's secret"


def key(secret: bytes = SECRET, **changes: Any) -> str:
    """Return the key of the base claim, changed."""
    claim = orjson.loads(base_claim("professional")) | changes
    record = orjson.dumps(
        {
            "schema_version": 1,
            "submission_id": "key-1",
            "submitted_at": "2026-07-02T14:03:00Z",
            "claim": claim,
        }
    )
    return patient_key(decode_claim_event(record).event, secret)


def test_the_key_is_the_one_of_the_contract() -> None:
    """Keyed BLAKE2b of 16 bytes over payer id, member id, birth date and first name."""
    text = "\x1f".join(("05102", "1EG4TE5MK73", "1950-02-11", "PAT"))
    assert key() == blake2b(text.encode(), key=SECRET, digest_size=16).hexdigest()


def test_case_does_not_matter_and_the_secret_does() -> None:
    """Upper and lower case are one patient; another tenant has other keys."""
    payers = orjson.loads(base_claim("professional"))["payers"]
    payers[0]["subscriber"] |= {"member_id": "1eg4te5mk73", "first_name": "pat"}
    assert key(payers=payers) == key()
    assert key(b"another secret") != key()


def test_the_patient_counts_not_the_subscriber() -> None:
    """Twins of one subscriber are two patients."""
    child = {"first_name": "ALEX", "birth_date": "2020-01-01"}
    text = "\x1f".join(("05102", "1EG4TE5MK73", "2020-01-01", "ALEX"))
    expected = blake2b(text.encode(), key=SECRET, digest_size=16).hexdigest()
    assert key(patient=child) == expected


@pytest.mark.parametrize("changes", [{"payers": []}, {"payers": [{"payer_id": ""}]}])
def test_absent_parts_are_empty(changes: dict[str, Any]) -> None:
    """A claim without payer or subscriber still has a key."""
    expected = blake2b(b"\x1f\x1f\x1f", key=SECRET, digest_size=16).hexdigest()
    assert key(**changes) == expected
