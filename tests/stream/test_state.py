"""The local state is what was applied, forgets what expires, and is emptied where it is doubtful."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.stream import state
from scrubber.stream.state import NEVER, StateStore, with_expiry, without_expiry

DAY = date(2026, 7, 1).toordinal()


def stored(day: int, value: bytes = b"v") -> bytes:
    """Return a value with its expiry."""
    return with_expiry(day, value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the store is."""
    return tmp_path / "store"


def contents(store: StateStore) -> dict[bytes, bytes]:
    """Return all values."""
    return {key: without_expiry(value) for key, value in store.items()}


def test_what_was_applied_is_there_after_a_restart(folder: Path) -> None:
    """Values, deletions and how far the changelog is applied."""
    store = StateStore(folder, "a")
    store.apply({b"k": stored(DAY), b"gone": stored(DAY)}, 5)
    store.apply({b"gone": None, b"never": stored(NEVER, b"w")}, 9)
    store.close()
    again = StateStore(folder, "a")
    assert contents(again) == {b"k": b"v", b"never": b"w"}
    assert again.applied == 9
    assert again.count() == 2
    again.close()


def test_a_process_that_was_killed_leaves_its_store_intact(folder: Path) -> None:
    """The pages are the machine's, not the process's: only a restart of the machine empties it."""
    store = StateStore(folder, "a")
    store.check()
    store.apply({b"k": stored(DAY)}, 5)
    store._env.close()  # no word of a close
    again = StateStore(folder, "a")
    assert again.applied == 5
    again.close()


@pytest.mark.parametrize("doubt", ["identity", "format", "boot"])
def test_a_doubtful_store_is_emptied(
    folder: Path, doubt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another deployment's, another format's, or one that a crash of the machine may have torn."""
    store = StateStore(folder, "a")
    store.check()  # else it is doubted for that
    store.apply({b"k": stored(DAY)}, 5)
    if doubt == "boot":
        store._env.close()
        monkeypatch.setattr(state, "_boot_id", lambda: b"another boot")
    else:
        store.close()
    if doubt == "format":
        monkeypatch.setattr(state, "_FORMAT", b"0")
    again = StateStore(folder, "b" if doubt == "identity" else "a")
    assert contents(again) == {}
    assert again.applied == 0
    again.close()


def test_a_store_that_was_closed_survives_a_restart_of_the_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing syncs its pages and says so."""
    store = StateStore(folder, "a")
    store.apply({b"k": stored(DAY)}, 5)
    store.close()
    monkeypatch.setattr(state, "_boot_id", lambda: b"another boot")
    again = StateStore(folder, "a")
    assert again.applied == 5
    again.close()


def test_a_store_of_a_topic_made_anew_is_emptied(folder: Path) -> None:
    """It bears the same name, and its offsets mean other records; a restart changes nothing."""
    store = StateStore(folder, "a")
    store.check()
    store.belong_to(b"first")
    store.apply({b"k": stored(DAY)}, 5)
    store.belong_to(b"first")
    assert store.applied == 5
    store.close()
    again = StateStore(folder, "a")
    again.check()
    again.belong_to(b"first")
    assert contents(again) == {b"k": b"v"}
    again.belong_to(b"second")
    assert contents(again) == {}
    assert again.applied == 0
    again.apply({b"k": stored(DAY)}, 1)
    again.belong_to(b"second")
    assert again.applied == 1
    again.close()


def test_damaged_files_are_replaced(folder: Path) -> None:
    """All of it is in Kafka."""
    store = StateStore(folder, "a")
    store.apply({b"k": stored(DAY)}, 5)
    store.close()
    (folder / "data.mdb").write_bytes(b"\xff" * 8192)
    again = StateStore(folder, "a")
    assert again.applied == 0
    again.close()


def test_what_expired_is_found_the_earliest_first(folder: Path) -> None:
    """The day itself still counts; a later expiry takes the earlier one's place."""
    store = StateStore(folder, "a")
    store.apply(
        {
            b"b": stored(DAY - 1),
            b"a": stored(DAY - 2),
            b"today": stored(DAY),
            b"never": stored(NEVER),
            b"renewed": stored(DAY - 3),
        },
        1,
    )
    store.apply({b"renewed": stored(DAY + 40)}, 2)
    today = date.fromordinal(DAY)
    assert store.expired(today, 10) == [b"a", b"b"]
    assert store.expired(today, 1) == [b"a"]
    store.apply(dict.fromkeys((b"a", b"b")), 3)
    assert store.expired(today, 10) == []
    store.close()


CHANGES = st.lists(
    st.dictionaries(
        st.binary(min_size=1, max_size=3),
        st.none() | st.tuples(st.integers(1, 5), st.binary(max_size=4)),
        max_size=5,
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(changes=CHANGES)
def test_it_is_a_dictionary_with_expiry_days(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[dict[bytes, tuple[int, bytes] | None]],
) -> None:
    """After any changes: the same values, and as expired what a plain look at all days says."""
    store = StateStore(tmp_path_factory.mktemp("store"), "a")
    plain: dict[bytes, bytes] = {}
    for number, change in enumerate(changes):
        encoded = {key: with_expiry(*value) if value else None for key, value in change.items()}
        store.apply(encoded, number)
        for key, value in encoded.items():
            if value is None:
                plain.pop(key, None)
            else:
                plain[key] = value
    assert dict(store.items()) == plain
    for day in range(1, 7):
        expired = sorted(key for key, value in plain.items() if int.from_bytes(value[:4]) < day)
        assert sorted(store.expired(date.fromordinal(day), 100)) == expired
    assert all(store.get(key) == value for key, value in plain.items())
    store.close()
