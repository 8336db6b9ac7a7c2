"""837 files to claim events, streaming."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from scrubber.x12.claim_loops import ClaimLoops
from scrubber.x12.envelope import Event, Transaction, X12Fault, read_transactions
from scrubber.x12.segments import Segments, is_x12, seekable
from scrubber.x12.structure import Look, Looked

__all__ = ["ClaimRecord", "Watch", "X12Fault", "is_x12", "read_claims"]

if TYPE_CHECKING:
    from sqlite3 import Connection

Json = dict[str, Any]

DIGESTS_HELD: Final = 10_000
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")
_ENDS_CLAIM: Final = frozenset(("CLM", "HL"))


class ClaimRecord(NamedTuple):
    """A claim of a file: its event, its number there from 1, and the byte offset of its CLM."""

    event: Json
    record: int
    offset: int


Watch = Callable[[Event, Looked | None], object]
"""Told what an X12 file holds, each after it was read; a transaction with what was seen in it."""


def read_claims(stream: IO[bytes], watch: Watch | None = None) -> Iterator[ClaimRecord | X12Fault]:
    """
    Yield the claims of an X12 file and its faults, each where it is found.

    Claims of a transaction that is not whole do not go on. Offsets count from where the stream
    stands; one that cannot seek is spooled. Submission ids come from the envelopes: the same file
    read again gives the same ones. An event stays as it is, whatever is read behind it; events
    share what they keep of their loops above, so nobody may change one. Structure is judged in the
    same pass, where somebody watches.
    """
    with seekable(stream) as source:
        yield from _claims(Segments(source), watch)


def _claims(segments: Segments, watch: Watch | None) -> Iterator[ClaimRecord | X12Fault]:
    numbers = SubmissionIds()
    record = 0
    for one in read_transactions(segments):
        look = None
        if isinstance(one, X12Fault):
            yield one
        elif isinstance(one, Transaction):
            look = Look(one) if watch else None
            named = numbers.of(one)
            for in_transaction, (event, offset) in enumerate(_events(one, look), start=1):
                record += 1
                event["submission_id"] = f"{named}-{in_transaction}"
                yield ClaimRecord(event, record, offset)
        if watch:
            watch(one, look.finish() if look else None)


def _events(transaction: Transaction, look: Look | None) -> Iterator[tuple[Json, int]]:
    loops = ClaimLoops(transaction)
    claim_at = 0
    take = loops.take
    for run in transaction.runs():
        if look:
            look.read(run)
        for offset, text, elements in run:
            if elements[0] in _ENDS_CLAIM:
                if claim := loops.finish():
                    yield _event(transaction, loops, claim), claim_at
                claim_at = offset
            if text.isascii():
                take(text, elements)
            else:
                loops.read(text.encode("latin-1"))
    if claim := loops.finish():
        yield _event(transaction, loops, claim), claim_at


def _event(transaction: Transaction, loops: ClaimLoops, claim: Json) -> Json:
    isa = transaction.isa
    made = loops.beginning[4:6]
    if not made[0]:
        made = [*transaction.gs, *[""] * 6][4:6]
    return {
        "schema_version": 1,
        "submission_id": "",
        "submitted_at": _moment(*made),
        "submitter_id": loops.submitter or isa[6].strip(),
        "test": isa[15] == "T",
        "claim": claim,
    }


@lru_cache(maxsize=64)  # the claims of a transaction have one
def _moment(day: str, time: str) -> str:
    """Return CCYYMMDD and HHMM, HHMMSS or HHMMSSDD as a moment of UTC."""
    clock = (time + "000000")[:6]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}Z"


class SubmissionIds:
    """
    Ids from the envelopes: the same at every reading, and without a word about a patient.

    Senders begin their control numbers anew, so a digest of ISA, GS and ST, which hold dates and
    times, and of the place within the interchange tells two submissions apart. An interchange
    that stands in the file again is told apart by its number there.
    """

    def __init__(self) -> None:
        self._interchange = 0
        self._again = ""
        self._seen = _Seen()

    def of(self, transaction: Transaction) -> str:
        """Return the id of a transaction, to which the claim's number in it is added."""
        isa, gs, st = transaction.isa, transaction.gs, transaction.st
        interchange, group, number = transaction.ordinal
        if interchange != self._interchange:
            self._interchange = interchange
            digest = blake2b("*".join(isa).encode(), digest_size=8).digest()
            self._again = f"-{interchange}" if self._seen.add(digest) else ""
        envelopes = "*".join((*isa, *gs, *st, str(group), str(number)))
        digest_of_all = blake2b(envelopes.encode(), digest_size=6).hexdigest()
        numbers = (isa[6], isa[13], *gs[6:7], *st[2:3])
        parts = [_UNSAFE.sub("", part)[:15] for part in numbers]
        return "-".join((*parts, digest_of_all)) + self._again


class _Seen:
    """Digests seen before: many interchanges stand in a file, more than memory should hold."""

    def __init__(self) -> None:
        self._few: set[bytes] = set()
        self._many: Connection | None = None

    def add(self, digest: bytes) -> bool:
        """Note a digest; tell whether it was there already."""
        if digest in self._few:
            return True
        if len(self._few) < DIGESTS_HELD:
            self._few.add(digest)
            return False
        if self._many is None:
            import sqlite3  # noqa: PLC0415 (few files have so many)

            self._many = sqlite3.connect("")  # a file of its own, which nobody else sees
            self._many.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        return self._many.execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount == 0

    def __del__(self) -> None:
        if self._many is not None:
            self._many.close()
