"""What the framework takes from an importer: a packed table, or the refusal of a file."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from scrubber.reference.snapshot import EVERYTHING


class Table(NamedTuple):
    """All rows of one edition, packed; `effective` is `None` when no file states it."""

    rows: int
    buffers: Mapping[str, bytes]
    effective: date | None
    expires: date | None = None
    row_dates: bool = False
    scope: str = EVERYTHING


class RefusedFileError(Exception):
    """A file was refused: `file`, `line` (0: the whole file) and `reason` say where and why."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        """Keep the parts; the message is `file:line: reason`."""
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason
