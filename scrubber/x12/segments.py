"""
A file of bytes as segments, read in blocks: memory does not grow with the file.

The ISA segment has a fixed width of 106 bytes and names the delimiters (X12.5, interchange control
structures); everything after it is split by these until the next ISA.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from shutil import copyfileobj
from typing import IO, Final

ISA_BYTES: Final = 106
ISA_SEPARATORS: Final = 16
BLOCK_BYTES: Final = 1 << 16
SPOOL_BYTES: Final = 1 << 24
MAX_SEGMENT_BYTES: Final = 1 << 16  # no segment of an 837 comes near; what does is no segment
BETWEEN: Final = b" \t\r\n\x00\x1a\xef\xbb\xbf"  # blanks, line breaks, ^Z, a byte order mark
LINE_BREAKS: Final = b"\r\n \t"
HEAD_BYTES: Final = 4  # a segment's id and the separator behind it
_HEAD: Final = itemgetter(slice(HEAD_BYTES))

Placed = tuple[int, bytes]
"""A segment with the byte offset at which it begins."""
Parted = tuple[int, str, list[str]]
"""The same as text, a character a byte, and by its elements, its id the first of them."""


def is_x12(head: bytes) -> bool:
    """Tell by its first bytes whether a file is an X12 interchange."""
    start = head.lstrip(BETWEEN)[:4]
    return start.startswith(b"ISA") and not start[3:].isalnum()


@contextmanager
def seekable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a stream that can seek: the same, or a copy of what is left of one that cannot."""
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
        copyfileobj(stream, spool)
        spool.seek(0)
        yield spool


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that separate elements, repetitions and components, and end segments."""

    element: str
    repetition: str
    component: str
    terminator: str


def delimiters_of(header: bytes) -> Delimiters | None:
    """Return the delimiters that an ISA segment of 106 bytes names; `None` when it is none."""
    if len(header) < ISA_BYTES or not header.startswith(b"ISA") or not header.isascii():
        return None
    text = header.decode("ascii")
    element, repetition, component, terminator = text[3], text[82], text[104], text[105]
    if len({element, component, terminator}) < 3:  # noqa: PLR2004 (three delimiters)
        return None
    if element.isalnum() or component.isalnum() or terminator.isalnum():
        return None
    if text.count(element) != ISA_SEPARATORS or text[103] != element:
        return None
    return Delimiters(element, repetition, component, terminator)


class Segments:
    """
    The segments of a seekable stream, one after the other.

    `offset` and `number` are those of the last segment that `read` returned: its first byte,
    counted from where the stream stood, and its number in the file from 1.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        """Begin where the stream stands."""
        self.offset = 0
        self.number = 0
        self._stream = stream
        self._origin = stream.tell()
        self._data = b""
        self._base = 0  # offset of the data's first byte
        self._at = 0  # offset of the next byte to be read
        self._terminator = b""
        self._parts: list[bytes] = [b""]  # the data from `_at` on; the last one has no terminator
        self._next = 0
        self._uneven = 0  # up to where `read_even` has read nothing

    @property
    def end(self) -> int:
        """Where the last segment has ended, its terminator included."""
        return self._at

    def read(self) -> bytes | None:
        """
        Return the next segment without terminator and line breaks, `None` when none is left.

        Then `offset` is where bytes without a terminator begin, or the end of the file.
        """
        while True:
            if self._next < len(self._parts) - 1:
                raw = self._parts[self._next]
                self._next += 1
                self._at += len(raw) + 1
                raw = raw.lstrip(LINE_BREAKS)
                if raw:
                    self.offset = self._at - 1 - len(raw)
                    self.number += 1
                    return raw.rstrip(b"\r\n")
                continue
            left = self._parts[self._next].lstrip(BETWEEN)
            if len(left) > MAX_SEGMENT_BYTES or not self._more():
                self.offset = self._at + len(self._parts[self._next]) - len(left)
                return None
            self._split()

    def read_even(self, heads: set[bytes], end: bytes) -> list[Placed]:
        """
        Read up to a segment that begins with `end`, or what is left of the block, at one go.

        Nothing is read where a segment on the way does not begin with one of these four bytes,
        where an `ISA` may begin, and where line breaks are not the same behind each segment: that
        is left to `read_while`, which says the same.
        """
        if self._at < self._uneven:
            return []
        data, terminator = self._data, self._terminator
        at = self._at - self._base
        ahead = data[at : at + HEAD_BYTES]
        breaks = ahead[: len(ahead) - len(ahead.lstrip(LINE_BREAKS))]
        between = terminator + breaks
        found = data.find(between + end, max(at - 1, 0))
        stop = (found if found >= 0 else data.rfind(terminator)) + 1
        self._uneven = self._base + stop
        run = data[at:stop]
        count = run.count(terminator)
        raws = run[len(breaks) : -1].split(between)
        if (
            len(raws) != count
            or b"ISA" in run
            or any(run.count(one) != count * between.count(one) for one in (b"\n", b"\r"))
            or not heads >= set(map(_HEAD, raws))
        ):
            return []
        sizes = map(len(between).__add__, map(len, raws))
        offsets = accumulate(sizes, initial=self._at + len(breaks))
        self._at += len(run)
        self._next += count
        self.number += count
        return list(zip(offsets, raws, strict=False))

    def read_while(self, heads: set[bytes], hold: Callable[[Placed], object]) -> None:
        """
        Read on while segments begin with one of these four bytes, and hand them to `hold`.

        It ends before any other one, before one in which an `ISA` may begin, and with the block:
        what `read` says one by one, said of a run.
        """
        parts, at, number = self._parts, self._at, self.number
        following = self._next
        for following in range(self._next, len(parts) - 1):
            raw = parts[following].lstrip(LINE_BREAKS)
            if raw[:HEAD_BYTES] not in heads or b"ISA" in raw:
                break
            at += len(parts[following]) + 1
            number += 1
            hold((at - 1 - len(raw), raw.rstrip(b"\r\n")))
        else:
            following = max(self._next, len(parts) - 1)
        self._next, self._at, self.number = following, at, number

    def find_interchange(self) -> tuple[int | None, bytes]:
        """
        Move on to the next `ISA`; return where other bytes stood before it, and its 106 bytes.

        These are fewer, or none, at the end of the file; `offset` is their first. Blanks, line
        breaks and a byte order mark are not other bytes.
        """
        skipped: int | None = None
        while True:
            ahead = self._ahead()
            blanks = len(ahead) - len(ahead.lstrip(BETWEEN))
            if blanks:
                self._at += blanks
                continue
            if ahead.startswith(b"ISA") or not ahead:
                self.offset = self._at
                return skipped, ahead
            if skipped is None:
                skipped = self._at
            found = self._data.find(b"ISA", self._at - self._base)
            last = self._base + len(self._data) - 2  # an "ISA" may begin here
            self._at = self._base + found if found >= 0 else max(self._at + 1, last)

    def enter(self, header: bytes, terminator: bytes) -> None:
        """Go on behind the ISA segment that `find_interchange` returned."""
        self._at += len(header)
        self.number += 1
        here = self._parts[self._next].lstrip(BETWEEN) + terminator
        if terminator == self._terminator and here == header and self._next < len(self._parts) - 1:
            self._next += 1  # split already: small interchanges stand many to a block
            return
        self._terminator = terminator
        self._split()

    def jump(self, offset: int, number: int) -> None:
        """Go on at another offset, behind the segment of that number."""
        if not self._base <= offset <= self._base + len(self._data):
            self._stream.seek(self._origin + offset)
            self._data, self._base = b"", offset
        self._at, self.number = offset, number
        self._uneven = 0
        if self._terminator:
            self._split()

    def glued_interchange(self, raw: bytes) -> int | None:
        """Return where an ISA begins within the last segment, which was cut short by it."""
        found = raw.find(b"ISA")
        while found >= 0:
            start = self.offset + found - self._base
            if start + ISA_BYTES > len(self._data):
                self._data += self._stream.read(BLOCK_BYTES)
                self._split()
            if delimiters_of(self._data[start : start + ISA_BYTES]):
                return self.offset + found
            found = raw.find(b"ISA", found + 1)
        return None

    def _ahead(self) -> bytes:
        while len(self._data) - (self._at - self._base) < ISA_BYTES and self._more():
            pass
        start = self._at - self._base
        return self._data[start : start + ISA_BYTES]

    def _more(self) -> bool:
        block = self._stream.read(BLOCK_BYTES)
        self._data = self._data[self._at - self._base :] + block
        self._base = self._at
        return bool(block)

    def _split(self) -> None:
        self._parts = self._data[self._at - self._base :].split(self._terminator)
        self._next = 0
