"""Official files as they are published: plain, .gz, .zip, or a workbook; read as one text."""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple, cast
from warnings import catch_warnings, simplefilter

from scrubber.reference.importers.reading import DamagedFileError

HEAD_BYTES = 1 << 16
HEAD_ROWS = 50
IN_MEMORY_BYTES = 1 << 26

_ARCHIVE = ".zip"
_WORKBOOK = ".xlsx"
_READABLE = (".txt", ".csv", ".tsv", ".prn", ".xml", ".json", ".gz", _WORKBOOK)


class OfficialFile(NamedTuple):
    """A file as the user named it, or a member of a `.zip`, or of a `.zip` within one."""

    path: Path
    member: str = ""
    within: str = ""

    @property
    def name(self) -> str:
        """The official name, without folder and `.gz`."""
        return Path(self.member or self.path.name).name.removesuffix(".gz")

    @property
    def shown(self) -> str:
        """The name as a message shows it."""
        return "!".join(filter(None, (str(self.path), self.within, self.member)))

    def head(self) -> bytes:
        """Return the beginning of the text."""
        with self.open(most_rows=HEAD_ROWS) as file:
            return file.read(HEAD_BYTES)

    def sha256(self) -> str:
        """Return the digest of the file as it lies on disk."""
        with self.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    @contextmanager
    def open(self, *, most_rows: int | None = None) -> Iterator[BinaryIO]:
        """
        Open the text; a workbook's first sheet reads as comma-separated text in UTF-8.

        Raises `DamagedFileError` when the container ends early or is none, also while reading.
        """
        try:
            with self._raw() as raw:
                if self.name.lower().endswith(_WORKBOOK):
                    with _sheet(raw, most_rows) as text:
                        yield text
                elif (self.member or self.path.name).endswith(".gz"):
                    with gzip.open(raw) as text:
                        yield io.BufferedReader(text)
                else:
                    yield raw
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as fault:
            reason = f"the compressed file is cut or damaged ({fault})"
            raise DamagedFileError(0, reason) from None

    @contextmanager
    def _raw(self) -> Iterator[BinaryIO]:
        if not self.member:
            with self.path.open("rb") as file:
                yield file
            return
        outer = io.BytesIO(_inner(self.path, self.within)) if self.within else self.path
        with zipfile.ZipFile(outer) as archive, archive.open(self.member) as entry:
            yield io.BufferedReader(entry)  # type: ignore[type-var]


def official_files(path: Path) -> list[OfficialFile]:
    """
    Return the file, or the readable members of a `.zip` and of those that lie in it.

    Of a member that is there as text and as workbook the text is taken.
    """
    if path.suffix.lower() != _ARCHIVE:
        return [OfficialFile(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            names = _members(archive)
        within = [name for name in sorted(names) if name.lower().endswith(_ARCHIVE)]
        files = [OfficialFile(path, name) for name in _readable(names)]
        for name in within:
            with zipfile.ZipFile(io.BytesIO(_inner(path, name))) as archive:
                files += [OfficialFile(path, each, name) for each in _readable(_members(archive))]
    except zipfile.BadZipFile as fault:
        raise DamagedFileError(0, f"the .zip is cut or damaged ({fault})") from None
    return files


def _members(archive: zipfile.ZipFile) -> list[str]:
    return [entry.filename for entry in archive.infolist() if not entry.is_dir()]


def _readable(members: Sequence[str]) -> list[str]:
    names = [name for name in members if name.lower().endswith(_READABLE)]
    texts = {Path(name).stem for name in names if not name.lower().endswith(_WORKBOOK)}
    return [
        name
        for name in sorted(names)
        if not (name.lower().endswith(_WORKBOOK) and Path(name).stem in texts)
    ]


def _inner(path: Path, name: str) -> bytes:
    return _unpacked(path, name, path.stat().st_mtime_ns)


# All tables of an export lie in one inner archive, and each is opened more than once.
@lru_cache(maxsize=1)
def _unpacked(path: Path, name: str, _written_ns: int) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


@contextmanager
def _sheet(raw: BinaryIO, most_rows: int | None) -> Iterator[BinaryIO]:
    from openpyxl import load_workbook  # noqa: PLC0415 (it would slow each command's start)

    with SpooledTemporaryFile(IN_MEMORY_BYTES) as text, catch_warnings():
        binary = cast("BinaryIO", text)  # it has all its methods
        simplefilter("ignore")  # openpyxl warns of styles and headers that hold no data
        workbook = load_workbook(raw, read_only=True, data_only=True)
        try:
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()  # CMS's own dimensions are at times too small
            lines = io.TextIOWrapper(binary, "utf-8", newline="", write_through=True)
            csv.writer(lines).writerows(_even(sheet.iter_rows(max_row=most_rows, values_only=True)))
            lines.detach()
        finally:
            workbook.close()
        binary.seek(0)
        yield binary


def _even(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    """Yield rows as wide as the widest before: a workbook leaves out empty cells at the end."""
    width = 0
    for row in rows:
        width = max(width, len(row))
        yield [_cell(value) for value in row] + [""] * (width - len(row))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
