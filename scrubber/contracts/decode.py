"""
Raw bytes to a claim event, or the reason why not.

A record nobody can be told about is `Undecodable` (a dead letter). A record whose sender can be
told, since its submission id is readable, but whose claim does not fit the schema, is
`SchemaInvalid` (a rejected outcome).
"""

import re
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec
import orjson
from pydantic import TypeAdapter, ValidationError

from scrubber.contracts.claim import SCHEMA_VERSION, ClaimEvent
from scrubber.contracts.structs import decode_amount, struct_of

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 64
BOM: Final = b"\xef\xbb\xbf"

Json = dict[str, Any]


class _Envelope(msgspec.Struct, gc=False):
    """The few members that must be read before anything else; the claim stays bytes."""

    schema_version: Any = None
    submission_id: Any = None
    claim: msgspec.Raw = msgspec.Raw(b"null")


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_EVENT = TypeAdapter(ClaimEvent)
_STRUCT = struct_of(ClaimEvent)
_FAST_EVENT = msgspec.json.Decoder(_STRUCT, dec_hook=decode_amount)
_CLAIM = b'"claim":'
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")  # line breaks stand only between JSON tokens
_SUBMISSION_ID = re.compile(r"[!-~]{1,128}")
_BACKSLASH, _QUOTE = b'\\"'


class Undecodable(ValueError):  # noqa: N818 (the contract's word; it is a verdict on data)
    """
    A record that no outcome can answer; it becomes a dead letter.

    `error_type` is the dead letter's header, `reason` our own words without any of the record's,
    `offset` the byte offset in the record at which reading failed.
    """

    def __init__(self, reason: str, *, offset: int = 0) -> None:
        """Keep the parts; the text is for people."""
        super().__init__(f"{reason} (byte offset {offset})")
        self.error_type = "claim-event-unreadable"
        self.reason = reason
        self.offset = offset


@dataclass(slots=True, frozen=True)
class Fault:
    """One place where a claim does not fit the schema; `pointer` is relative to the claim."""

    pointer: str
    found: str
    expected: str


class SchemaInvalid(ValueError):  # noqa: N818
    """
    A readable submission whose claim does not fit the schema; every fault is listed.

    `claim` is the JSON text of the claim as it was sent.
    """

    def __init__(self, submission_id: str, faults: tuple[Fault, ...], claim: bytes) -> None:
        """Keep the parts; the text names no value."""
        super().__init__(f"{len(faults)} schema faults")
        self.submission_id = submission_id
        self.faults = faults
        self.claim = claim


@dataclass(slots=True)
class Decoded:
    """A claim event, and the JSON text of its claim, which outcomes carry on untouched."""

    event: ClaimEvent
    claim: bytes


def decode_claim_event(raw: bytes) -> Decoded:
    """
    Return the claim event in `raw` (UTF-8 JSON, at most 1 MiB and 64 levels).

    A leading byte order mark is skipped. `null`, blank text and an absent member mean the same.
    Raises `Undecodable` or `SchemaInvalid`.
    """
    if len(raw) > MAX_BYTES:
        raise Undecodable(f"{len(raw)} bytes; the limit is {MAX_BYTES}", offset=MAX_BYTES)
    raw = raw.removeprefix(BOM)
    if not _surely_shallow(raw) and (at := _too_deep_at(raw)) is not None:
        raise Undecodable(f"nested deeper than {MAX_DEPTH} levels", offset=at)
    try:
        envelope = _ENVELOPE.decode(raw)
        if not raw.isascii():
            raw.decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _unreadable(raw) from None
    submission_id = envelope.submission_id
    if not _usable(submission_id):
        raise Undecodable(
            "no usable submission_id (1 to 128 printable ASCII characters, no blanks)"
        )
    version = envelope.schema_version
    if version.__class__ is not int or version != SCHEMA_VERSION:
        raise Undecodable(f"unknown schema_version; this release reads {SCHEMA_VERSION}")
    claim = bytes(envelope.claim)
    if b"\n" in claim or b"\r" in claim:
        claim = claim.translate(_ONE_LINE)
    event = _read(raw)
    if event is None:  # null or blank text where a value belongs, or a fault
        text = orjson.dumps(_without_blanks(_loads(raw)))
        event = _read(text) or _explain(text, submission_id, claim)
    return Decoded(event, claim)


