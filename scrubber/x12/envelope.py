"""
The outer form of an X12 file: delimiters, segments, and the envelopes that must balance.

The ISA segment has a fixed width of 106 bytes and names the delimiters (X12.5, interchange control
structures); everything after it is read with these until the next ISA.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

ISA_BYTES = 106
ISA_ELEMENTS = 17  # the id and 16 more
CHUNK_BYTES = 1 << 20
MAX_SEGMENT_BYTES = 1 << 16  # no segment of an 837 comes near; what does is no segment
BETWEEN = b" \t\r\n\xef\xbb\xbf\x00"

#: 837P, 837I and 837D of 005010; senders write any of the errata's letters for the same guides.
VERSIONS = {
    **dict.fromkeys(("005010X222", "005010X222A1", "005010X222A2"), "professional"),
    **dict.fromkeys(
        ("005010X223", "005010X223A1", "005010X223A2", "005010X223A3"), "institutional"
    ),
    **dict.fromkeys(("005010X224", "005010X224A1", "005010X224A2"), "dental"),
}


class Segment(NamedTuple):
    """One segment: its elements, the id first, and the byte offset of its first byte."""

    elements: list[str]
    offset: int
    delimiters: "Delimiters"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that separate elements, repetitions and components, and end segments."""

    element: str
    repetition: str
    component: str
    terminator: bytes


@dataclass(frozen=True, slots=True)
class X12Fault:
    """
    A place that could not be read, in words of ours.

    `offset` is the byte offset of the segment at fault; `record` is the number of the claim, or
    `None` when the fault is of an envelope.
    """

    record: int | None
    offset: int
    error: str
    segment: str


def is_x12(head: bytes) -> bool:
    """Tell by its first bytes whether a file is an X12 interchange."""
    return head.lstrip(BETWEEN).startswith(b"ISA")


def read_segments(stream: BinaryIO) -> Iterator[Segment | X12Fault]:
    """
    Yield every segment of a file, in a memory that does not grow with it.

    Line breaks after terminators are skipped, and so is blank space between interchanges; other
    bytes there are a fault, and reading goes on at the next ISA.
    """
    window = _Window(stream)
    while True:
        fault = window.seek_interchange()
        if fault:
            yield fault
        if not window.starts_with_isa():
            return
        header = window.take(ISA_BYTES)
        if len(header) < ISA_BYTES:
            offset = window.offset - len(header)
            yield X12Fault(None, offset, "the ISA segment is cut short", "ISA")
            return
        text = header.decode("latin-1")
        delimiters = Delimiters(text[3], text[82], text[104], header[105:106])
        elements = text[: ISA_BYTES - 1].split(delimiters.element)
        if len(elements) != ISA_ELEMENTS or header[105:106].isalnum():
            offset = window.offset - ISA_BYTES
            yield X12Fault(None, offset, "the ISA segment has not its 16 elements", "ISA")
            continue
        yield Segment(elements, window.offset - ISA_BYTES, delimiters)
        yield from _until_iea(window, delimiters)


