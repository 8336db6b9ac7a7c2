"""
What a task remembers between batches: key and value in LMDB, rebuilt from the changelog.

Every value begins with the day on which it expires, so that what a restore reads is all there is
to know. The store is never ahead of Kafka: it is written after the transaction that holds the same
changes has committed, and says up to which changelog offset it is complete.
"""

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import lmdb

from scrubber.telemetry.log import log

NEVER: Final = (1 << 32) - 1
_DAY_BYTES = 4
_OFFSET_BYTES = 8
_MAP_BYTES = 1 << 36  # address space, not disk: the file grows as it is filled
_FORMAT = b"2"
_SUM_BYTES = 4
_DAY = slice(_SUM_BYTES, _SUM_BYTES + _DAY_BYTES)
_UNWRITTEN_PAGES = 8
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

Changes = Mapping[bytes, bytes | None]
"""A value for each changed key, its expiry day before it; `None` deletes."""


def with_expiry(day: int, value: bytes) -> bytes:
    """Return what is stored for `value`; `day` is a proleptic ordinal or `NEVER`."""
    return day.to_bytes(_DAY_BYTES) + value


def without_expiry(stored: bytes) -> bytes:
    """Return the value in what is stored."""
    return stored[_DAY_BYTES:]


class StateStore:
    """
    The state of one task.

    A store of another deployment, partition or format, and one that may have been torn by a crash
    of the machine (pages are not synced on each commit), is emptied when it is opened; a damaged
    one when it is checked; one of another topic, or another cluster's, when the topic is known.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        """Open or make the store; `identity` names deployment, topic and partition."""
        self._folder = folder
        self._mark = folder / "unchecked"
        self._identity = identity.encode()
        self._reader: Any
        self._checked = False
        self._open()
        if not self._intact():
            self.wipe()

    @property
    def applied(self) -> int:
        """The changelog offset up to which the store is complete; 0 for an empty one."""
        return int.from_bytes(self._meta(b"applied")[_SUM_BYTES:])

    def check(self) -> None:
        """
        Read all of the store, once, and empty it if it is damaged; takes a second per million keys.

        LMDB trusts its pages: damaged ones may hold wrong values, hide keys, or end the process
        that reads them. Then the next opening finds the mark of a check that never ended.
        """
        if self._checked:
            return
        if not self._sound():
            log("state.damaged", level="warning")
            self.wipe()
        self._mark.unlink()
        self._checked = True

    def _sound(self) -> bool:
        try:
            applied = self._meta(b"applied")
            found = expiries = 0
            for key, value in self._reader.cursor(db=self._values):
                if value[:_SUM_BYTES] != _sum(key, value[_SUM_BYTES:]):
                    return False
                found += 1
            for _ in self._reader.cursor(db=self._expiries).iternext(values=False):
                expiries += 1
            counted = self._reader.stat(self._values)["entries"]
        except lmdb.Error:
            return False
        whole = applied == _sum(b"applied", applied[_SUM_BYTES:]) + applied[_SUM_BYTES:]
        return found == counted == expiries and (whole or not (applied or found))

    def belong_to(self, topic_id: bytes) -> None:
        """Empty the store unless it is this topic's; one made anew bears the old name."""
        if self._meta(b"topic") == topic_id:
            return
        self.wipe()
        self._reader.abort()
        self._note(b"topic", topic_id)
        self._reader = self._env.begin()

    def get(self, key: bytes) -> bytes | None:
        """Return what is stored under `key`, its expiry before it."""
        found: bytes | None = self._reader.get(key, db=self._values)
        return None if found is None else found[_SUM_BYTES:]

    def apply(self, changes: Changes, applied: int) -> None:
        """Write committed changes, and that the store is complete up to `applied`."""
        self._reader.abort()
        with self._env.begin(write=True) as writer:
            values = writer.cursor(self._values)
            expiries = writer.cursor(self._expiries)
            keys = sorted(changes)  # neighbours share a page, and calls for many cost a fraction
            known = {key: old[_DAY] for key, old in values.getmulti(keys)}
            kept, days = [], []
            for key in keys:
                value, old = changes[key], known.get(key)
                day = None if value is None else value[:_DAY_BYTES]
                if old is not None and old != day:
                    writer.delete(old + key, db=self._expiries)
                if value is None:
                    writer.delete(key, db=self._values)
                    continue
                kept.append((key, _sum(key, value) + value))
                if old != day:
                    days.append((value[:_DAY_BYTES] + key, b""))
            values.putmulti(kept)
            expiries.putmulti(sorted(days))
            end = applied.to_bytes(_OFFSET_BYTES)
            writer.put(b"applied", _sum(b"applied", end) + end, db=self._facts)
        self._reader = self._env.begin()

    def expired(self, today: date, limit: int) -> list[bytes]:
        """Return at most `limit` keys that expired before today, the earliest first."""
        end = today.toordinal().to_bytes(_DAY_BYTES)
        found: list[bytes] = []
        for entry in self._reader.cursor(db=self._expiries).iternext(values=False):
            if entry[:_DAY_BYTES] >= end or len(found) == limit:
                break
            found.append(entry[_DAY_BYTES:])
        return found

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield all that is stored, by key."""
        for key, value in self._reader.cursor(db=self._values):
            yield key, value[_SUM_BYTES:]

    def count(self) -> int:
        """Return the number of keys."""
        entries: int = self._reader.stat(self._values)["entries"]
        return entries

    def close(self) -> None:
        """Close the store; it opens again as it is, after a restart of the machine too."""
        self._reader.abort()
        self._env.sync(True)  # noqa: FBT003 (lmdb's signature)
        self._note(b"boot", b"closed")
        self._env.sync(True)  # noqa: FBT003
        self._env.close()
        self._mark.unlink(missing_ok=True)

    def wipe(self) -> None:
        """Empty the store."""
        self._reader.abort()
        self._env.close()
        shutil.rmtree(self._folder)
        self._open()
        if self._checked:
            self._mark.unlink()

    def _open(self) -> None:
        if self._mark.exists():
            log("state.damaged", level="warning")
            shutil.rmtree(self._folder)
        try:
            self._start()
        except lmdb.Error:  # damaged files; all of it is in Kafka
            shutil.rmtree(self._folder)
            self._start()

    def _start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._mark.touch()
        self._env = lmdb.open(
            str(self._folder), map_size=_MAP_BYTES, max_dbs=3, sync=False, readahead=False
        )
        # To read beyond the file's end would end the process. Pages that a transaction took and
        # gave back are never written, so a few may be missing.
        pages = self._env.info()["last_pgno"] - _UNWRITTEN_PAGES
        if (self._folder / "data.mdb").stat().st_size < pages * self._env.stat()["psize"]:
            self._env.close()
            raise lmdb.CorruptedError("the file is cut off")
        self._values = self._env.open_db(b"values")
        self._expiries = self._env.open_db(b"expiries")
        self._facts = self._env.open_db(b"facts")
        self._reader = self._env.begin()
        self._found = (self._meta(b"format"), self._meta(b"identity"), self._meta(b"boot"))
        self._reader.abort()
        self._note(b"format", _FORMAT)
        self._note(b"identity", self._identity)
        self._note(b"boot", _boot_id())
        self._env.sync(True)  # noqa: FBT003 (on disk before anything that is not)
        self._reader = self._env.begin()

    def _intact(self) -> bool:
        made, identity, boot = self._found
        # Pages that were not synced survive the process, not the machine.
        same_boot = boot == b"closed" or (boot == _boot_id() != b"")
        return (made, identity) == (_FORMAT, self._identity) and same_boot

    def _meta(self, name: bytes) -> bytes:
        found: bytes = self._reader.get(name, b"", db=self._facts)
        return found

    def _note(self, name: bytes, value: bytes) -> None:
        with self._env.begin(write=True) as writer:
            writer.put(name, value, db=self._facts)


def _sum(key: bytes, value: bytes) -> bytes:
    return crc32(value, crc32(key)).to_bytes(_SUM_BYTES)


def _boot_id() -> bytes:
    return _BOOT_ID.read_bytes().strip() if _BOOT_ID.exists() else b""
