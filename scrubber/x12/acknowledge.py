"""
The 999 (005010X231A1) and TA1 that answer an X12 file.

A transaction without fault is accepted (A); one whose structure has faults is accepted with these
noted (E), since its claims are scrubbed and each is answered by the 277CA; one that is not whole is
rejected (R), since none of its claims goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final

from scrubber.x12.envelope import Envelope, Event, Transaction, X12Fault, read_transactions
from scrubber.x12.reply import Reply, at_of, clean, digits
from scrubber.x12.segments import Segments
from scrubber.x12.structure import ElementError, Looked, SegmentError, look_at

GUIDE: Final = "005010X231A1"
CODES: Final = 5  # IK502 to IK506, AK905 to AK909
LOOP_ID: Final = 4  # IK303 (data element 447) has room for 2010, not for 2010AA
NO_ID: Final = "ZZZ"  # IK301 for a segment id that is none
REFERENCE: Final = 35  # CTX01-2 (data element 9998) has room for that of a CLM01
SEGMENT_ERRORS: Final = "5"
SPOOL_BYTES: Final = 1 << 20
BLOCK_BYTES: Final = 1 << 16


def acknowledge(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the 999 of an X12 file piece by piece; the stream must be seekable."""
    acknowledgments = Acknowledgments()
    for one in read_transactions(Segments(stream)):
        looked = look_at(one) if isinstance(one, Transaction) else None
        yield from acknowledgments.take(one, looked)


class Acknowledgments:
    """The 999s of a file, an interchange for each of its own."""

    def __init__(self) -> None:
        """Begin before its first interchange."""
        self._open: Acknowledgment | None = None

    def take(self, one: Event, looked: Looked | None) -> Iterator[bytes]:
        """
        Go on with what comes next in the file, and yield what is complete.

        What has no ISA that can be read has nobody to be answered to.
        """
        if isinstance(one, Envelope) and one.kind == "ISA":
            self._open = Acknowledgment(one.elements)
        elif self._open:
            self._open.take(one, looked)
            if isinstance(one, Envelope) and one.kind == "IEA":
                yield from self._open.end()
                self._open = None


@dataclass(slots=True)
class _Group:
    """What has come of a group so far."""

    gs: list[str]
    received: int = 0
    accepted: int = 0
    noted: bool = False
    codes: list[str] = field(default_factory=list)


class Acknowledgment:
    """The 999 of one interchange: on disk where it is long, since a TA1 stands before all of it."""

    def __init__(self, isa: list[str]) -> None:
        """Begin behind its ISA."""
        self._isa = isa
        self._reply = Reply(isa, "FA", GUIDE)
        self._head = self._reply.take()
        self._body = SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 (closed by `end`)
        self._group: _Group | None = None
        self._code = ""  # TA105
        self._accepted = 0

    def take(self, one: Event, looked: Looked | None) -> None:
        """Go on with what comes next in the file; a transaction has been looked at."""
        group = self._group
        if isinstance(one, Envelope):
            if one.kind == "GS":
                self._begin(one.elements)
            elif one.kind == "GE" and group:
                self._end_group(group, one)
        elif isinstance(one, Transaction):
            if group and looked:
                self._answer(group, one.st, looked.errors)
        elif one.st and group:
            self._refuse(group, one)
        elif one.segment in ("GS", "GE") and group and len(one.code) == 1:
            group.codes.append(one.code)
        elif not self._code:
            self._code = one.code or "022"  # TA105: its structure
        self._body.write(self._reply.take())

    def end(self) -> Iterator[bytes]:
        """Yield the interchange."""
        self._body.write(self._reply.end())
        if self._code or at_of(self._isa, 14) == "1":
            # What could be read of a damaged interchange was taken: with errors, not rejected.
            result = "A" if not self._code else "E" if self._accepted else "R"
            control = digits(at_of(self._isa, 13), "000000000")
            day, time = digits(at_of(self._isa, 9), "700101"), digits(at_of(self._isa, 10), "0000")
            self._reply.outside("TA1", control, day, time, result, self._code or "000")
        yield self._head + self._reply.take()
        with self._body as body:
            body.seek(0)
            while block := body.read(BLOCK_BYTES):
                yield block

    def _begin(self, gs: list[str]) -> None:
        self._group = _Group(gs)
        self._reply.begin_group(gs)
        self._reply.begin_transaction("999")
        self._reply.segment("AK1", *_named(at_of(gs, 1), at_of(gs, 6), at_of(gs, 8), "HC"))

    def _transaction(self, st: list[str] | tuple[str, ...], group: _Group) -> None:
        group.received += 1
        control = clean(at_of(st, 2))[:9].ljust(4, "0")
        guide = at_of(st, 3) or at_of(group.gs, 8)
        self._reply.segment("AK2", *_named(at_of(st, 1), control, guide, "837"))

    def _answer(self, group: _Group, st: list[str], errors: list[SegmentError]) -> None:
        self._transaction(st, group)
        group.accepted += 1
        self._accepted += 1
        group.noted = group.noted or bool(errors)
        for error in errors:
            loop = error.loop[:LOOP_ID]
            place = error.segment or NO_ID, str(error.position), loop
            self._reply.segment("IK3", *place, error.code)
            if claim := clean(error.claim)[:REFERENCE]:
                self._reply.segment("CTX", f"CLM01:{claim}")
            for fault in error.elements:
                # IK402 is the number of a data element: a composite has none.
                number = fault.number if fault.number.isdecimal() else ""
                self._reply.segment("IK4", _place(fault), number, fault.code, fault.value)
                if fault.trigger:
                    self._reply.segment("CTX", "SITUATIONAL TRIGGER", *place, _trigger(fault))
        self._reply.segment("IK5", *(("E", SEGMENT_ERRORS) if errors else ("A",)))

    def _refuse(self, group: _Group, fault: X12Fault) -> None:
        self._transaction(fault.st, group)
        self._reply.segment("IK5", "R", fault.code)

    def _end_group(self, group: _Group, ge: Envelope) -> None:
        if group.accepted == group.received and group.received:
            result = "E" if group.noted or group.codes else "A"
        else:
            result = "P" if group.accepted else "R"
        stated = digits(at_of(ge.elements, 1), str(ge.holds))[:6]
        self._reply.segment("AK9", result, stated, str(group.received), str(group.accepted),
                            *group.codes[:CODES])  # fmt: skip
        self._reply.end_transaction()
        self._reply.end_group()
        self._group = None


def _named(kind: str, control: str, guide: str, otherwise: str) -> tuple[str, str, str]:
    kind = clean(kind)
    return (
        kind if len(kind) == len(otherwise) else otherwise,
        clean(control) or "0",
        clean(guide)[:35],
    )


def _trigger(fault: ElementError) -> str:
    if fault.component:
        return _place(replace(fault, component=fault.trigger))
    return str(fault.trigger)


def _place(fault: ElementError) -> str:
    parts = [str(fault.element), str(fault.component or ""), str(fault.repetition or "")]
    while not parts[-1]:
        parts.pop()
    return ":".join(parts)
