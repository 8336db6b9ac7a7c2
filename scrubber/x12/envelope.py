"""
The envelopes of an X12 file, which must balance: interchange, group, transaction.

A transaction is looked through to its SE before any of it goes on: one that was cut short, or that
has not the segments its SE counts, may lack part of a claim, so none of its claims may be sent.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from scrubber.x12.segments import (
    HEAD_BYTES,
    ISA_BYTES,
    Delimiters,
    Parted,
    Placed,
    Segments,
    delimiters_of,
)

HELD_BYTES: Final = 1 << 20
"""Of a transaction up to this length the segments are held; a longer one is read twice."""
RUN: Final = 256  # segments that are gone through together

# Senders write any of the errata's letters for the same three guides.
CLAIM_TYPES: Final = {
    **dict.fromkeys(("005010X222", "005010X222A1", "005010X222A2"), "professional"),
    **dict.fromkeys(
        ("005010X223", "005010X223A1", "005010X223A2", "005010X223A3"), "institutional"
    ),
    **dict.fromkeys(("005010X224", "005010X224A1", "005010X224A2"), "dental"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What transactions are read: their ST01, and by guide the type of claim that they hold."""

    code: str
    guides: Mapping[str, str]
    versions: str


CLAIMS: Final = Wanted("837", CLAIM_TYPES, "005010X222, X223 and X224 are")
REMITTANCES: Final = Wanted(
    "835", dict.fromkeys(("005010X221", "005010X221A1"), ""), "005010X221 is"
)
MOST_HEADS: Final = 4096  # a file of noise has any number of them
ENVELOPES: Final = frozenset((b"ISA", b"GS", b"ST", b"GE", b"IEA"))


@dataclass(frozen=True, slots=True)
class X12Fault:
    """
    A place that could not be read, in words of ours and without a value of a claim.

    `offset` is the byte offset of the segment at fault, `segment` its id; `record` is the number
    of the claim, or `None` when the fault is of an envelope. `code` is what an answer says of it:
    IK502 of a transaction, whose ST are the elements `st`, AK905 of a group (GS, GE), TA105 of an
    interchange (ISA, IEA).
    """

    record: int | None
    offset: int
    error: str
    segment: str
    code: str = ""
    st: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """
    An ISA, GS, GE or IEA by its elements; GE and IEA come for each GS and ISA, if need be empty.

    `holds` is, at the end, how many of the next kind there were. Its bytes stand from `start` up
    to `end`, its terminator included.
    """

    kind: str
    elements: list[str]
    holds: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Transaction:
    """
    A transaction known to be whole: its envelopes, and its segments between ST and SE.

    `ordinal` says where it stands: the interchange in the file, the group in that, the transaction
    in that, each from 1. `start` is the byte offset of its ST and `number` that segment's number in
    the file; `se` is the offset of its SE, `end` where it has ended. The segments must be read to
    their end before the next transaction.
    """

    claim_type: str
    guide: str
    delimiters: Delimiters
    isa: list[str]
    gs: list[str]
    st: list[str]
    ordinal: tuple[int, int, int]
    start: int
    number: int
    se: int
    end: int
    segments: Iterator[Placed]

    def runs(self) -> Iterator[list[Parted]]:
        """Yield its segments by their elements, up to `RUN` at a time."""
        separator = self.delimiters.element
        while run := list(islice(self.segments, RUN)):
            yield [
                (offset, text := raw.decode("latin-1"), text.split(separator))
                for offset, raw in run
            ]


Event = Transaction | X12Fault | Envelope


@dataclass(slots=True)
class _Open:
    """An envelope that has begun: its elements, where, and how many of the next kind it holds."""

    elements: list[str]
    offset: int
    number: int
    holds: int = 0


def read_transactions(segments: Segments, wanted: Wanted = CLAIMS) -> Iterator[Event]:
    """
    Yield the envelopes of a file, its whole transactions and its faults, each where it is found.

    A transaction that is not wanted is a fault. A wrong count or control number of a group or an
    interchange is a fault and nothing more: the transactions were counted by their own SE.
    """
    return _Envelopes(segments, wanted).walk()


