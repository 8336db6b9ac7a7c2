"""The local store: what is in it is what was put there, or nothing is."""

import random
from pathlib import Path

import pytest

from scrubber.stream.state import NEVER, StateStore, with_expiry

KEYS = {b"k%05d" % number: with_expiry(NEVER, b"%d" % number * 40) for number in range(2_000)}


def left_behind(folder: Path) -> Path:
    """Fill a store, leave it as a killed process does, and return its file."""
    store = StateStore(folder, "one")
    store.check()
    store.apply(KEYS, 4_000)
    store._reader.abort()
    store._env.close()
    return folder / "data.mdb"


def test_a_store_that_was_left_is_found_as_it_was(tmp_path: Path) -> None:
    """Kill -9 of the process loses nothing."""
    left_behind(tmp_path / "store")
    store = StateStore(tmp_path / "store", "one")
    store.check()
    assert dict(store.items()) == KEYS
    assert store.applied == 4_000
    store.close()


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_value_empties_the_store(tmp_path: Path, seed: int) -> None:
    """One byte of one value is another: all is restored rather than one history wrong."""
    file = left_behind(tmp_path / "store")
    data = bytearray(file.read_bytes())
    number = random.Random(seed).randrange(1_000, 2_000)
    at = data.index(b"%d" % number * 40)
    data[at + 7] ^= 1
    file.write_bytes(data)
    store = StateStore(tmp_path / "store", "one")
    store.check()
    assert list(store.items()) == []
    assert store.applied == 0
    store.apply({b"after": with_expiry(NEVER, b"1")}, 1)
    store.close()
    assert StateStore(tmp_path / "store", "one").get(b"after") == with_expiry(NEVER, b"1")


def test_a_store_whose_check_never_ended_is_emptied(tmp_path: Path) -> None:
    """Damage that ends the process which reads it does so once."""
    left_behind(tmp_path / "store")
    StateStore(tmp_path / "store", "one")._env.close()  # opened, and not checked
    assert StateStore(tmp_path / "store", "one").count() == 0


def test_a_file_that_was_cut_off_is_given_up(tmp_path: Path) -> None:
    """To read behind its end would end the process."""
    file = left_behind(tmp_path / "store")
    with file.open("r+b") as data:
        data.truncate(file.stat().st_size // 2)
    store = StateStore(tmp_path / "store", "one")
    store.check()
    assert store.count() == 0
    store.close()
