"""What `make edit` begins is an edit that only waits for its rule."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from scrubber.contracts.strict_yaml import read_yaml
from scrubber.edits.edit import Edit
from tests.conftest import ROOT
from tests.gates.test_catalogue import differences
from tools.new_edit import BESIDE, SCOPES, blank, function_text, twin_text


def built(text: str, family: str, name: str) -> Edit:
    """Return the edit that a module's text defines."""
    module = ModuleType(f"scrubber.edits.{family}.{name}")
    with pytest.MonkeyPatch.context() as patch:
        # Where its annotations are looked up; an edit of that name may be there already.
        patch.setitem(sys.modules, module.__name__, module)
        exec(text, module.__dict__)
    return getattr(module, name)  # type: ignore[no-any-return]


def test_every_entry_of_the_catalogue_can_be_begun(shared_data: Path, tmp_path: Path) -> None:
    """The function says what the gates compare, and the twin has both examples."""
    for path in sorted((shared_data / "catalogue" / "edits").glob("*.yaml")):
        family = path.stem.replace("-", "_")
        for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader):
            name = entry["id"].replace("-", "_")
            scope = SCOPES.get(entry["scope"], entry["scope"])
            edit = built(function_text(entry, scope), family, name)
            low = ["status"] if entry.get("confidence") == "low" else []
            assert differences(edit, {**entry, "family": family}) in ([], low)
            twin = tmp_path / "twin.yaml"
            twin.write_text(twin_text(entry), encoding="utf-8")
            assert [case["expect"] for case in read_yaml(twin)["cases"]] == ["fail", "pass"]


@pytest.mark.parametrize("scope", BESIDE)
def test_an_edit_can_be_begun_without_the_catalogue(scope: str) -> None:
    """What is to be written stands in capitals."""
    text = function_text(blank("name-too-odd", "identity"), scope)
    assert "ONE SENTENCE THAT SAYS WHAT IS WRONG" in text
    given = {"pairs": None} if scope == "line_pair" else {}
    assert given or built(text, "identity", "name_too_odd").scope == scope


def begin(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder that has what it needs."""
    return subprocess.run(
        [sys.executable, "-m", "tools.new_edit", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the command, one family and one entry of a catalogue."""
    for folder in ("tools", "scrubber/edits/identity", "docs/edits", "changelog.d", "catalogue"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "new_edit.py", tmp_path / "tools")
    (tmp_path / "docs/edits/not_yet.txt").write_text("name-too\nname-too-odd\nother-edit  later\n")
    entry: dict[str, Any] = blank("name-too-odd", "identity") | {
        "params": {"most": "3", "codes": ["A", "B"]},
        "since": "2024-01-02",
        "data": ["a file#columns"],
        "source": "A source that is long. " * 9,
        "traps": ["A trap."],
        "example_fail": {
            "type": "dental", "_received": "2024-09-01", "_history": [],
            "lines": [{"procedure": "D0120", "modifiers": ["A"]}],
        },
    }  # fmt: skip
    (tmp_path / "catalogue/identity.yaml").write_text(yaml.safe_dump([entry]))
    return tmp_path


def test_the_command_writes_function_twin_and_changelog(checkout: Path) -> None:
    """The id leaves the list, others stay; nothing that is there is overwritten."""
    done = begin(checkout, "name-too-odd", "--catalogue", "catalogue")
    assert done.returncode == 0, done.stderr
    assert "a file#columns" in done.stdout
    text = (checkout / "scrubber/edits/identity/name_too_odd.py").read_text()
    edit = built(text, "identity", "name_too_odd")
    assert edit.params is not None
    assert edit.params.model_dump() == {"most": 3, "codes": ("A", "B")}
    assert str(edit.since) == "2024-01-02"
    assert edit.source == ("A source that is long. " * 9).strip()
    twin = read_yaml(checkout / "tests/edits/identity/name_too_odd.yaml")
    assert twin["cases"][0] == {
        "name": "The catalogue's example of a fail",
        "claim": "dental",
        "with": {"lines[0].procedure": "D0120", "lines[0].modifiers": ["A"]},
        "received": "2024-09-01",
        "expect": "fail",
    }
    assert (checkout / "changelog.d/name-too-odd.added.md").is_file()
    assert (checkout / "docs/edits/not_yet.txt").read_text() == "name-too\nother-edit  later\n"
    again = begin(checkout, "name-too-odd", "--catalogue", "catalogue")
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_the_command_says_what_it_needs(checkout: Path) -> None:
    """Without an entry a family, and one that there is."""
    assert "give --family" in begin(checkout, "another", "--catalogue", "catalogue").stderr
    assert "no family odd" in begin(checkout, "another", "--family", "odd").stderr
