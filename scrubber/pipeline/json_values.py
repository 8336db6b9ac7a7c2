"""
The values of a JSON text that is not one event a line, cut out without holding the text.

Such a text is a list of events, an event over many lines, or several of them. Only brackets and
quotes are looked at; whether a value is an event, the decoder says.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from scrubber.contracts.decode import MAX_BYTES

BLANKS: Final = b" \t\r\n"
_BETWEEN: Final = re.compile(rb"[^{\[\]]*+")
_TO_BRACKET: Final = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_TO_QUOTE: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_QUOTE, _OPENING, _LIST, _LIST_END = b'"', b"{[", b"[", b"]"


class Piece(NamedTuple):
    """The bytes of one record from `offset` on; with a `fault` they may be its beginning only."""

    offset: int
    raw: bytes
    fault: str = ""


def too_long(size: int) -> str:
    """Return the fault of a record over the limit."""
    return f"{size} bytes; the limit is {MAX_BYTES}"


def split_values(chunks: Iterable[bytes], offset: int = 0) -> Iterator[Piece]:
    """Yield the values of a text whose first byte is at `offset`, and what stands between them."""
    splitter = _Splitter(offset)
    for chunk in chunks:
        yield from splitter.read(chunk)
    yield from splitter.end()


class _Splitter:
    """Where in the text we are; it survives the end of a chunk at any byte."""

    def __init__(self, offset: int) -> None:
        self._offset = offset
        self._in_list = False
        self._depth = 0
        self._in_text = False
        self._escaped = False
        self._began: int | None = None  # offset of the value, or of what is none
        self._kept = bytearray()
        self._size = 0

    def read(self, chunk: bytes) -> Iterator[Piece]:
        """Yield what ends in this chunk."""
        at = 0
        while at < len(chunk):
            if self._depth == 0:
                end = self._between(chunk, at)
                if end < len(chunk):
                    yield from self._finish()
                    at = self._open(chunk, end)
                else:
                    at = end
                continue
            end = self._inside(chunk, at)
            self._keep(chunk[at:end])
            at = end
            if self._depth == 0:
                yield from self._finish()
        self._offset += len(chunk)

    def end(self) -> Iterator[Piece]:
        """Yield what the text leaves open."""
        if self._depth:
            fault = "ends inside this record: a bracket or a quote is not closed"
            yield from self._finish(f"the file {fault}")
            return
        yield from self._finish()
        if self._in_list:
            yield Piece(self._offset, b"", "the list has no end (]); the file may be cut off")

    def _between(self, chunk: bytes, at: int) -> int:
        found = _BETWEEN.match(chunk, at)
        assert found
        text = found[0]
        if self._began is None:
            there = text.lstrip(BLANKS + b",") if self._in_list else text.lstrip(BLANKS)
            if there:
                self._begin(found.end() - len(there))
                self._keep(there)
        else:
            self._keep(text)
        return found.end()

    def _open(self, chunk: bytes, at: int) -> int:
        """Take the bracket between values: a list of them, its end, or the start of a value."""
        bracket = chunk[at : at + 1]
        if bracket == _LIST_END and self._in_list:
            self._in_list = False
        elif bracket == _LIST and not self._in_list:
            self._in_list = True
        else:
            self._begin(at)
            self._keep(bracket)
            self._depth = int(bracket != _LIST_END)
        return at + 1

    def _inside(self, chunk: bytes, at: int) -> int:
        """Read on to the next bracket, or the next quote if a text began in an earlier chunk."""
        if self._escaped:
            self._escaped = False
            return at + 1
        found = (_TO_QUOTE if self._in_text else _TO_BRACKET).match(chunk, at)
        assert found
        end = found.end()
        if end == len(chunk):
            return end
        byte = chunk[end : end + 1]
        if byte == _QUOTE:
            self._in_text = not self._in_text
        elif self._in_text:
            self._escaped = True  # what the backslash stands before is in the next chunk
        else:
            self._depth += 1 if byte in _OPENING else -1
        return end + 1

    def _begin(self, at: int) -> None:
        self._began = self._offset + at

    def _keep(self, more: bytes) -> None:
        self._size += len(more)
        if len(self._kept) <= MAX_BYTES:
            self._kept += more

    def _finish(self, fault: str = "") -> Iterator[Piece]:
        if self._began is None:
            return
        if not fault and self._size > MAX_BYTES:
            fault = too_long(self._size)
        yield Piece(self._began, bytes(self._kept).rstrip(BLANKS + b","), fault)
        self._began, self._size = None, 0
        self._kept.clear()