def _until_iea(window: "_Window", delimiters: Delimiters) -> Iterator[Segment | X12Fault]:
    while True:
        offset, raw = window.segment(delimiters.terminator)
        if raw is None:
            if offset >= 0:
                yield X12Fault(None, offset, "the file ends within a segment", "")
            return
        if not raw:
            continue
        elements = _text(raw).split(delimiters.element)
        yield Segment(elements, offset, delimiters)
        if elements[0] == "IEA":
            return


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class _Window:
    """A moving view of the file, and where it stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self._base = 0

    @property
    def offset(self) -> int:
        """The offset in the file of the next byte."""
        return self._base + self._at

    def _more(self) -> bool:
        chunk = self._stream.read(CHUNK_BYTES)
        self._buffer = self._buffer[self._at :] + chunk
        self._base += self._at
        self._at = 0
        return bool(chunk)

    def take(self, count: int) -> bytes:
        """Return the next bytes, fewer only at the end of the file."""
        while len(self._buffer) - self._at < count and self._more():
            pass
        taken = self._buffer[self._at : self._at + count]
        self._at += len(taken)
        return taken

    def starts_with_isa(self) -> bool:
        """Tell whether an interchange begins here."""
        return self._buffer.startswith(b"ISA", self._at)

    def seek_interchange(self) -> X12Fault | None:
        """Move to the next ISA or the end; anything but blanks on the way is a fault."""
        fault: X12Fault | None = None
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in BETWEEN:
                self._at += 1
            if len(self._buffer) - self._at < len(b"ISA") and self._more():
                continue
            if self.starts_with_isa() or self._at >= len(self._buffer):
                return fault
            if fault is None:
                fault = X12Fault(None, self.offset, "not an X12 interchange (no ISA here)", "")
            found = self._buffer.find(b"ISA", self._at)
            self._at = found if found >= 0 else max(self._at + 1, len(self._buffer) - 2)

    def segment(self, terminator: bytes) -> tuple[int, bytes | None]:
        """
        Return offset and bytes of the next segment, without terminator and leading line breaks.

        The bytes are `None` at the end of the file; then the offset is that of a cut segment, or
        -1 when nothing was left.
        """
        while True:
            end = self._buffer.find(terminator, self._at)
            if end >= 0:
                raw = self._buffer[self._at : end]
                stripped = raw.lstrip(b"\r\n \t")
                offset = self._base + end - len(stripped)
                self._at = end + 1
                return offset, stripped.rstrip(b"\r\n")
            left = self._buffer[self._at :].lstrip(b"\r\n \t\x00\x1a")
            too_long = len(left) > MAX_SEGMENT_BYTES + CHUNK_BYTES
            if too_long or not self._more():
                offset = self._base + len(self._buffer) - len(left)
                self._at = len(self._buffer)
                return (offset if left else -1), None


@dataclass(slots=True)
class Structure:
    """What a first pass says of a file: transactions not to be read on, and every fault."""

    refused: set[int]
    faults: list[X12Fault]


def survey(stream: BinaryIO) -> Structure:
    """
    Return which transactions (by their number in the file, from 0) are unfit, and all faults.

    A transaction without its SE, with another count or control number than SE says, of another
    version or kind: nothing of it can be trusted to be whole, so none of its claims goes on. A
    wrong count of an outer envelope is a fault, and its whole transactions are kept.
    """
    survey = _Survey()
    for segment in read_segments(stream):
        if isinstance(segment, X12Fault):
            survey.faults.append(segment)
        else:
            survey.see(segment)
    survey.close()
    survey.faults.sort(key=lambda fault: fault.offset)
    return Structure(survey.refused, survey.faults)


class _Survey:
    """Counts envelopes as they open and close."""

    def __init__(self) -> None:
        self.refused: set[int] = set()
        self.faults: list[X12Fault] = []
        self._number = -1  # of the transaction in the file
        self._isa: Segment | None = None
        self._gs: Segment | None = None
        self._st: Segment | None = None
        self._groups = self._transactions = self._segments = 0

    def see(self, segment: Segment) -> None:
        """Count one segment."""
        kind = segment.elements[0]
        self._segments += 1
        if kind == "ST":
            self._open_transaction(segment)
        elif kind == "SE":
            self._close_transaction(segment)
        elif kind == "GS":
            self._unclosed("GS")
            self._gs = segment
            self._transactions = 0
            self._groups += 1
        elif kind == "GE":
            self._unclosed("ST")
            self._close(segment, self._gs, 6, self._transactions, "GS")
            self._gs = None
        elif kind == "ISA":
            self._unclosed("ISA")
            self._isa = segment
            self._groups = 0
        elif kind == "IEA":
            self._unclosed("GS")
            self._close(segment, self._isa, 13, self._groups, "ISA")
            self._isa = None
        elif self._st is None:
            self._fault(segment.offset, f"a {_name(kind)} segment outside of a transaction", kind)

    def close(self) -> None:
        """End of file: whatever is open is cut short."""
        self._unclosed("ISA")

    def _open_transaction(self, segment: Segment) -> None:
        self._unclosed("ST")
        self._number += 1
        self._st = segment
        self._segments = 1
        self._transactions += 1
        elements = segment.elements
        if _element(elements, 1) != "837":
            self._refuse(segment, f"transaction {_element(elements, 1)} is not an 837")
            return
        version = guide_of(self._gs, segment)
        if version not in VERSIONS:
            self._refuse(
                segment,
                f"version {_name(version) or 'unstated'} is not read; "
                "005010X222, X223 and X224 with their errata are",
            )

    def _close_transaction(self, segment: Segment) -> None:
        start = self._st
        if start is None:
            self._fault(segment.offset, "an SE without its ST", "SE")
            return
        stated = _element(segment.elements, 1)
        if stated != str(self._segments) and stated.lstrip("0") != str(self._segments):
            self._refuse(
                segment, f"SE01 says {_name(stated)} segments, the transaction has {self._segments}"
            )
        elif _element(segment.elements, 2) != _element(start.elements, 2):
            self._refuse(segment, "SE02 is not the control number of ST02")
        self._st = None

    def _close(
        self, segment: Segment, start: Segment | None, control: int, count: int, opener: str
    ) -> None:
        kind = segment.elements[0]
        if start is None:
            self._fault(segment.offset, f"a {kind} without its {opener}", kind)
            return
        stated = _element(segment.elements, 1)
        if not stated.isdigit() or int(stated) != count:
            self._fault(segment.offset, f"{kind}01 says {_name(stated)}, there are {count}", kind)
        if _element(segment.elements, 2).strip() != _element(start.elements, control).strip():
            self._fault(segment.offset, f"{kind}02 is not the control number of its {opener}", kind)

    def _unclosed(self, outermost: str) -> None:
        """Report the envelopes from the transaction outwards that are open and should not be."""
        if self._st is not None:
            self._refuse(self._st, "the transaction has no SE: it is cut short")
            self._st = None
        if outermost in ("GS", "ISA") and self._gs is not None:
            self._fault(self._gs.offset, "the group has no GE: it is cut short", "GS")
            self._gs = None
        if outermost == "ISA" and self._isa is not None:
            self._fault(self._isa.offset, "the interchange has no IEA: it is cut short", "ISA")
            self._isa = None

    def _refuse(self, segment: Segment, error: str) -> None:
        if self._number not in self.refused:
            self.refused.add(self._number)
            self._fault(segment.offset, error, segment.elements[0])

    def _fault(self, offset: int, error: str, kind: str) -> None:
        self.faults.append(X12Fault(None, offset, error, _name(kind)))


def guide_of(group: Segment | None, transaction: Segment) -> str:
    """Return the implementation guide of a transaction: ST03, else GS08."""
    stated = _element(transaction.elements, 3)
    return stated or (_element(group.elements, 8) if group else "")


def _element(elements: list[str], position: int) -> str:
    return elements[position] if position < len(elements) else ""


def _name(text: str) -> str:
    """Return a short code as it is, anything else as its length: it may be anybody's name."""
    fit = len(text) <= 12 and text.isascii() and text.isalnum()  # noqa: PLR2004
    return text if fit else f"({len(text)} characters)"
