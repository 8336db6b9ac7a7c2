"""Every record is an event, a rejected submission or a dead letter; faults name their place."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scrubber.contracts.claim import ClaimEvent
from scrubber.contracts.decode import (
    MAX_BYTES,
    MAX_DEPTH,
    Decoded,
    SchemaInvalid,
    Undecodable,
    decode_claim_event,
    take_claim_event,
)
from scrubber.contracts.structs import decode_amount, struct_of
from tests.twins import base_claim

SLOW = TypeAdapter(ClaimEvent)
FAST = msgspec.json.Decoder(struct_of(ClaimEvent), dec_hook=decode_amount)


def event(**changes: Any) -> dict[str, Any]:
    """Return a good event, changed."""
    return {
        "schema_version": 1,
        "submission_id": "sub-1",
        "submitted_at": "2026-07-02T14:03:00Z",
        "claim": orjson.loads(base_claim("professional")),
    } | changes


def raw(**changes: Any) -> bytes:
    """Return the bytes of a good event, changed."""
    return orjson.dumps(event(**changes))


@pytest.mark.parametrize(
    ("record", "reason", "offset"),
    [
        (b"", "empty", 0),
        (b" \r\n", "empty", 0),
        (b'{"a": 1', "not valid JSON", 7),
        (b'{"a": NaN}', "not valid JSON", 6),
        ('{"é": tru}'.encode(), "not valid JSON", 7),
        (b'{"a": "\xff"}', "not UTF-8", 7),
        (b'{"submission_id": "x", "schema_version": 1, "n": "\xff"}', "not UTF-8", 50),
        (b"[1]", "not a JSON object", 0),
        (raw(submission_id="with blank"), "no usable submission_id", 0),
        (raw(submission_id=7), "no usable submission_id", 0),
        (raw(submission_id="x" * 129), "no usable submission_id", 0),
        (raw(schema_version=2), "unknown schema_version", 0),
        (raw(schema_version=True), "unknown schema_version", 0),
        (raw(schema_version="1"), "unknown schema_version", 0),
        (raw(note="x" * MAX_BYTES), "the limit is 1048576", MAX_BYTES),
        (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "nested deeper", 4 + MAX_DEPTH),
    ],
)
def test_a_record_nobody_can_be_told_about_is_a_dead_letter(
    record: bytes, reason: str, offset: int
) -> None:
    """The reason is ours, the offset points at the byte."""
    with pytest.raises(Undecodable) as caught:
        decode_claim_event(record)
    assert reason in caught.value.reason
    assert caught.value.offset == offset


def test_brackets_in_text_are_no_depth() -> None:
    """Only structure counts; an escaped quote does not end a text."""
    decoded = decode_claim_event(raw(note='[{"' * 100, deep=[[[]]]))
    assert decoded.event.submission_id == "sub-1"


@pytest.mark.parametrize(
    ("path", "value", "pointer", "found", "expected"),
    [
        ("type", "veterinary", "/type", "text of another form", "professional, institutional or dental"),
        ("lines", {}, "/lines", "an object", "a list"),
        ("total_charge", "12,50", "/total_charge", "text of another form", "an exact decimal such as 150.00"),
        ("total_charge", 0.30000000000000004, "/total_charge", "a number", "an exact decimal such as 150.00"),
        ("total_charge", True, "/total_charge", "true or false", "an exact decimal such as 150.00"),
        ("total_charge", "1_000", "/total_charge", "text of another form", "an exact decimal such as 150.00"),
        ("accident_date", "2024-02-30", "/accident_date", "text of another form", "a date YYYY-MM-DD that exists"),
        ("accident_date", "1722470400", "/accident_date", "text of another form", "a date YYYY-MM-DD that exists"),
        ("accident_date", "20240814", "/accident_date", "text of another form", "a date YYYY-MM-DD that exists"),
        ("place_of_service", 11, "/place_of_service", "a number", "text"),
        ("predetermination", "yes", "/predetermination", "text of another form", "true or false"),
        ("billing_provider", [], "/billing_provider", "a list", "an object"),
    ],
)  # fmt: skip
def test_a_claim_of_the_wrong_shape_names_the_field(
    path: str, value: object, pointer: str, found: str, expected: str
) -> None:
    """Pointer, what was found and what was expected; never the value."""
    claim = event()["claim"] | {path: value}
    with pytest.raises(SchemaInvalid) as caught:
        decode_claim_event(raw(claim=claim))
    assert [(f.pointer, f.found, f.expected) for f in caught.value.faults] == [
        (pointer, found, expected)
    ]
    assert caught.value.submission_id == "sub-1"


def test_all_faults_come_at_once() -> None:
    """Line and pointer faults, a missing member and one outside of the claim."""
    claim = event()["claim"]
    claim["lines"][0] |= {"charge": [], "units": "NaN", "diagnosis_pointers": [1, "Z", 1.5]}
    del claim["type"]
    with pytest.raises(SchemaInvalid) as caught:
        decode_claim_event(raw(claim=claim, submitted_at="yesterday"))
    assert {f.pointer for f in caught.value.faults} == {
        "/type",
        "/lines/0/charge",
        "/lines/0/units",
        "/lines/0/diagnosis_pointers/1",
        "/lines/0/diagnosis_pointers/2",
        "/../submitted_at",
    }


@pytest.mark.parametrize("claim", [None, 5, "text", []])
def test_a_claim_that_is_no_object_is_refused_at_its_root(claim: object) -> None:
    """The submitter is told: the submission id is readable."""
    with pytest.raises(SchemaInvalid) as caught:
        decode_claim_event(raw(claim=claim))
    assert [fault.pointer for fault in caught.value.faults] == [""]


def test_null_blank_and_absent_are_the_same() -> None:
    """A sender's empty fields are no schema faults."""
    claim = event()["claim"] | {"accident_date": None, "onset_date": "", "drg": "  "}
    decoded = decode_claim_event(raw(claim=claim))
    assert decoded.event.claim.accident_date is None
    assert decoded.event.claim.onset_date is None
    assert decoded.event.claim.drg == ""


