"""
Files to records, in their order and in a memory that does not grow with the file.

What a file is, its content says: an X12 interchange, a JSON document (one event or a list of
them), or one event a line. Only a JSON document that spans lines is read whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain

import msgspec
import orjson

from scrubber.contracts.decode import BOM, MAX_BYTES
from scrubber.x12.read import X12Fault, is_x12, read_claims

DOCUMENT_BYTES = 1 << 26
HEAD_BYTES = 4096
_BLANKS = b" \t\r\n"
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Record:
    """
    One record of a file: its bytes, or why there are none.

    `number` counts from 1, `offset` is the byte offset in the file. A fault names no value of the
    record.
    """

    file: str
    number: int
    offset: int
    raw: bytes
    fault: str = ""


def read_records(stream: BufferedReader, file: str) -> Iterator[Record]:
    """Yield the records of a file; a file that holds none yields a fault that says so."""
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    records = _x12_records(stream, file) if is_x12(head) else _json_records(stream, file)
    first = next(records, None)
    if first is None:
        yield Record(file, 1, 0, b"", "the file is empty")
    else:
        yield from chain((first,), records)


def _x12_records(stream: BufferedReader, file: str) -> Iterator[Record]:
    number = 0
    for one in read_claims(stream):
        if isinstance(one, X12Fault):
            place = f"{one.segment} segment: " if one.segment else ""
            yield Record(file, number + 1, one.offset, b"", place + one.error)
        else:
            number = one.record
            yield Record(file, number, one.offset, orjson.dumps(one.event))


def _json_records(stream: BufferedReader, file: str) -> Iterator[Record]:
    first = stream.readline(MAX_BYTES + 2)
    start = first.removeprefix(BOM).strip(_BLANKS)
    if first.endswith(b"\n") and not _is_event(start):
        # Not one event a line, it seems: a document over several lines, if it fits.
        rest = stream.read(DOCUMENT_BYTES)
        whole = first + rest
        if document := _document_records(whole, file):
            yield from document
            return
        lines: Iterator[bytes] = chain(whole.splitlines(keepends=True), _lines(stream))
    elif start.startswith(b"[") and (document := _document_records(first, file)):
        yield from document
        return
    else:
        lines = chain((first,) if first else (), _lines(stream))
    yield from _line_records(lines, file)


def _is_event(text: bytes) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        # A line that merely ends like an event is a damaged event, not the head of a document.
        return text.endswith(b"}") and len(text) > len(b"{}")


def _document_records(whole: bytes, file: str) -> list[Record]:
    """Return the events of one JSON document, nothing when the bytes are none."""
    body = whole.removeprefix(BOM)
    shift = len(whole) - len(body)
    try:
        if body.lstrip(_BLANKS).startswith(b"["):
            items = [bytes(item) for item in _LIST.decode(body)]
        else:
            orjson.loads(body)
            items = [body.strip(_BLANKS)]
    except (msgspec.DecodeError, orjson.JSONDecodeError):
        return []
    records = []
    at = 0
    for number, item in enumerate(items, start=1):
        at = body.index(item, at)
        records.append(Record(file, number, shift + at, item))
        at += len(item)
    return records


def _lines(stream: BufferedReader) -> Iterator[bytes]:
    while line := stream.readline(MAX_BYTES + 2):
        yield line


def _line_records(lines: Iterator[bytes], file: str) -> Iterator[Record]:
    number = offset = 0
    for line in lines:
        start = offset
        offset += len(line)
        if not line.strip(_BLANKS):
            continue
        number += 1
        if len(line) <= MAX_BYTES or line.endswith(b"\n"):
            yield Record(file, number, start, line)
            continue
        for more in lines:  # a line that is held in pieces only to find its end
            offset += len(more)
            if more.endswith(b"\n"):
                break
        fault = f"{offset - start} bytes; the limit is {MAX_BYTES}"
        yield Record(file, number, start, b"", fault)
