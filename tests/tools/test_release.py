"""One version, named alike everywhere; a changelog of parts; and a release made of both."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from scrubber import __version__
from tests.conftest import ROOT
from tools.release import PLACES, make, notes, part_faults, stated

DAY = date(2026, 12, 1)
COPIED = (*(name for name, _ in PLACES), "CHANGELOG.md")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the files that a release writes, two parts, and an edit to come."""
    for name in COPIED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    edit = tmp_path / "scrubber" / "edits" / "family" / "defect.py"
    edit.parent.mkdir(parents=True)
    edit.write_text('@claim_edit(\n    added="next",\n)\n')
    parts = tmp_path / "changelog.d"
    parts.mkdir()
    (parts / "limits.fixed.md").write_text("A limit is kept.\nIts day too.\n")
    (parts / "replay.added.md").write_text("`scrubber replay` compares:\n\n- this\n- that\n")
    for folder in ("schemas", "schemas/released"):
        (tmp_path / folder).mkdir()
    (tmp_path / "schemas" / "claim.v1.json").write_text("{}\n")
    return tmp_path


def test_the_version_is_the_same_everywhere() -> None:
    """Package, image label, image tags and the command that builds the image."""
    assert stated(ROOT) == {name: {__version__} for name, _ in PLACES}


@pytest.mark.parametrize("name", [name for name, _ in PLACES])
def test_a_file_that_lags_behind_is_seen(checkout: Path, name: str) -> None:
    """Each of them, and no other."""
    path = checkout / name
    path.write_text(path.read_text().replace(__version__, "9.9.9"))
    assert {one: found for one, found in stated(checkout).items() if found != {__version__}} == {
        name: {"9.9.9"}
    }


def test_every_part_of_the_changelog_has_a_kind() -> None:
    """By its name; the release's notes have a section for each."""
    assert list(part_faults(ROOT / "changelog.d")) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("limits.md", "x"),
        ("limits.improved.md", "x"),
        ("Limits.fixed.md", "x"),
        ("limits.fixed.txt", "x"),
        ("limits.fixed.md", " \n"),
    ],
)
def test_a_part_that_no_note_would_show_is_found(tmp_path: Path, name: str, text: str) -> None:
    """A misspelt kind would be left out in silence."""
    (tmp_path / name).write_text(text)
    (fault,) = part_faults(tmp_path)
    assert fault.startswith(f"{name}: ")


def test_the_notes_show_every_part_once(checkout: Path) -> None:
    """By kind; the lines of a part are one paragraph, its lists stay lists."""
    assert notes(checkout / "changelog.d", "0.2.0", DAY) == (
        "## 0.2.0 (2026-12-01)\n\n"
        "### Added\n\n- `scrubber replay` compares:\n\n  - this\n  - that\n\n"
        "### Fixed\n\n- A limit is kept. Its day too.\n"
    )
    shown = notes(ROOT / "changelog.d", "next", DAY)
    for path in (ROOT / "changelog.d").iterdir():
        assert shown.count(path.read_text(encoding="utf-8").split("\n")[0]) == 1, path.name


def test_a_release_is_written_everywhere(checkout: Path) -> None:
    """Version, changelog, edits that were to come, released schemas; twice is two entries."""
    make(checkout, "0.2.0", DAY)
    assert stated(checkout) == {name: {"0.2.0"} for name, _ in PLACES}
    assert (checkout / "scrubber/edits/family/defect.py").read_text() == (
        '@claim_edit(\n    added="0.2.0",\n)\n'
    )
    assert (checkout / "schemas" / "released" / "claim.v1.json").read_text() == "{}\n"
    assert list((checkout / "changelog.d").iterdir()) == []
    (checkout / "changelog.d" / "trace.added.md").write_text("Traces.\n")
    make(checkout, "0.3.0rc1", DAY)
    text = (checkout / "CHANGELOG.md").read_text()
    entries = [line for line in text.splitlines() if line.startswith("## ")]
    assert entries == ["## 0.3.0rc1 (2026-12-01)", "## 0.2.0 (2026-12-01)"]
    assert text.startswith((ROOT / "CHANGELOG.md").read_text().split("\n## ")[0].rstrip())
    assert stated(checkout) == {name: {"0.3.0rc1"} for name, _ in PLACES}