def test_the_claim_travels_on_as_it_was_sent() -> None:
    """Unknown fields, long numbers and the spelling of amounts survive; line breaks do not."""
    text = raw().replace(
        b'"claim":{', b'"claim":{\r\n "own": {"id": 123456789012345678901234567890},\n"n":1.50,'
    )
    claim = decode_claim_event(b"\xef\xbb\xbf" + text).claim
    assert b'"own": {"id": 123456789012345678901234567890}' in claim
    assert b'"n":1.50' in claim
    assert b"\n" not in claim
    assert b"\r" not in claim


def test_json_numbers_are_exact_decimals() -> None:
    """A short JSON number is taken as it reads, one equal to true is not mistaken for it."""
    claim = event()["claim"] | {"total_charge": 250.1, "patient_amount_paid": 1}
    decoded = decode_claim_event(raw(claim=claim)).event.claim
    assert decoded.total_charge == Decimal("250.1")
    assert decoded.patient_amount_paid == Decimal(1)


def test_an_event_without_time_zone_is_refused() -> None:
    """The received date would depend on where it is read."""
    with pytest.raises(SchemaInvalid):
        decode_claim_event(raw(submitted_at="2026-07-02T14:03:00"))


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["1.5", "2024-08-14", "2024-02-30", "A", "1_0", "NaN", "٣", " 7 ", "20240814"]),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from(["A", "Z", "", 1, 1.5, None]), max_size=2),
)
FIELDS = st.sampled_from(
    [
        ("total_charge",), ("accident_date",), ("type",), ("predetermination",), ("drg",),
        ("related_causes",), ("lines", 0, "charge"), ("lines", 0, "number"),
        ("lines", 0, "diagnosis_pointers"), ("lines", 0, "modifiers"), ("payers", 0, "destination"),
        ("payers", 0, "subscriber"), ("coding", "documentation", "complete"), ("diagnoses", 0),
    ]
)  # fmt: skip


CHANGES = st.lists(st.tuples(FIELDS, ODD), min_size=1, max_size=3)
Changes = list[tuple[tuple[str | int, ...], Any]]


def changed(changes: Changes) -> dict[str, Any]:
    """Return a good event with odd values at some places."""
    document = event()
    for path, value in changes:
        place: Any = document["claim"]
        for step in path[:-1]:
            place = place[step] if not isinstance(place, str | int | float | None) else {}
            if not isinstance(place, dict | list) or (isinstance(place, list) and not place):
                place = {}
        if isinstance(place, dict) or (isinstance(path[-1], int) and place):
            place[path[-1]] = value
    return document


@given(CHANGES)
def test_what_the_fast_reader_takes_the_models_take_and_read_alike(changes: Changes) -> None:
    """The derived structs never accept what the wire models refuse."""
    try:
        text = orjson.dumps(changed(changes))
    except TypeError:  # an integer beyond 64 bits
        return
    try:
        fast = FAST.decode(text)
    except (msgspec.DecodeError, ValueError):
        return
    try:
        slow = SLOW.validate_json(text)
    except ValidationError:
        # JSON Schema calls 7.0 an integer, and so does the fast reader: the only difference.
        slow = SLOW.validate_json(text.replace(b".0", b""))
    assert msgspec.json.encode(fast, enc_hook=str) == msgspec.json.encode(slow, enc_hook=str)


def said_of(read: Callable[[], Decoded]) -> object:
    """Return what was read, in a form that can be compared, or why it was not."""
    try:
        decoded = read()
    except (SchemaInvalid, Undecodable) as error:
        return type(error), vars(error)
    return msgspec.json.encode(decoded.event, enc_hook=str), decoded.claim


@given(CHANGES)
@example([(("drg",), "x" * MAX_BYTES)])
@example([(("drg",), 'a "claim": b')])
def test_an_event_that_is_taken_is_read_as_its_text_is(changes: Changes) -> None:
    """Whatever stands in it: the same event and claim, or the same faults."""
    document = changed(changes)
    try:
        text = orjson.dumps(document)
    except TypeError:  # an integer beyond 64 bits
        return
    taken = said_of(lambda: take_claim_event(document, text))
    assert taken == said_of(lambda: decode_claim_event(text))
