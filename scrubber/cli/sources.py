"""The files that a command names, and how it complains."""

import logging
import sys
from collections.abc import Callable, Iterator
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import cast

from scrubber.pipeline.intake import Record, read_records
from scrubber.x12.read import Watch

STANDARD_INPUT = "-"


class Sources:
    """
    The files named, opened one after the other; what cannot be read is said and passed over.

    `names` are those that can, `done` the bytes of those that were read to their end.
    """

    def __init__(self, names: list[str]) -> None:
        """Look at each file once."""
        self.failed = False
        self.done = 0
        self.names = [name for name in names if self._readable(name)]
        self.size = sum(Path(name).stat().st_size for name in self.names if name != STANDARD_INPUT)

    def records(self, watching: Callable[[str], Watch | None] = lambda _: None) -> Iterator[Record]:
        """Yield the records of all files; `watching` says who watches which X12 file."""
        for name, stream in self.streams():
            yield from read_records(stream, name, watching(name))

    def streams(self) -> Iterator[tuple[str, BufferedReader]]:
        """Yield each file's name and its bytes."""
        for name in self.names:
            if name == STANDARD_INPUT:
                yield name, BufferedReader(cast("RawIOBase", sys.stdin.buffer))
                continue
            with Path(name).open("rb") as stream:
                yield name, stream
            self.done += Path(name).stat().st_size

    def _readable(self, name: str) -> bool:
        if name == STANDARD_INPUT:
            return True
        path = Path(name)
        try:
            if path.is_dir():
                raise IsADirectoryError(0, "is a directory; name its files")
            path.open("rb").close()
        except OSError as error:
            self.failed = True
            complain(f"{name}: {(error.strerror or 'not readable').lower()}")
            return False
        return True


def hush_libraries() -> None:
    """Keep the libraries' log lines off standard error: faults are said in our own words."""
    logging.basicConfig(handlers=[logging.NullHandler()])


def complain(what: str) -> None:
    """Say one mistake on standard error."""
    print(f"scrubber: {what}", file=sys.stderr)
