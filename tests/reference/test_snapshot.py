"""A snapshot is whole or not there, and a damaged one is refused by name."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from scrubber.reference.shelf import KINDS, Shelf, open_shelf, snapshot_folders
from scrubber.reference.snapshot import (
    LEVEL_2,
    THROUGH,
    Edition,
    SnapshotError,
    SnapshotInfo,
    edition_for,
    is_level_2,
    open_snapshot,
    verify_snapshot,
    write_snapshot,
)

INFO = SnapshotInfo(
    kind="place-of-service", effective=date(2024, 7, 1), expires=date(2024, 9, 30), rows=2
)
BUFFERS = {"codes": b"11\n12", "empty": b""}


def edition(first: str, last: str, *, row_dates: bool = False) -> Edition:
    """Return an edition without buffers."""
    info = msgspec.structs.replace(
        INFO,
        effective=date.fromisoformat(first),
        expires=date.fromisoformat(last),
        row_dates=row_dates,
    )
    return Edition(info, {})


def test_a_snapshot_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """The folder has the kind and the date in its name; nothing else is left beside it."""
    folder = write_snapshot(tmp_path, INFO, BUFFERS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["place-of-service@2024-07-01"]
    opened = open_snapshot(folder)
    assert {name: bytes(buffer) for name, buffer in opened.buffers.items()} == BUFFERS
    assert opened.info.rows == 2
    assert opened.buffers["codes"].readonly
    assert verify_snapshot(folder) == opened.info


def test_a_newer_table_of_the_same_date_replaces_the_older(tmp_path: Path) -> None:
    """Whoever has the older one open keeps reading it."""
    opened = open_snapshot(write_snapshot(tmp_path, INFO, BUFFERS))
    write_snapshot(tmp_path, msgspec.structs.replace(INFO, rows=1), {"codes": b"99"})
    assert bytes(opened.buffers["codes"]) == b"11\n12"
    assert [entry.name for entry in tmp_path.iterdir()] == ["place-of-service@2024-07-01"]
    assert open_snapshot(tmp_path / INFO.folder).info.rows == 1


def test_a_damaged_snapshot_is_replaced_by_importing_again(tmp_path: Path) -> None:
    """That is the remedy the message names."""
    folder = write_snapshot(tmp_path, INFO, BUFFERS)
    (folder / "codes.bin").write_bytes(b"11\n13")
    write_snapshot(tmp_path, INFO, BUFFERS)
    assert verify_snapshot(folder).rows == 2


def test_a_write_that_fails_leaves_the_old_snapshot_and_nothing_else(tmp_path: Path) -> None:
    """A buffer that cannot be written stands for a full disk."""
    folder = write_snapshot(tmp_path, INFO, BUFFERS)
    with pytest.raises(FileNotFoundError):
        write_snapshot(tmp_path, INFO, {"codes": b"99", "no/such/folder": b""})
    assert verify_snapshot(folder).rows == 2
    assert [entry.name for entry in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("codes.bin", b"11", "codes.bin: is damaged (2 bytes instead of 5)"),
        ("codes.bin", None, "codes.bin: is missing"),
        ("snapshot.yaml", None, "snapshot.yaml: is missing"),
        ("snapshot.yaml", b'{"kind": "place-of', "snapshot.yaml: is damaged"),
        ("snapshot.yaml", b'{"kind": "x"}', "snapshot.yaml: is damaged (Object missing required"),
    ],
)
def test_a_damaged_snapshot_is_refused_with_file_and_remedy(
    tmp_path: Path, name: str, content: bytes | None, fault: str
) -> None:
    """The shelf does not open without it: "no data" would hide the damage."""
    folder = write_snapshot(tmp_path, INFO, BUFFERS)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(SnapshotError) as caught:
        open_shelf(tmp_path)
    assert str(caught.value).startswith(f"{folder}/{fault}")
    assert str(caught.value).endswith(
        "Import the file of place-of-service@2024-07-01 again: scrubber reference import."
    )


def test_changed_bytes_are_found_by_reading_them_all(tmp_path: Path) -> None:
    """The length alone would not show it."""
    folder = write_snapshot(tmp_path, INFO, BUFFERS)
    (folder / "codes.bin").write_bytes(b"11\n13")
    with pytest.raises(SnapshotError, match=r"codes\.bin: is damaged"):
        verify_snapshot(folder)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"effective": date(2024, 10, 1)}, "describes place-of-service@2024-10-01"),
        ({"layout": 99}, "has layout 99, this scrubber reads layout 1"),
    ],
)
def test_a_snapshot_of_another_folder_or_layout_is_refused(
    tmp_path: Path, change: dict[str, object], fault: str
) -> None:
    """A copied folder or another scrubber's buffers would be read wrongly."""
    folder = write_snapshot(tmp_path, INFO, {})
    other = msgspec.structs.replace(INFO, **change)
    (folder / "snapshot.yaml").write_bytes(msgspec.json.encode(other))
    with pytest.raises(SnapshotError, match=fault):
        open_snapshot(folder)