def take_claim_event(event: Json, raw: bytes) -> Decoded:
    """
    Return what `decode_claim_event` reads in `raw`, where that was written from an event of ours.

    It need not be parsed again, and what stands around the claim is right. What does not fit at
    once is read as any other record is. The claim is the event's last member.
    """
    if len(raw) > MAX_BYTES:
        return decode_claim_event(raw)
    try:
        taken = msgspec.convert(event, _STRUCT, dec_hook=decode_amount)
    except (msgspec.ValidationError, ValueError):
        return decode_claim_event(raw)
    claim = raw[raw.index(_CLAIM) + len(_CLAIM) : -1]
    return Decoded(cast("ClaimEvent", taken), claim)


def _read(text: bytes) -> ClaimEvent | None:
    try:
        # The struct has the fields of the model that it is derived from.
        event = cast("ClaimEvent", _FAST_EVENT.decode(text))
    except (msgspec.DecodeError, ValueError):
        return None
    return event if event.submitted_at.tzinfo is not None else None


def _explain(text: bytes, submission_id: str, claim: bytes) -> ClaimEvent:
    """Return what only the models can read, or raise every fault that they find."""
    try:
        return _EVENT.validate_json(text)
    except ValidationError as error:
        raise SchemaInvalid(submission_id, _faults(error), claim) from None


def _loads(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:  # a number beyond all bounds
        raise _unreadable(raw) from None


def _unreadable(raw: bytes) -> Undecodable:
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        return Undecodable("not UTF-8", offset=fault.start)
    if not text.strip():
        return Undecodable("empty")
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        # The library counts characters; people seek bytes.
        return Undecodable("not valid JSON", offset=len(text[: fault.pos].encode()))
    return Undecodable("not a JSON object")


def _surely_shallow(raw: bytes) -> bool:
    """
    Tell quickly that a record is not too deep; brackets in texts leave it open.

    Each round takes the innermost pairs away, so the number of rounds is the depth.
    """
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return True
    brackets = raw.translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if not brackets:
            return True
    return False


def _too_deep_at(raw: bytes) -> int | None:
    depth = 0
    in_text = escaped = False
    for offset, byte in enumerate(raw):
        if in_text:
            if escaped:
                escaped = False
            elif byte == _BACKSLASH:
                escaped = True
            elif byte == _QUOTE:
                in_text = False
        elif byte == _QUOTE:
            in_text = True
        elif byte in b"{[":
            depth += 1
            if depth > MAX_DEPTH:
                return offset
        elif byte in b"}]":
            depth -= 1
    return None


def _usable(submission_id: object) -> bool:
    return isinstance(submission_id, str) and _SUBMISSION_ID.fullmatch(submission_id) is not None


def _without_blanks(value: Any) -> Any:
    """Return `value` without members that are null or blank text; list places stay."""
    if isinstance(value, dict):
        return {
            key: _without_blanks(member)
            for key, member in value.items()
            if member is not None and not (member.__class__ is str and not member.strip())
        }
    if isinstance(value, list):
        return [_without_blanks(member) for member in value]
    return value


_EXPECTED = {
    "amount": "an exact decimal such as 150.00",
    "bool_type": "true or false",
    "dataclass_type": "an object",
    "day": "a date YYYY-MM-DD that exists",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "literal_error": "professional, institutional or dental",
    "missing": "a value",
    "moment": "a time with its zone, such as 2026-07-02T14:03:00Z",
    "pointer": "a whole number or a letter A to L",
    "string_type": "text",
}


def _faults(error: ValidationError) -> tuple[Fault, ...]:
    """Return one fault for each place, in the order in which pydantic met them."""
    faults: dict[str, Fault] = {}
    for item in error.errors(include_url=False):
        kind, place = item["type"], item["loc"]
        if place[-1] in ("int", "constrained-str"):  # the two forms of a diagnosis pointer
            place, kind = place[:-1], "pointer"
        # Pointers are relative to the claim; what stands beside the claim is named from outside.
        inside = place[1:] if place[0] == "claim" else ("..", *place)
        pointer = "".join(f"/{part}" for part in inside)
        found = "missing" if kind == "missing" else _json_type(item["input"])
        faults.setdefault(pointer, Fault(pointer, found, _EXPECTED.get(kind, "another form")))
    return tuple(faults.values())


def _json_type(value: object) -> str:
    for kind, name in (
        (bool, "true or false"),
        (str, "text of another form"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "an object"),
    ):
        if isinstance(value, kind):
            return name
    return "null"
