"""
The folders of `watch`: files that came, and where they and their answers go.

A file is taken (renamed into `.taken`, where nobody else writes), answered in a folder that nobody
sees yet, and answered for good when that folder is renamed to its place in the outbox: the one
commit point. Then the file moves to `done`. Whatever moment the process ends at, the next one finds
the file untaken, taken or answered, and goes on from there.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

TAKEN, DONE, FAILED = ".taken", "done", "failed"
UNFINISHED: Final = (".tmp", ".part", ".filepart", ".crdownload")
"""Names under which senders write what is to be renamed; dotfiles are left alone as well."""
LONGEST_NAME: Final = 200  # bytes: room for what answers add to it
DIGEST_BYTES: Final = 8

Look = tuple[int, int, int]
"""Inode, size and time of change: the same twice, and the file is whole."""


class FolderError(OSError):
    """The folders cannot be watched; the text says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is ours, and the digest of its content ("" where it could not be read)."""

    path: Path
    digest: str
    fault: str = ""

    @property
    def named(self) -> str:
        """Its name with its digest: that of its answers' folder."""
        return f"{self.path.name}-{self.digest}"


class Folders:
    """An inbox and an outbox, of which this process is the only watcher, within a `with`."""

    def __init__(self, inbox: Path, outbox: Path) -> None:
        """Make what is missing; raises `OSError`, and so does entering."""
        if not inbox.is_dir():
            raise FolderError(f"{inbox}: is not a folder")
        outbox.mkdir(parents=True, exist_ok=True)
        if inbox.resolve() == outbox.resolve():
            raise FolderError(f"{inbox}: is inbox and outbox at once")
        self._inbox, self._outbox = inbox, outbox
        for name in (TAKEN, DONE, FAILED):
            (inbox / name).mkdir(exist_ok=True)
        self._looks: dict[str, Look] = {}
        self._locks = ExitStack()

    def __enter__(self) -> Self:
        """Lock both; take away what a process left that ended before its commit."""
        with ExitStack() as locks:
            for folder in (self._inbox, self._outbox):
                _lock(folder, locks)
            self._locks = locks.pop_all()
        for left in self._outbox.glob(".*.part"):
            shutil.rmtree(left)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the folders free."""
        self._locks.close()

    def whole(self) -> list[str]:
        """Return the files that are as they were at the last look, the oldest first."""
        looks = dict(self._files())
        ready = [name for name, look in looks.items() if self._looks.get(name) == look]
        self._looks = looks
        return sorted(ready, key=lambda name: (looks[name][2], name))

    def _files(self) -> Iterator[tuple[str, Look]]:
        with os.scandir(self._inbox) as entries:
            for entry in entries:
                name = entry.name
                if not name.startswith(".") and not name.lower().endswith(UNFINISHED):
                    try:
                        if entry.is_file(follow_symlinks=False):
                            yield name, _look(entry.stat(follow_symlinks=False))
                    except FileNotFoundError:
                        continue  # its sender took it away again

    def left_over(self) -> list[Path]:
        """Return what a process before us took and did not finish."""
        return sorted((self._inbox / TAKEN).iterdir())

    def take(self, name: str) -> Path | None:
        """Take a file, so that the next of its name is another; `None` when it cannot be yet."""
        path = self._inbox / TAKEN / name
        if path.exists():
            return None  # one of this name is not finished
        try:
            (self._inbox / name).rename(path)
        except FileNotFoundError:
            return None
        return path

    def changed(self, path: Path) -> bool:
        """Tell whether a file that was taken is written on still: not the same at two looks."""
        look = _look(path.stat())
        before, self._looks[path.name] = self._looks.get(path.name), look
        return look != before

    def read(self, path: Path) -> Taken:
        """Return a file that was taken with the digest of its content."""
        if len(os.fsencode(path.name)) > LONGEST_NAME:
            return Taken(path, "", f"its name is longer than {LONGEST_NAME} bytes")
        digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
        try:
            with path.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        except OSError as error:
            return Taken(path, "", f"it cannot be read: {(error.strerror or '').lower()}")
        return Taken(path, digest.hexdigest())

    def answered(self, file: Taken) -> Path | None:
        """Return the folder that answers this content, under whatever name it came."""
        with os.scandir(self._outbox) as entries:
            names = [one.name for one in entries if one.name.endswith(f"-{file.digest}")]
        return self._outbox / names[0] if names else None

    def begin(self, file: Taken) -> Path:
        """Return an empty folder for the answers, which nobody sees yet."""
        folder = self._outbox / f".{file.named}.part"
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        return folder

    def drop(self, folder: Path) -> None:
        """Take answers back that nobody has seen."""
        shutil.rmtree(folder)

    def commit(self, file: Taken, folder: Path) -> Path:
        """Put the answers in their place, for good."""
        for one in folder.iterdir():
            _sync(one)
        _sync(folder)
        place = self._outbox / file.named
        folder.rename(place)
        _sync(self._outbox)
        return place

    def done(self, file: Taken) -> None:
        """Move a file that is answered."""
        self._move(file, DONE)

    def failed(self, file: Taken, reason: str) -> Path:
        """Move a file that cannot be answered, with the reason beside it."""
        place = self._inbox / FAILED / self._kept(file)
        beside = place.with_name(f"{place.name}.reason.txt")
        beside.write_text(f"{file.path.name}: {reason}\n")
        _sync(beside)
        self._move(file, FAILED)
        return place

    def _move(self, file: Taken, where: str) -> None:
        file.path.rename(self._inbox / where / self._kept(file))
        _sync(self._inbox / where)
        _sync(self._inbox / TAKEN)

    def _kept(self, file: Taken) -> str:
        """Return a name that no other content has: that of the file comes again."""
        path = file.path
        if file.digest:
            return f"{path.stem}-{file.digest}{path.suffix}"
        stem = os.fsdecode(os.fsencode(path.stem)[: LONGEST_NAME // 2])
        return f"{stem}-{path.stat().st_mtime_ns}"


def _look(stat: os.stat_result) -> Look:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _lock(folder: Path, held: ExitStack) -> None:
    """Lock a folder as long as the stack stands, or the process lives."""
    import fcntl  # noqa: PLC0415 (where there is none, the other commands still start)

    descriptor = os.open(folder, os.O_RDONLY)
    held.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderError(f"{folder}: another process watches it") from None


def _sync(path: Path) -> None:
    """Wait until a file or a folder's entries are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
