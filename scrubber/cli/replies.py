"""The 999 and 277CA of the X12 files of a run, beside its outcomes."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from scrubber.pipeline.answer import DeadLetter, Result
from scrubber.x12.claim_status import ClaimStatus, answer_file, restored, status_of
from scrubber.x12.segments import is_x12

HEAD_BYTES = 4096
SUFFIXES = (".999", ".277ca")


class Replies:
    """
    Keeps what is said of each claim on disk, and answers each file when the run is over.

    A file named `claims.837` gets `claims.837.999` and `claims.837.277ca`; of two of one name the
    second gets `claims-2.837.999`. What came on standard input is gone by then and has none.
    """

    def __init__(self, folder: Path, names: list[str]) -> None:
        """Find out which of the files are X12."""
        self._folder = folder
        self._names = [name for name in dict.fromkeys(names) if _is_x12_file(name)]
        self._stack = ExitStack()
        self._spools: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Self:
        """Begin."""
        for name in self._names:
            self._spools[name] = self._stack.enter_context(tempfile.TemporaryFile())
        return self

    def write(self, result: Result) -> None:
        """Note what is said of a claim."""
        record = result.record
        spool = self._spools.get(record.file)
        if spool is None or (isinstance(result, DeadLetter) and record.fault):
            return
        if isinstance(result, DeadLetter):
            # It was read but cannot be answered by an outcome: returned, not lost.
            claim = orjson.loads(record.raw)["claim"]
            unread = {"severity": "reject", "result": "fail", "status_code": ["A3:21"]}
            status = status_of(claim, "rejected", [unread])
        else:
            body = orjson.loads(result.outcome)
            status = status_of(body["claim"], body["disposition"], body["findings"])
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
                    spool.seek(0)
                    self._answer(name, self._named(name, taken), _statuses(spool))

    def _named(self, name: str, taken: dict[str, int]) -> str:
        path = Path(name)
        number = taken[path.name] = taken.get(path.name, 0) + 1
        return path.name if number == 1 else f"{path.stem}-{number}{path.suffix}"

    def _answer(self, name: str, named: str, statuses: Iterator[ClaimStatus]) -> None:
        parts = [self._folder / f".{named}{suffix}.part" for suffix in SUFFIXES]
        with Path(name).open("rb") as stream, ExitStack() as stack:
            files = [stack.enter_context(part.open("wb")) for part in parts]
            for replies in answer_file(stream, statuses):
                for file, reply in zip(files, replies, strict=True):
                    file.write(reply)
        for part, suffix in zip(parts, SUFFIXES, strict=True):
            if part.stat().st_size:
                part.replace(self._folder / f"{named}{suffix}")
            else:
                part.unlink()


def _statuses(spool: IO[bytes]) -> Iterator[ClaimStatus]:
    return (restored(orjson.loads(line)) for line in spool)


def _is_x12_file(name: str) -> bool:
    path = Path(name)
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return is_x12(stream.read(HEAD_BYTES))
