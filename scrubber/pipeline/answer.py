"""Records to answers, in this process or in several; the order of the records is kept."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from decimal import Decimal
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

from scrubber.contracts.decode import (
    Decoded,
    SchemaInvalid,
    Undecodable,
    decode_claim_event,
    take_claim_event,
)
from scrubber.disposition.decide import Disposition
from scrubber.edits.edit import TOGETHER
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.intake import Record
from scrubber.pipeline.outcome import Outcome
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import Settings

BATCH = 200
IN_FLIGHT = 3  # batches a process: one at work, one waiting, one on its way back


class Answer(NamedTuple):
    """
    An outcome as bytes, and what a summary counts of it.

    `edits` are the edits with findings, `missing` the kinds of tables that were wanted, `shadow`
    the payer pack that looks on and how it would have disposed, where one does.
    """

    record: Record
    outcome: bytes
    disposition: Disposition
    charge: Decimal
    edits: tuple[str, ...]
    missing: frozenset[str]
    shadow: tuple[str, Disposition] | None = None


class DeadLetter(NamedTuple):
    """A record that no outcome can answer; `offset` is that of the file."""

    record: Record
    error_type: str
    error: str
    offset: int

    @property
    def place_and_reason(self) -> str:
        """Where the record was, and why there is no outcome, in words without any of its text."""
        record = self.record
        return f"{record.file}: record {record.number}, byte {self.offset}: {self.error}"


Result = Answer | DeadLetter


def answer_records(
    records: Iterable[Record], settings: Settings, *, processes: int = 1
) -> Iterator[Result]:
    """
    Yield the answer to each record, in the order of the records.

    With several processes at most a few batches for each are under way at any time. Raises
    `BrokenProcessPool` when one of them dies.
    """
    # Here first: what is wrong with packs or tables is said once, not by every process.
    scrubber = build_scrubber(settings)
    source = iter(records)
    if processes == 1:
        yield from answers_of(scrubber, source)
        return
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_start, initargs=(settings,)
    ) as pool:
        under_way: deque[Future[list[Result]]] = deque()
        try:
            while True:
                while len(under_way) < processes * IN_FLIGHT and (
                    batch := [one._replace(event=None) for one in islice(source, BATCH)]
                ):
                    under_way.append(pool.submit(_answer_batch, batch))
                if not under_way:
                    return
                yield from under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()


def answers_of(scrubber: Scrubber, records: Iterable[Record]) -> Iterator[Result]:
    """Yield the answer to each record, in this process and in the order of the records."""
    source = iter(records)
    while batch := list(islice(source, TOGETHER)):
        yield from _answer(scrubber, batch)


def _answer(scrubber: Scrubber, records: list[Record]) -> Iterator[Result]:
    decoded = [_decoded(scrubber, record) for record in records]
    begun = scrubber.begin([(one, False) for one in decoded if isinstance(one, Decoded)])
    finished = iter([scrubber.finish(one) for one in begun])
    for record, one in zip(records, decoded, strict=True):
        if isinstance(one, DeadLetter):
            yield one
        else:
            yield _answered(record, one if isinstance(one, Outcome) else next(finished))


def _decoded(scrubber: Scrubber, record: Record) -> Decoded | Outcome | DeadLetter:
    """Return the submission of a record, or what answers it already."""
    if record.fault:
        return DeadLetter(record, "claim-event-unreadable", record.fault, record.offset)
    try:
        if record.event is not None:
            return take_claim_event(record.event, record.raw)
        return decode_claim_event(record.raw)
    except SchemaInvalid as invalid:
        return scrubber.refuse(invalid)
    except Undecodable as error:
        return DeadLetter(record, error.error_type, error.reason, record.offset + error.offset)


def _answered(record: Record, outcome: Outcome) -> Answer:
    body = outcome.body
    shadow = body.get("shadow")
    return Answer(
        record,
        outcome.encode(),
        outcome.disposition,
        outcome.charge,
        tuple(sorted({one["edit"] for one in body["findings"]})),
        outcome.lacks.kinds,
        shadow and (shadow["payer_pack"], shadow["disposition"]),
    )


_SCRUBBER: Scrubber  # of a worker process, built once


def _start(settings: Settings) -> None:
    global _SCRUBBER  # noqa: PLW0603 (a worker process has no other place)
    _SCRUBBER = build_scrubber(settings)


def _answer_batch(batch: list[Record]) -> list[Result]:
    return list(answers_of(_SCRUBBER, batch))
