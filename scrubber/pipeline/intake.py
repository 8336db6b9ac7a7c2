"""
Files to records, in their order and in a memory that does not grow with the file.

What a file is, its content says: an X12 interchange, one event a line, or a JSON text of another
layout, which is a list of events or an event over many lines.
"""

from collections.abc import Iterator
from io import BufferedReader
from itertools import chain
from typing import Any, NamedTuple

import orjson

from scrubber.contracts.decode import BOM, MAX_BYTES
from scrubber.pipeline.json_values import BLANKS, Piece, split_values, too_long
from scrubber.x12.read import Watch, X12Fault, is_x12, read_claims

Json = dict[str, Any]

HEAD_BYTES = 4096
CHUNK_BYTES = 1 << 16
LINE_BYTES = MAX_BYTES + len(b"\r\n")


class Record(NamedTuple):
    """
    One record of a file: its bytes, or why there are none.

    `number` counts from 1, `offset` is the byte offset in the file. A fault names no value of the
    record; `raw` is then as much of it as could be kept. `event` is what `raw` says, where it was
    written from it.
    """

    file: str
    number: int
    offset: int
    raw: bytes
    fault: str = ""
    event: Json | None = None


def read_records(stream: BufferedReader, file: str, watch: Watch | None = None) -> Iterator[Record]:
    """
    Yield the records of a file; a file that holds none yields a fault that says so.

    `watch` is told what an X12 file holds beside its claims.
    """
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    if is_x12(head):
        records = _x12_records(stream, file, watch)
    else:
        pieces = enumerate(_json_pieces(stream), start=1)
        records = (Record(file, number, *piece) for number, piece in pieces)
    first = next(records, None)
    if first is None:
        blank = not head.removeprefix(BOM).strip(BLANKS)
        yield Record(file, 1, 0, b"", "the file is empty" if blank else "the file holds no claim")
    else:
        yield from chain((first,), records)


def _x12_records(stream: BufferedReader, file: str, watch: Watch | None) -> Iterator[Record]:
    number = 0
    for one in read_claims(stream, watch):
        if isinstance(one, X12Fault):
            place = f"{one.segment} segment: " if one.segment else ""
            yield Record(file, number + 1, one.offset, b"", place + one.error)
        else:
            number = one.record
            yield Record(file, number, one.offset, orjson.dumps(one.event), "", one.event)


def _json_pieces(stream: BufferedReader) -> Iterator[Piece]:
    offset = len(BOM) if stream.peek(len(BOM)).startswith(BOM) else 0
    stream.read(offset)
    blank, first = _next_line(stream)
    offset += blank
    start = first.strip(BLANKS)
    if start.startswith(b"["):
        return split_values(chain((first,), _chunks(stream)), offset)
    blank, second = _next_line(stream) if first.endswith(b"\n") else (0, b"")
    head = [part for part in (first, b"\n" * blank, second) if part]
    # A first line that does not end as an event was cut short, or an event over many lines begins
    # there. The next line tells: an event begins with a brace, the members of one do not.
    if (
        start.startswith(b"{")
        and not start.endswith(b"}")
        and second
        and not second.lstrip(BLANKS).startswith(b"{")
    ):
        return split_values(chain(head, _chunks(stream)), offset)
    lines = iter(lambda: stream.readline(LINE_BYTES), b"")
    return _line_pieces(chain(head, lines), offset)


def _next_line(stream: BufferedReader) -> tuple[int, bytes]:
    """Return how many bytes of blank lines come next, and the line after them."""
    blank = 0
    while (line := stream.readline(LINE_BYTES)) and not line.strip(BLANKS):
        blank += len(line)
    return blank, line


def _chunks(stream: BufferedReader) -> Iterator[bytes]:
    return iter(lambda: stream.read(CHUNK_BYTES), b"")


def _line_pieces(lines: Iterator[bytes], offset: int) -> Iterator[Piece]:
    for line in lines:
        start = offset
        offset += len(line)
        raw = line.rstrip(b"\r\n")
        if len(raw) > MAX_BYTES:
            tail = more = line
            while not more.endswith(b"\n") and (more := next(lines, b"")):
                offset += len(more)
                tail = tail[-1:] + more  # a line's two last bytes may come apart
            size = offset - start - len(tail) + len(tail.rstrip(b"\r\n"))
            yield Piece(start, raw, too_long(size))
        elif raw.strip(BLANKS):
            yield Piece(start, raw)