class _Envelopes:
    """Where in the envelopes the reading stands."""

    def __init__(self, segments: Segments, wanted: Wanted) -> None:
        self._segments = segments
        self._wanted = wanted
        self._delimiters = Delimiters("*", "^", ":", "~")
        self._ordinary: set[bytes] = set()  # how segments begin that are of no envelope
        self._interchanges = 0
        self._isa: _Open | None = None
        self._gs: _Open | None = None
        self._end = 0  # where an interchange broke off
        self._stray = False  # a run of segments outside of transactions is one fault

    def walk(self) -> Iterator[Event]:
        """Go through the interchanges."""
        segments = self._segments
        broken_off = False
        while True:
            skipped, header = segments.find_interchange()
            if skipped is not None and not broken_off:
                yield X12Fault(None, skipped, "not an X12 interchange: no ISA stands here", "")
            if not header:
                return
            self._interchanges += 1
            delimiters = delimiters_of(header)
            if delimiters is None:
                error = "has not the fixed form of 16 elements in 106 bytes"
                if len(header) < ISA_BYTES:
                    error = "is cut short"
                yield X12Fault(None, segments.offset, f"the ISA segment {error}", "ISA")
                segments.jump(segments.offset + len(b"ISA"), segments.number)
                broken_off = True
                continue
            segments.enter(header, delimiters.terminator.encode())
            if delimiters.element != self._delimiters.element:
                self._ordinary.clear()
            self._delimiters = delimiters
            elements = header.decode("ascii")[:-1].split(delimiters.element)
            self._isa = _Open(elements, segments.offset, segments.number)
            yield Envelope("ISA", elements, 0, segments.offset, segments.end)
            yield from self._interchange()
            broken_off = self._isa is not None
            yield from self._interchange_without_end()

    def _interchange(self) -> Iterator[Event]:
        """Read from behind an ISA to its IEA, or to where it breaks off."""
        segments = self._segments
        self._stray = False
        while True:
            raw = segments.read()
            broken_off = segments.offset if raw is None else segments.glued_interchange(raw)
            if raw is None or broken_off is not None:
                self._end = broken_off or 0
                segments.jump(self._end, segments.number)
                return
            elements = raw.decode("latin-1").split(self._delimiters.element)
            kind = elements[0]
            if kind == "ST":
                yield from self._transaction(elements)
            elif kind == "GS":
                yield from self._group_without_end()
                self._gs = _Open(elements, segments.offset, segments.number)
                if self._isa:
                    self._isa.holds += 1
                yield Envelope("GS", elements, 0, segments.offset, segments.end)
            elif kind == "GE":
                yield from self._close(elements, self._gs, "GS", 6)
                self._gs = None
            elif kind == "IEA":
                yield from self._group_without_end()
                yield from self._close(elements, self._isa, "ISA", 13)
                self._isa = None
                return
            elif kind != "TA1" and not self._stray:
                self._stray = True
                yield self._fault("a segment outside of a transaction", kind)

    def _transaction(self, st: list[str]) -> Iterator[Event]:
        """Look a transaction through to its SE, and hand it on when it is whole."""
        segments, isa, group = self._segments, self._isa, self._gs
        start, number = segments.offset, segments.number
        self._stray = False
        if group:
            group.holds += 1
        guide = _at(st, 3) or (_at(group.elements, 8) if group else "")
        held: list[Placed] = []
        error, code = self._look_through(st, held)
        wanted = self._wanted
        if _at(st, 1) != wanted.code:
            error, code = f"transaction {_id(_at(st, 1))} is not an {wanted.code}", "1"
        elif guide not in wanted.guides:
            error = f"version {_version(guide)} is not read; {wanted.versions}"
            code = "I6"
        elif group is None:
            error, code = "the transaction stands outside of a group", ""
        if error or group is None or isa is None:
            error += "; none of its claims is sent on"
            yield self._fault(error, "ST", start, number, code=code, st=tuple(st))
            return
        ordinal = (self._interchanges, isa.holds, group.holds)
        again = iter(held) if held else self._again(start, number)
        yield Transaction(
            wanted.guides[guide], guide, self._delimiters, isa.elements, group.elements, st,
            ordinal, start, number, segments.offset, segments.end, again,
        )  # fmt: skip

    def _look_through(self, st: list[str], held: list[Placed]) -> tuple[str, str]:
        """
        Read to the SE; return what is wrong with the transaction and its IK502, "" for nothing.

        `held` has its segments after that, unless they are longer than `HELD_BYTES`. What cuts the
        transaction short is left to be read again.
        """
        segments, separator = self._segments, self._delimiters.element.encode()
        ordinary = self._ordinary
        hold: Callable[[Placed], object] = held.append
        last = b"SE" + separator
        first = segments.number
        limit = segments.offset + HELD_BYTES
        error = ("", "")
        while True:
            even = segments.read_even(ordinary, last)
            if hold is not _drop:
                held += even
            segments.read_while(ordinary, hold)
            if segments.end > limit:
                held.clear()
                hold = _drop
            raw = segments.read()
            if raw is None:
                break
            at = raw.find(separator, 2, HEAD_BYTES)
            kind = raw[:at]
            if kind == b"SE":
                end = raw.decode("latin-1").split(self._delimiters.element)
                return error if error[0] else _imbalance(st, end, segments.number - first + 1)
            if kind in ENVELOPES or (b"ISA" in raw and segments.glued_interchange(raw) is not None):
                segments.jump(segments.offset, segments.number - 1)
                break
            if at >= 0 and kind.isalnum():
                if len(ordinary) < MOST_HEADS:
                    ordinary.add(raw[:HEAD_BYTES])
            elif not error[0]:
                error = (f"segment {segments.number} of the file has no segment id", "5")
            hold((segments.offset, raw))
        return error if error[0] else ("the transaction has no SE: it is cut short", "2")

    def _again(self, start: int, number: int) -> Iterator[Placed]:
        """Yield the segments of a whole transaction from the file, ST and SE left out."""
        segments = self._segments
        end = b"SE" + self._delimiters.element.encode()
        segments.jump(start, number - 1)
        segments.read()
        run: list[Placed] = []
        while (raw := segments.read()) is not None and not raw.startswith(end):
            yield segments.offset, raw
            yield from segments.read_even(self._ordinary, end)
            segments.read_while(self._ordinary, run.append)
            yield from run
            run.clear()

    def _close(
        self, elements: list[str], start: _Open | None, opener: str, control: int
    ) -> Iterator[Event]:
        kind = elements[0]
        if start is None:
            # Of a group that never began the interchange has to tell: 022, its structure.
            yield self._fault(f"a {kind} without its {opener}", kind, code="022")
            return
        miscounted, misnumbered = ("5", "4") if kind == "GE" else ("021", "001")
        stated = _at(elements, 1)
        if _count(stated) != start.holds:
            error = f"{kind}01 says {_number(stated)}, there are {start.holds}"
            yield self._fault(error, kind, code=miscounted)
        if _at(elements, 2).strip() != _at(start.elements, control).strip():
            error = f"{kind}02 is not the control number of its {opener}"
            yield self._fault(error, kind, code=misnumbered)
        yield Envelope(kind, elements, start.holds, self._segments.offset, self._segments.end)

    def _group_without_end(self) -> Iterator[Event]:
        group, self._gs = self._gs, None
        if group:
            yield self._fault("the group has no GE", "GS", group.offset, group.number, code="3")
            yield Envelope("GE", [], group.holds)

    def _interchange_without_end(self) -> Iterator[Event]:
        isa, group = self._isa, self._gs
        self._isa = self._gs = None
        if isa:
            lacks = "no IEA, and its group no GE" if group else "no IEA"
            error = f"the interchange has {lacks}: it breaks off at byte {self._end}"
            yield self._fault(error, "ISA", isa.offset, isa.number, code="023")
            if group:
                yield Envelope("GE", [], group.holds)
            yield Envelope("IEA", [], isa.holds)

    def _fault(
        self,
        error: str,
        kind: str,
        offset: int | None = None,
        number: int | None = None,
        code: str = "",
        st: tuple[str, ...] = (),
    ) -> X12Fault:
        """Return a fault of the last segment, or of that at `offset`."""
        if offset is None or number is None:
            offset, number = self._segments.offset, self._segments.number
        error = f"{error} (segment {number} of the file)"
        return X12Fault(None, offset, error, _id(kind), code, st)


def _drop(_: Placed) -> None:
    """Hold nothing: the transaction is read twice."""


def _imbalance(st: list[str], se: list[str], count: int) -> tuple[str, str]:
    stated = _at(se, 1)
    if _count(stated) != count:
        return f"SE01 says {_number(stated)} segments, the transaction has {count}", "4"
    if _at(se, 2).strip() != _at(st, 2).strip():
        return "SE02 is not the control number of ST02", "3"
    return "", ""


def _count(text: str) -> int | None:
    """Return a count of up to ten digits; `None` for anything else."""
    text = text.strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 10 else None  # noqa: PLR2004


def _at(elements: list[str], position: int) -> str:
    return elements[position] if position < len(elements) else ""


# What lacks the shape of its field is shown as its length: it may be a name that slipped there.


def _id(text: str) -> str:
    return text if len(text) <= 3 and text.isalnum() else _length(text)  # noqa: PLR2004


def _number(text: str) -> str:
    return text if _count(text) is not None else _length(text)


def _version(text: str) -> str:
    fit = len(text) <= 12 and text[:6].isdecimal() and text.isalnum()  # noqa: PLR2004
    return text if fit else _length(text)


def _length(text: str) -> str:
    return f"({len(text)} characters)"