def test_a_shelf_needs_a_folder_of_known_kinds(tmp_path: Path) -> None:
    """Other entries are nobody's business."""
    with pytest.raises(SnapshotError, match="is not a folder"):
        snapshot_folders(tmp_path / "absent")
    (tmp_path / "notes").mkdir()
    (tmp_path / ".ncci-aoc@2024-07-01.draft").mkdir()
    assert open_shelf(tmp_path).snapshots() == ()
    (tmp_path / "ncci-ptp@2024-07-01").mkdir()
    with pytest.raises(SnapshotError, match="is of an unknown kind"):
        open_shelf(tmp_path)


@pytest.mark.parametrize(
    ("day", "latest", "version"),
    [
        ("2024-03-31", False, "2025-01-01"),
        ("2024-08-01", False, "2024-07-01"),
        ("2024-11-01", False, "2025-01-01"),
        ("2025-03-31", False, "2025-01-01"),
        ("2025-04-01", False, None),
        ("2025-04-01", True, "2025-01-01"),
    ],
)
def test_the_edition_of_the_day_wins_then_a_later_one_with_dated_rows(
    day: str,
    latest: bool,  # noqa: FBT001 - a parameter of the cases
    version: str | None,
) -> None:
    """A later edition with dated rows answers for earlier days, an earlier one never for later."""
    editions = [
        edition("2024-07-01", "2024-09-30"),
        edition("2025-01-01", "2025-03-31", row_dates=True),
    ]
    found = edition_for(editions, date.fromisoformat(day), latest_when_missing=latest)
    assert (found and found.info.version) == version


def test_a_day_before_all_editions_has_no_data() -> None:
    """`latest_when_missing` does not judge by rows that were not yet known."""
    editions = [edition("2024-07-01", "2024-09-30")]
    assert edition_for(editions, date(2024, 6, 30), latest_when_missing=True) is None


def test_level_2_codes_are_neither_cpt_nor_cdt() -> None:
    """CPT has five digits, or four and a letter; D codes belong to the dentists."""
    assert all(map(is_level_2, ("A4206", "G0101", "J3301", "V5364")))
    assert not any(map(is_level_2, ("99213", "0591T", "0001U", "D0120", "W0001", "A420", "a4206")))


def test_a_scope_says_for_which_codes_absence_counts() -> None:
    """A table without CPT rows says nothing of a CPT code."""
    assert INFO.holds("99213")
    level_2 = msgspec.structs.replace(INFO, scope=LEVEL_2)
    assert level_2.holds("A4206")
    assert not level_2.holds("99213")
    parts = msgspec.structs.replace(INFO, scope=f"{THROUGH}29999")
    assert parts.holds("29881")
    assert not parts.holds("A4206")


def test_an_absent_table_and_an_uncovered_day_have_no_view() -> None:
    """Both are no data; versions name only what answers for the day."""
    shelf = Shelf.of_rows(
        {"ncci-aoc": [], "place-of-service": [{"code": "11"}]},
        effective=date(2024, 7, 1),
        expires=date(2024, 9, 30),
    )
    day = date(2024, 8, 1)
    assert shelf.as_of("taxonomy", day) is None
    assert shelf.as_of("ncci-aoc", date(2024, 10, 1)) is None
    assert shelf.as_of("ncci-aoc", day).find("A4206").type == ""
    assert shelf.versions(day) == {"ncci-aoc": "2024-07-01", "place-of-service": "2024-07-01"}
    assert shelf.versions(date(2024, 10, 1)) == {}


def test_rows_of_every_kind_can_be_stated_in_a_test() -> None:
    """An empty table of each kind opens; a field that a row does not have is an error."""
    shelf = Shelf.of_rows({kind: [] for kind in sorted(KINDS)})
    assert set(shelf.versions(date(2024, 8, 1))) == KINDS
    with pytest.raises(TypeError, match="colum1"):
        Shelf.of_rows({"ncci-ptp-hospital": [{"colum1": "A9500"}]})
