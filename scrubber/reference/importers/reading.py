"""What an importer hands over, and how it refuses a file."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import BinaryIO, Generic, NamedTuple, TypeVar

RowT = TypeVar("RowT")
# Coverage articles hold whole pages in a cell.
csv.field_size_limit(1 << 26)

# A row of a table: the line on which it ends, and its cells.
Cells = tuple[int, Sequence[str]]


class Reading(NamedTuple, Generic[RowT]):
    """
    All rows of a file and the dates it states; `effective` is `None` when it states none.

    With `row_dates` the table speaks for all days up to `expires`.
    """

    rows: list[RowT]
    effective: date | None
    expires: date | None
    row_dates: bool = False


class DamagedFileError(ValueError):
    """A file that is recognised but cannot be read to its end: nothing of it is taken."""

    def __init__(self, line: int, reason: str) -> None:
        """Keep the parts; the message has both."""
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def text_lines(file: BinaryIO, encoding: str = "utf-8-sig") -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, without line ends or byte-order mark."""
    for number, raw in enumerate(file, 1):
        try:
            text = raw.decode(encoding if number == 1 else encoding.removesuffix("-sig"))
        except UnicodeDecodeError as fault:
            raise DamagedFileError(number, f"byte {fault.start + 1} is not {encoding}") from None
        yield number, text.rstrip("\r\n")


def csv_rows(file: BinaryIO, encoding: str = "utf-8-sig") -> Iterator[Cells]:
    """Yield the rows of comma-separated text as they are; a quoted cell may hold line breaks."""
    reader = csv.reader((f"{line}\n" for _, line in text_lines(file, encoding)), strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise DamagedFileError(reader.line_num, str(fault)) from None
        if any(cells):
            yield reader.line_num, cells


def csv_cells(file: BinaryIO, encoding: str = "utf-8-sig") -> Iterator[Cells]:
    """Yield the same with the cells trimmed."""
    for line, cells in csv_rows(file, encoding):
        yield line, [cell.strip() for cell in cells]


def tabbed_cells(file: BinaryIO, encoding: str = "latin-1") -> Iterator[Cells]:
    """Yield the rows of tab-separated text; quotes are characters like others."""
    for number, line in text_lines(file, encoding):
        if line.strip():
            yield number, [cell.strip() for cell in line.split("\t")]


def records(rows: Iterable[Cells], needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """
    Yield each row after the header as name and value.

    The header is the first row that has all needed names; what comes before it is preamble. A
    row that is shorter or longer than the header was cut or torn, and is refused.
    """
    for line, header, cells in _below_header(rows, needed):
        yield line, dict(zip(header, cells, strict=True))


def picked(rows: Iterable[Cells], needed: Sequence[str]) -> Iterator[Cells]:
    """Yield the needed cells of each row after the header: for tables of hundreds of columns."""
    places: list[int] = []
    for line, header, cells in _below_header(rows, needed):
        places = places or [header.index(name) for name in needed]
        yield line, [cells[place] for place in places]


def _below_header(
    rows: Iterable[Cells], needed: Sequence[str]
) -> Iterator[tuple[int, Sequence[str], Sequence[str]]]:
    header: Sequence[str] | None = None
    line = 0
    for line, cells in rows:
        if header is None:
            header = cells if set(needed) <= set(cells) else None
        elif len(cells) != len(header):
            raise DamagedFileError(line, f"{len(cells)} columns, the header has {len(header)}")
        else:
            yield line, header, cells
    if header is None:
        raise DamagedFileError(line, f"no header with the columns {', '.join(needed)}")


def first_line(head: bytes) -> str:
    """Return the first line of a file's beginning, without byte-order mark."""
    return head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("latin-1").strip()
