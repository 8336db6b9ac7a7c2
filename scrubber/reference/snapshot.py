"""
A snapshot is one edition of one table: a folder `<kind>@<effective>/`, written once.

It holds flat buffers (`<name>.bin`), which are memory-mapped and so shared by all processes, and
`snapshot.yaml`, which says where they came from. That file is written as JSON, which is YAML: a
shelf of many snapshots opens in milliseconds.
"""

import mmap
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import msgspec

DESCRIPTION = "snapshot.yaml"
LAYOUT = 1  # of the buffers; another number is another scrubber's, and is imported again
EVERYTHING = "all"
LEVEL_2 = "hcpcs-level-2"
THROUGH = "column-1-through-"  # followed by a code: the parts of a larger table up to there
READABLE = 0o755

#: D codes have this shape too, but are the dentists' (CDT) and not in CMS's Level II file.
_LEVEL_2_CODE = re.compile(r"[A-CE-V][0-9]{4}", re.ASCII)


class SnapshotError(Exception):
    """A snapshot cannot be used: `path` is at fault for `reason`, and `remedy` mends it."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        """Keep the parts; the message names all three."""
        super().__init__(f"{path}: {reason}. {remedy}")
        self.path = path
        self.reason = reason
        self.remedy = remedy


def is_level_2(code: str) -> bool:
    """Tell whether `code` has the shape of an HCPCS Level II code: no CPT, no CDT code has it."""
    return _LEVEL_2_CODE.fullmatch(code) is not None


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An official file that was read, by its name and digest."""

    name: str
    sha256: str


class BufferFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The length and digest of a buffer, so that a damaged one is found."""

    bytes: int
    sha256: str


class SnapshotInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What `snapshot.yaml` says of its table.

    `expires` is the last day covered. With `row_dates` the rows state their own dates, and the
    table covers every day up to `expires`; else it covers nothing before `effective`.
    """

    kind: str
    effective: date
    expires: date
    rows: int
    publisher: str = ""
    licence: str = ""
    sources: tuple[SourceFile, ...] = ()
    row_dates: bool = False
    scope: str = EVERYTHING
    buffers: dict[str, BufferFile] = {}
    layout: int = LAYOUT

    @property
    def folder(self) -> str:
        """The name of the snapshot's folder."""
        return f"{self.kind}@{self.effective.isoformat()}"

    @property
    def version(self) -> str:
        """The effective date, as `versions.reference` of an outcome shows it."""
        return self.effective.isoformat()

    def covers(self, day: date) -> bool:
        """Tell whether the table can answer for `day`."""
        return day <= self.expires and (self.row_dates or self.effective <= day)

    def holds(self, code: str) -> bool:
        """Tell whether the table can answer for `code`: absence of another code says nothing."""
        if self.scope == EVERYTHING:
            return True
        if self.scope == LEVEL_2:
            return is_level_2(code)
        return code <= self.scope.removeprefix(THROUGH)


@dataclass(frozen=True, slots=True)
class Edition:
    """One snapshot, opened; `buffers` by name, read-only."""

    info: SnapshotInfo
    buffers: Mapping[str, memoryview]


def edition_for(
    editions: Sequence[Edition], day: date, *, latest_when_missing: bool = False
) -> Edition | None:
    """
    Return the edition that answers for `day`, or `None` when no edition covers it.

    The edition of the day's own period wins; else the first later one whose rows state their
    own dates. `latest_when_missing` takes the last one before the day instead of none; never a
    later one, which would judge a claim by rows that were not yet known.
    """
    current = [each for each in editions if each.info.effective <= day]
    if covering := [each for each in current if day <= each.info.expires]:
        return max(covering, key=_effective)
    if later := [each for each in editions if each.info.covers(day)]:
        return min(later, key=_effective)
    if latest_when_missing and current:
        return max(current, key=_effective)
    return None


def _effective(edition: Edition) -> date:
    return edition.info.effective


def write_snapshot(directory: Path, info: SnapshotInfo, buffers: Mapping[str, bytes]) -> Path:
    """
    Put a snapshot into `directory`, whole or not at all, and return its folder.

    A snapshot of the same kind and date is replaced; processes that have it open keep reading
    the old one. An identical one is left as it is.
    """
    described = msgspec.structs.replace(
        info,
        buffers={
            name: BufferFile(len(buffer), sha256(buffer).hexdigest())
            for name, buffer in sorted(buffers.items())
        },
    )
    folder = directory / described.folder
    if folder.is_dir() and _is_intact(folder, described):
        return folder
    directory.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f".{described.folder}.", dir=directory))
    try:
        for name, buffer in buffers.items():
            _write_durably(_buffer_path(draft, name), buffer)
        text = msgspec.json.format(msgspec.json.encode(described), indent=2)
        _write_durably(draft / DESCRIPTION, text + b"\n")
        draft.chmod(READABLE)
        _sync_folder(draft)
        _put_in_place(draft, folder)
        _sync_folder(directory)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def open_snapshot(folder: Path) -> Edition:
    """
    Map the buffers of a snapshot; nothing is parsed but its `snapshot.yaml`.

    Raises `SnapshotError` for a file that is absent or has another length than it was written
    with. Changed bytes are found by `verify_snapshot`, which must read them all.
    """
    info = read_info(folder)
    return Edition(
        info, {name: _map(folder, name, info.buffers[name].bytes) for name in info.buffers}
    )


def read_info(folder: Path) -> SnapshotInfo:
    """Read `snapshot.yaml`; raises `SnapshotError` when it does not describe this folder."""
    path = folder / DESCRIPTION
    try:
        info = msgspec.json.decode(path.read_bytes(), type=SnapshotInfo)
    except FileNotFoundError:
        raise SnapshotError(path, "is missing", _remedy(folder)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise SnapshotError(path, f"is damaged ({fault})", _remedy(folder)) from None
    if info.folder != folder.name:
        raise SnapshotError(path, f"describes {info.folder}, not its folder", _remedy(folder))
    if info.layout != LAYOUT:
        reason = f"has layout {info.layout}, this scrubber reads layout {LAYOUT}"
        raise SnapshotError(path, reason, _remedy(folder))
    return info


def verify_snapshot(folder: Path) -> SnapshotInfo:
    """Read every byte of a snapshot; raises `SnapshotError` for one that was changed."""
    edition = open_snapshot(folder)
    for name, buffer in edition.buffers.items():
        if sha256(buffer).hexdigest() != edition.info.buffers[name].sha256:
            reason = "is damaged (its bytes are not those that were written)"
            raise SnapshotError(_buffer_path(folder, name), reason, _remedy(folder))
    return edition.info


def _is_intact(folder: Path, info: SnapshotInfo) -> bool:
    try:
        return verify_snapshot(folder) == info
    except SnapshotError:
        return False


def _remedy(folder: Path) -> str:
    return f"Import the file of {folder.name} again: scrubber reference import."


def _buffer_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.bin"


def _map(folder: Path, name: str, length: int) -> memoryview:
    path = _buffer_path(folder, name)
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno()).st_size
            if found != length:
                reason = f"is damaged ({found:,} bytes instead of {length:,})"
                raise SnapshotError(path, reason, _remedy(folder))
            if not length:  # an empty file cannot be mapped
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        raise SnapshotError(path, "is missing", _remedy(folder)) from None


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put_in_place(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    # A folder with content cannot be renamed over; the old one steps aside for an instant.
    aside = Path(mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    try:
        folder.rename(aside / folder.name)
        try:
            draft.rename(folder)
        except OSError:
            (aside / folder.name).rename(folder)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
