"""Official files become dated snapshots, each table whole or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from scrubber.reference.importers.opening import OfficialFile, official_files
from scrubber.reference.importers.reading import DamagedFileError
from scrubber.reference.importers.recognise import FORMATS, Format, format_of, is_companion
from scrubber.reference.importers.table import RefusedFileError
from scrubber.reference.snapshot import SnapshotInfo, SourceFile, write_snapshot

KINDS = tuple(sorted({kind for each in FORMATS for kind in each.kinds}))


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user says of files that do not say it themselves."""

    kind: str = ""
    effective: date | None = None
    expires: date | None = None


class Imported(NamedTuple):
    """A snapshot that was written, or was there already."""

    info: SnapshotInfo
    folder: Path


class _Recognised(NamedTuple):
    file: OfficialFile
    format: Format
    kind: str
    stated: date | None


def import_files(
    paths: Sequence[Path], into: Path, choice: Choice
) -> Iterator[Imported | RefusedFileError]:
    """
    Import each table that the files hold, and yield what became of it.

    Files of one kind and date are parts of one table. A refused file leaves what is in `into`
    as it was, and the other tables are imported all the same.
    """
    files: list[OfficialFile] = []
    tables: dict[tuple[object, ...], list[_Recognised]] = {}
    for path in paths:
        try:
            members = _recognised(path, choice)
        except RefusedFileError as refusal:
            yield refusal
            continue
        for member in members:
            if isinstance(member, OfficialFile):
                files.append(member)
            else:
                files.append(member.file)
                alone = None if member.format.together else member.file
                tables.setdefault((member.kind, member.stated, alone), []).append(member)
    written: set[Path] = set()
    for parts in tables.values():
        try:
            yield _import_table(parts, into, choice, files, written)
        except RefusedFileError as refusal:
            yield refusal


def _recognised(path: Path, choice: Choice) -> list[_Recognised | OfficialFile]:
    """Return the tables in a file, and the companions of tables as they are."""
    with _refusing(str(path)):
        members = official_files(path)
    found = [each for each in (_recognise(member, choice) for member in members) if each]
    if not found:
        raise RefusedFileError(str(path), 0, f"is none of the known tables ({', '.join(KINDS)})")
    return found


@contextmanager
def _refusing(shown: str) -> Iterator[None]:
    try:
        yield
    except DamagedFileError as fault:
        raise RefusedFileError(shown, fault.line, fault.reason) from None
    except OSError as fault:
        raise RefusedFileError(shown, 0, fault.strerror or "cannot be read") from None


def _recognise(file: OfficialFile, choice: Choice) -> _Recognised | OfficialFile | None:
    with _refusing(file.shown):
        head = file.head()
    if not head.strip():
        raise RefusedFileError(file.shown, 0, "is empty")
    if is_companion(head):
        return file
    found = format_of(head)
    if found is None:
        return None
    stated = choice.effective or found.stated_date(file.name, head)
    return _Recognised(file, found, _kind(found, file, head, choice.kind), stated)


def _kind(found: Format, file: OfficialFile, head: bytes, chosen: str) -> str:
    stated = found.kind_of(file.name, head)
    choices = " or ".join(found.kinds)
    if chosen and (chosen not in found.kinds or (stated and stated != chosen)):
        raise RefusedFileError(file.shown, 0, f"is {stated or choices}, not {chosen}")
    if not (stated or chosen):
        reason = f"neither its content nor its name says which table it is: --kind {choices}"
        raise RefusedFileError(file.shown, 0, reason)
    return stated or chosen


def _import_table(
    parts: Sequence[_Recognised],
    into: Path,
    choice: Choice,
    call: Sequence[OfficialFile],
    written: set[Path],
) -> Imported:
    first = parts[0]
    files = [part.file for part in parts]
    shown = ", ".join(file.shown for file in files)
    with _refusing(shown):
        table = first.format.read(files, first.stated, call)
    effective = choice.effective or table.effective
    if effective is None:
        reason = "states no effective date: give --effective YYYY-MM-DD"
        raise RefusedFileError(shown, 0, reason)
    # The file's own end belongs to its own date, not to one that the user chose.
    own_end = table.expires if effective == table.effective else None
    expires = choice.expires or own_end or first.format.period_end(effective)
    if expires < effective:
        raise RefusedFileError(shown, 0, f"expires {expires}, before it takes effect {effective}")
    info = SnapshotInfo(
        kind=first.kind,
        effective=effective,
        expires=expires,
        rows=table.rows,
        publisher=first.format.publisher,
        licence=first.format.licence,
        sources=tuple(SourceFile(file.path.name, file.sha256()) for file in files),
        row_dates=table.row_dates,
        scope=table.scope,
    )
    if into / info.folder in written:
        raise RefusedFileError(shown, 0, f"is a second {info.folder}; one file of this call is it")
    folder = write_snapshot(into, info, table.buffers)
    written.add(folder)
    return Imported(info, folder)
