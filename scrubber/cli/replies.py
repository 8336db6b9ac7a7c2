"""The 999, the 277CA and the clean claims of the X12 files of a run, beside its outcomes."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from scrubber.pipeline.answer import DeadLetter, Result
from scrubber.x12.claim_status import ClaimStatus, FileAnswer, restored, status_of
from scrubber.x12.read import Watch
from scrubber.x12.segments import is_x12
from scrubber.x12.write import write_claims

HEAD_BYTES = 4096
READ_BYTES = 1 << 16
SUFFIXES = (".999", ".277ca")
CLEAN = ".clean.837"


class Replies:
    """
    Keeps what is said of each claim on disk, and answers each file when the run is over.

    A file named `claims.837` gets `claims.837.999`, `claims.837.277ca`, and with its clean claims,
    where it has any, `claims.837.clean.837`; of two of one name the second gets
    `claims-2.837.999`. What came on standard input is gone by then and has none.
    """

    def __init__(self, folder: Path, names: list[str]) -> None:
        """Find out which of the files are X12."""
        self._folder = folder
        self._names = [name for name in dict.fromkeys(names) if _is_x12_file(name)]
        self._stack = ExitStack()
        self._spools: dict[str, IO[bytes]] = {}
        self._answers: dict[str, FileAnswer] = {}
        self._unread = [*self._names]

    def __enter__(self) -> Self:
        """Begin."""
        for name in self._names:
            self._spools[name] = self._stack.enter_context(tempfile.TemporaryFile())
            self._answers[name] = self._stack.enter_context(closing(FileAnswer()))
        return self

    def watching(self, name: str) -> Watch | None:
        """Return what is to be told what a file holds while it is read."""
        if name not in self._unread:
            return None
        self._unread.remove(name)  # a file that is named twice is answered once
        return self._answers[name].watch

    def write(self, result: Result) -> None:
        """Note what is said of a claim."""
        record = result.record
        spool = self._spools.get(record.file)
        if spool is None or (isinstance(result, DeadLetter) and record.fault):
            return
        claim = (record.event or orjson.loads(record.raw))["claim"]
        if isinstance(result, DeadLetter):
            # It was read but cannot be answered by an outcome: returned, not lost.
            unread = {"severity": "reject", "result": "fail", "status_code": ["A3:21"]}
            status = status_of(claim, "rejected", [unread])
        else:
            rejected = result.disposition == "rejected"
            findings = orjson.loads(result.outcome)["findings"] if rejected else []
            status = status_of(claim, result.disposition, findings)
        spool.write(orjson.dumps(status) + b"\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Answer each file."""
        with self._stack:
            if kind is None:
                taken: dict[str, int] = {}
                for name, spool in self._spools.items():
                    named = self._named(name, taken)
                    statuses = partial(_statuses, spool)
                    self._answer(self._answers[name], named, statuses)
                    self._write_clean(name, named, statuses())

    def _named(self, name: str, taken: dict[str, int]) -> str:
        path = Path(name)
        number = taken[path.name] = taken.get(path.name, 0) + 1
        return path.name if number == 1 else f"{path.stem}-{number}{path.suffix}"

    def _answer(
        self, answer: FileAnswer, named: str, statuses: Callable[[], Iterator[ClaimStatus]]
    ) -> None:
        pieces = (answer.acknowledgment(), answer.claim_statuses(statuses))
        for suffix, some in zip(SUFFIXES, pieces, strict=True):
            with self._place(named + suffix) as file:
                file.writelines(some)

    def _write_clean(self, name: str, named: str, statuses: Iterator[ClaimStatus]) -> None:
        with (
            Path(name).open("rb") as stream,
            Path(name).open("rb") as original,
            self._place(named + CLEAN) as file,
        ):
            clean = (one.disposition == "clean" for one in statuses)
            for piece in write_claims(stream, original, lambda _: next(clean)):
                file.write(piece)

    @contextmanager
    def _place(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file beside its place, and move it there; an empty one leaves nothing there."""
        part = self._folder / f".{name}.part"
        try:
            with part.open("wb") as file:
                yield file
            if part.stat().st_size:
                part.replace(self._folder / name)
            else:
                (self._folder / name).unlink(missing_ok=True)  # of an earlier run
        finally:
            part.unlink(missing_ok=True)


def _statuses(spool: IO[bytes]) -> Iterator[ClaimStatus]:
    """Yield what was noted; several may read at a time, each where it stands."""
    offset = 0
    while True:
        spool.seek(offset)
        lines = spool.readlines(READ_BYTES)
        if not lines:
            return
        offset = spool.tell()
        for line in lines:
            yield restored(orjson.loads(line))


def _is_x12_file(name: str) -> bool:
    path = Path(name)
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return is_x12(stream.read(HEAD_BYTES))
