"""
An 837 with some of the claims of another: the bytes of what stays are those that were sent.

A claim that is left out takes with it the levels (HL), transactions, groups and interchanges that
held no other. Counts are right again (SE01, GE01, IEA01); from the first level left out on HL are
numbered anew, and one whose dependents are all left out says so (HL04). Control numbers stay.
What was not read (a transaction that is not whole, bytes outside of envelopes) is not written.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any, BinaryIO, Final

from scrubber.x12.claim_loops import LEVELS
from scrubber.x12.correct import CorrectionError, corrected
from scrubber.x12.envelope import Envelope, Event, Transaction, read_transactions
from scrubber.x12.read import SubmissionIds
from scrubber.x12.segments import BETWEEN, Segments

BLOCK_BYTES: Final = 1 << 20
GAP_BYTES: Final = 1 << 12  # blanks and line breaks between envelopes go along up to this length
NO_CHILD: Final = b"0"  # HL04
DEPTHS: Final = {level.encode(): depth for depth, level in enumerate(LEVELS, start=1)}

Json = dict[str, Any]
Range = tuple[int, int]
"""Bytes of the original, from an offset up to another."""
Choose = Callable[[str], Json | bool]
"""By its submission id: a claim goes on as it is, or as corrected, or is left out."""
Refused = Callable[[str, CorrectionError], None]
"""Told of a claim that cannot be written as it is wanted, and is left out."""


def _raise(_: str, error: CorrectionError) -> None:
    raise error


def write_claims(
    stream: BinaryIO, original: BinaryIO, choose: Choose, refused: Refused = _raise
) -> Iterator[bytes]:
    """
    Yield, piece by piece, the 837 with the claims chosen; nothing at all when none is.

    Both streams are of the same seekable file, at its start: of one the segments are read, from
    the other the bytes are taken. `choose` is asked once for each claim, in their order. A
    transaction without any claim goes on as it is.
    """
    writer = _Writer(original, choose, refused)
    return writer.write(read_transactions(Segments(stream)))


@dataclass(eq=False, slots=True)
class _Enclosing:
    """An interchange or a group; `opening` is written before the first thing in it."""

    elements: list[str]
    opening: bytes
    holds: int = 0


class _Writer:
    """Where in the envelopes the writing stands."""

    def __init__(self, original: BinaryIO, choose: Choose, refused: Refused) -> None:
        self.choose = choose
        self.refused = refused
        self._original = original
        self._ids = SubmissionIds()
        self._isa: _Enclosing | None = None
        self._gs: _Enclosing | None = None
        self._separator = self._terminator = self._line_break = b""
        self._end = 0  # of the last envelope or transaction
        self._written = False

    def write(self, events: Iterator[Event]) -> Iterator[bytes]:
        """Go through a file."""
        for one in events:
            if isinstance(one, Transaction):
                yield from self._transaction(one)
                self._end = one.end
            elif isinstance(one, Envelope):
                yield from self._envelope(one)
                self._end = one.end or self._end
        if self._written:
            rest = self.read(self._end, self._end + GAP_BYTES)
            yield rest[: len(rest) - len(rest.lstrip(BETWEEN))]

    def read(self, start: int, end: int) -> bytes:
        """Return bytes of the original."""
        self._original.seek(start)
        return self._original.read(end - start)

    def _gap(self, start: int) -> bytes:
        """Return the blanks and line breaks that stand before a place."""
        before = self.read(max(self._end, start - GAP_BYTES), start)
        return before[len(before.rstrip(BETWEEN)) :]

    def _envelope(self, one: Envelope) -> Iterator[bytes]:
        gap = self._gap(one.start) if one.end else b""
        raw = self.read(one.start, one.end)
        if one.kind == "ISA":
            self._separator, self._terminator = raw[3:4], raw[-1:]
            self._isa = _Enclosing(one.elements, gap + raw)
        elif one.kind == "GS":
            self._line_break = gap
            self._gs = _Enclosing(one.elements, gap + raw)
        elif one.kind == "GE" and self._gs:
            yield self._close(self._gs, one, 6, gap, raw)
            self._gs = None
        elif one.kind == "IEA" and self._isa:
            yield self._close(self._isa, one, 13, gap, raw)
            self._isa = None

    def _close(
        self, outer: _Enclosing, end: Envelope, control: int, gap: bytes, raw: bytes
    ) -> bytes:
        """Return the end of a group or an interchange: as it was sent, where that is right."""
        if not outer.holds:
            return b""
        number = "".join(outer.elements[control : control + 1]).strip()
        count, *stated = [one.strip() for one in end.elements[1:3]] or [""]
        if count.lstrip("0") == str(outer.holds) and stated == [number]:
            return gap + raw
        stands = (end.kind, str(outer.holds), number)
        right = self._separator.join(one.encode("latin-1") for one in stands)
        return (gap if raw else self._line_break) + right + self._terminator

    def _transaction(self, one: Transaction) -> Iterator[bytes]:
        isa, gs = self._isa, self._gs
        body = _Body(self, one, self._ids.of(one), one.start - len(self._gap(one.start)))
        first = True
        for piece in body.write():
            if first and isa and gs:
                if not gs.holds:
                    if not isa.holds:
                        yield isa.opening
                    isa.holds += 1
                    yield gs.opening
                gs.holds += 1
                first, self._written = False, True
            yield piece


@dataclass(eq=False, slots=True)
class _Level:
    """
    The header of a transaction (depth 0) or an HL, with what stands in it above any claim.

    `raws` are its segments, from their HL on; `lead` are their places, and the levels within it
    that hold no claim at all. `elements` are those of the HL as it is written.
    """

    depth: int
    own: bytes = b""  # HL01 as it was sent
    hl: Range = (0, 0)
    raws: list[bytes] = field(default_factory=list)
    lead: "list[Range | _Level]" = field(default_factory=list)
    elements: list[bytes] = field(default_factory=list)
    placed: bool = False
    left_out: bool = False  # a claim in it was
    closed: bool = False
    children: int = 0
    children_placed: int = 0

    @property
    def ready(self) -> bool:
        """It is known whether any level below it is written (HL04)."""
        return self.closed or self.children_placed > 0


class _Body:
    """One transaction: its levels, and what waits to be written of it."""

    def __init__(self, writer: _Writer, transaction: Transaction, named: str, start: int) -> None:
        self._writer = writer
        self._transaction = transaction
        self._named = named
        self._start = start
        separator = self._separator = transaction.delimiters.element.encode()
        self._clm, self._hl = b"CLM" + separator, b"HL" + separator
        self._stack = [_Level(0)]
        self._claims = 0
        self._goes_on: bool | None = None  # the present claim, None where there is none
        self._wanted: Json | None = None
        self._collected: list[tuple[bytes, Range]] = []  # of a claim that is corrected
        self._segments = 0
        self._last = 0  # HL01
        self._renumber = False
        self._waiting: deque[Range | bytes | _Level] = deque()
        self._waits = 0

    def write(self) -> Iterator[bytes]:
        """Go through the transaction."""
        transaction, header = self._transaction, self._stack[0]
        offset, raw = self._start, b"ST"
        for following, next_raw in chain(transaction.segments, [(transaction.se, b"")]):
            self._take(raw, (offset, following))
            offset, raw = following, next_raw
            if self._waits > BLOCK_BYTES:
                yield from self._drain()
        self._end_claim()
        self._leave(0)
        if not header.placed and not header.left_out:
            self._place(header)
        if header.placed:
            self._put_end()
            yield from self._drain()

    def _take(self, raw: bytes, place: Range) -> None:
        """Take the next segment."""
        if raw.startswith(self._clm):
            self._end_claim()
            self._begin_claim()
        elif raw.startswith(self._hl):
            self._end_claim()
            elements = raw.split(self._separator)
            if depth := DEPTHS.get(elements[3] if len(elements) > 3 else b""):  # noqa: PLR2004
                self._leave(depth)
                self._stack[-1].children += 1
                self._stack.append(_Level(depth, elements[1], place, [raw], [], elements))
                return
        if self._wanted is not None:
            self._collected.append((raw, place))
        elif self._goes_on:
            self._put(place)
        elif self._goes_on is None:
            level = self._stack[-1]
            level.raws.append(raw)
            if level.placed:
                self._put(place)
            else:
                level.lead.append(place)

    # Claims.

    def _begin_claim(self) -> None:
        self._claims += 1
        choice = self._writer.choose(self._submission_id)
        if isinstance(choice, dict):
            self._goes_on, self._wanted, self._collected = True, choice, []
        else:
            self._goes_on = choice
            self._settle(goes_on=choice)

    @property
    def _submission_id(self) -> str:
        return f"{self._named}-{self._claims}"

    def _end_claim(self) -> None:
        wanted, self._wanted, self._goes_on = self._wanted, None, None
        if wanted is None:
            return
        segments = []
        for raw, place in self._collected:
            segments.append((raw, self._writer.read(*place)[len(raw) :]))
        above = [raw for level in self._stack for raw in level.raws]
        try:
            written = corrected(self._transaction, above, segments, wanted)
        except CorrectionError as error:
            self._writer.refused(self._submission_id, error)
            self._settle(goes_on=False)
            return
        self._settle(goes_on=True)
        self._put(b"".join(chain.from_iterable(written)), len(written))

    def _settle(self, *, goes_on: bool) -> None:
        """What the present claim means to the levels above it."""
        if goes_on:
            self._place(self._stack[0])
            for parent, level in pairwise(self._stack):
                self._place(level, parent)
        else:
            for level in self._stack:
                level.left_out = True

    # Levels.

    def _leave(self, depth: int) -> None:
        """Close the levels at this depth and below it."""
        stack = self._stack
        while len(stack) > 1 and stack[-1].depth >= depth:
            level = stack.pop()
            level.closed = True
            if level.placed:
                continue
            if level.left_out:
                self._renumber = True
            elif stack[-1].placed:
                self._place(level, stack[-1])
            else:
                stack[-1].lead.append(level)

    def _place(self, level: _Level, parent: _Level | None = None) -> None:
        """Put an HL and its lead where they are written next."""
        if level.placed:
            return
        level.placed = True
        if parent:
            parent.children_placed += 1
            self._number(level.elements, parent)
            self._segments += 1
            self._waiting.append(level)
        for one in level.lead:
            if isinstance(one, _Level):
                self._place(one, level)
            else:
                self._put(one)
        level.lead = []

    def _number(self, elements: list[bytes], parent: _Level) -> None:
        if parent.elements and elements[2] == parent.own:
            elements[2] = parent.elements[1]
        if self._renumber:
            elements[1] = b"%d" % (self._last + 1)
        number = elements[1]
        self._last = int(number) if number.isdigit() else self._last + 1

    # What is written, in its order; an HL waits until its HL04 is known, and all behind it.

    def _put(self, what: Range | bytes, segments: int = 1) -> None:
        self._segments += segments
        self._waits += len(what) if isinstance(what, bytes) else what[1] - what[0]
        last = self._waiting[-1] if self._waiting else None
        if isinstance(what, tuple) and isinstance(last, tuple) and last[1] == what[0]:
            self._waiting[-1] = (last[0], what[1])
        else:
            self._waiting.append(what)

    def _put_end(self) -> None:
        transaction = self._transaction
        raw = self._writer.read(transaction.se, transaction.end)
        elements = raw[: -len(transaction.delimiters.terminator)].split(self._separator)
        count = b"%d" % (self._segments + 1)
        if elements[1].strip().lstrip(b"0") != count:
            elements[1] = count
            raw = self._separator.join(elements) + raw[-1:]
        self._put(raw)

    def _drain(self) -> Iterator[bytes]:
        waiting = self._waiting
        while waiting:
            one = waiting[0]
            if isinstance(one, _Level):
                if not one.ready:
                    break
                piece = self._written_hl(one)
            elif isinstance(one, bytes):
                piece = one
            else:
                yield from self._copied(*one)
                piece = b""
            waiting.popleft()
            if piece:
                yield piece
        self._waits = 0

    def _copied(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, BLOCK_BYTES):
            yield self._writer.read(at, min(at + BLOCK_BYTES, end))

    def _written_hl(self, level: _Level) -> bytes:
        raw, elements = level.raws[0], level.elements
        if level.children and not level.children_placed and len(elements) > 4:  # noqa: PLR2004
            elements[4] = NO_CHILD
        return self._separator.join(elements) + self._writer.read(*level.hl)[len(raw) :]
