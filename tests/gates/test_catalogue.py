"""The edits are those of the catalogue: same ids, same keys, same words."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from tests.conftest import ROOT

NOT_YET = ROOT / "docs" / "edits" / "not_yet.txt"
SAME_WORDS = ("title", "severity", "status", "source", "message", "fix")
SAME_LISTS = ("status_code", "carc", "fields")


@pytest.fixture(scope="session")
def catalogue(shared_data: Path) -> dict[str, Any]:
    """Return every catalogue entry by its id."""
    entries: dict[str, Any] = {}
    for path in sorted((shared_data / "catalogue" / "edits").glob("*.yaml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader):
            if entry.get("confidence") == "low":  # a preview until somebody has checked it
                entry["status"] = "preview"
            entries[entry["id"]] = {**entry, "family": path.stem.replace("-", "_")}
            # What no official text confirms is seen and does not decide, whatever its status says.
            if entry.get("confidence") == "low":
                entries[entry["id"]]["status"] = "preview"
    return entries


def differences(edit: Edit, entry: dict[str, Any]) -> list[str]:
    """Return the keys in which an edit and its catalogue entry differ."""
    found = [key for key in SAME_WORDS if getattr(edit, key) != " ".join(entry[key].split())]
    found += [key for key in SAME_LISTS if list(getattr(edit, key)) != entry.get(key, [])]
    found += [
        key
        for key in ("since", "until")
        if (getattr(edit, key) and getattr(edit, key).isoformat()) != entry.get(key)
    ]
    if sorted(edit.applies_to) != sorted(entry["applies_to"]):
        found.append("applies_to")
    if edit.family != entry["family"]:
        found.append("family")
    return found


def test_each_edit_says_what_the_catalogue_says(catalogue: dict[str, Any]) -> None:
    """Titles, severities, dates, codes and words agree to the letter."""
    assert {
        edit.id: wrong for edit in all_edits() if (wrong := differences(edit, catalogue[edit.id]))
    } == {}


def listed(text: str) -> dict[str, str]:
    """Return why each id of the list is not built, `""` where it only waits for its turn."""
    rows = [line.partition(" ") for line in text.splitlines()]
    ids = [edit for edit, _, _ in rows]
    assert ids == sorted(set(ids)), "one id a line, in their order, with the reason behind it"
    return {edit: reason.strip() for edit, _, reason in rows}


def test_every_entry_is_an_edit_or_listed_as_not_yet(catalogue: dict[str, Any]) -> None:
    """Nothing is forgotten, and nothing listed is there already."""
    waiting = listed(NOT_YET.read_text(encoding="utf-8"))
    built = {edit.id for edit in all_edits()}
    assert built | set(waiting) == set(catalogue)
    assert not built & set(waiting)
    assert [edit for edit, reason in waiting.items() if reason and len(reason) < 30] == []


@pytest.mark.parametrize("text", ["b\na\n", "a\na\n", "a\n\nb\n"])
def test_a_list_out_of_order_is_found(text: str) -> None:
    """The reading of the list trips: it stays easy to merge."""
    assert listed("a\nb  because\n") == {"a": "", "b": "because"}
    with pytest.raises(AssertionError):
        listed(text)


def test_every_edit_of_the_first_milestone_is_built(catalogue: dict[str, Any]) -> None:
    """The 47 edits of milestone 1 and the two coverage edits are there."""
    first = {name for name, entry in catalogue.items() if entry["milestone"] == "1"}
    assert len(first) == 47
    assert first | {"lcd-diagnosis-not-supporting", "lcd-diagnosis-excluded"} <= {
        edit.id for edit in all_edits()
    }


def test_a_difference_is_found(catalogue: dict[str, Any]) -> None:
    """The comparison trips on a changed word, list, date and type."""
    edit = all_edits()[0]
    entry = catalogue[edit.id]
    assert differences(edit, entry) == []
    for key, value in (
        ("title", "Another"),
        ("carc", ["999"]),
        ("since", "1999-01-01"),
        ("applies_to", []),
    ):
        assert differences(edit, {**entry, key: value}) == [key]
