"""837 files to claim events, in two passes and constant memory."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from shutil import copyfileobj
from typing import Any, BinaryIO

from scrubber.x12.claim_loops import ClaimLoops
from scrubber.x12.envelope import (
    VERSIONS,
    Segment,
    X12Fault,
    guide_of,
    is_x12,
    read_segments,
    survey,
)

__all__ = ["ClaimRecord", "X12Fault", "is_x12", "read_claims"]

Json = dict[str, Any]
SPOOL_BYTES = 1 << 24
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim of a file: its event, its number there from 1, and the byte offset of its CLM."""

    event: Json
    record: int
    offset: int


def read_claims(stream: BinaryIO) -> Iterator[ClaimRecord | X12Fault]:
    """
    Yield the claims of an X12 file and its faults, in the order of the file.

    A first pass counts the envelopes; claims of a transaction that is not whole do not go on. A
    stream that cannot be read twice is spooled. Submission ids come from the envelopes: the same
    file read again gives the same ones.
    """
    if not stream.seekable():
        with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
            copyfileobj(stream, spool)
            spool.seek(0)
            yield from read_claims(spool)  # type: ignore[arg-type]
        return
    start = stream.tell()
    structure = survey(stream)
    stream.seek(start)
    faults = iter(structure.faults)
    fault = next(faults, None)
    for record in _claims(stream, structure.refused):
        while fault is not None and fault.offset < record.offset:
            yield fault
            fault = next(faults, None)
        yield record
    while fault is not None:
        yield fault
        fault = next(faults, None)


def _claims(stream: BinaryIO, refused: set[int]) -> Iterator[ClaimRecord]:
    reader = _Reader(refused)
    for segment in read_segments(stream):
        if not isinstance(segment, X12Fault):
            record = reader.read(segment)
            if record is not None:
                yield record


class _Reader:
    """The second pass: knows where in the envelopes it is."""

    def __init__(self, refused: set[int]) -> None:
        self._refused = refused
        self._transaction = -1
        self._records = 0
        self._in_transaction = 0
        self._offset = 0
        self._isa: list[str] = []
        self._gs: Segment | None = None
        self._st: list[str] = []
        self._loops: ClaimLoops | None = None
        self._seen: set[str] = set()

    def read(self, segment: Segment) -> ClaimRecord | None:
        """Take a segment; return the claim that ended with it."""
        elements = segment.elements
        kind = elements[0]
        if kind == "ST":
            self._begin(segment)
            return None
        loops = self._loops
        if loops is None:
            if kind == "ISA":
                self._isa = elements
            elif kind == "GS":
                self._gs = segment
            return None
        record = self._finished(loops) if kind in ("CLM", "HL", "SE") else None
        if kind == "SE":
            self._loops = None
        else:
            if kind == "CLM":
                self._offset = segment.offset
            elif kind == "NM1" and elements[1:2] == ["41"]:
                loops.submitter = elements[9].strip() if len(elements) > 9 else ""  # noqa: PLR2004
            loops.read(elements)
        return record

    def _begin(self, segment: Segment) -> None:
        self._transaction += 1
        self._in_transaction = 0
        self._loops = None
        if self._transaction not in self._refused:
            self._st = segment.elements
            claim_type = VERSIONS[guide_of(self._gs, segment)]
            self._loops = ClaimLoops(claim_type, segment.delimiters)

    def _finished(self, loops: ClaimLoops) -> ClaimRecord | None:
        claim = loops.finish()
        if claim is None:
            return None
        self._records += 1
        self._in_transaction += 1
        event = {
            "schema_version": 1,
            "submission_id": self._submission_id(loops),
            "submitted_at": loops.submitted,
            "submitter_id": loops.submitter or self._isa[6].strip(),
            "test": self._isa[15] == "T",
            "claim": claim,
        }
        return ClaimRecord(event, self._records, self._offset)

    def _submission_id(self, loops: ClaimLoops) -> str:
        """
        Return an id of the envelopes, the same at every reading, that says nothing of a patient.

        Senders begin their control numbers anew, so a digest of ISA, GS, ST and BHT, which hold
        dates and times, tells two files apart.
        """
        group = self._gs.elements if self._gs else []
        envelopes = "*".join((*self._isa, *group, *self._st, *loops.beginning))
        digest = blake2b(envelopes.encode(), digest_size=6).hexdigest()
        numbers = (self._isa[6], self._isa[13], *group[6:7], *self._st[2:3])
        parts = [_UNSAFE.sub("", number)[:15] for number in numbers]
        named = "-".join((*parts, digest, str(self._in_transaction)))
        if named in self._seen:
            return f"{named}-{self._records}"
        self._seen.add(named)
        return named
