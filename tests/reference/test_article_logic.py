"""Prose is entered beside the words that say it; what joins groups and is not entered is open."""

from pathlib import Path

import pytest

from scrubber.contracts.strict_yaml import YamlError
from scrubber.reference.article_logic import Entries, Logic, entries_of, logic_of, recognises

ENTRY = """
what: article-logic
articles:
  - article: A90001
    source: "MCD, made up"
    checked: "2026-11-26"
    supports:
      - {groups: ["1"], at: covered 1, words: These stand alone.}
      - {groups: ["2", "*"], at: asterisk 2, words: "*Must be billed with a code of Group 2."}
"""
SAID = {"1": "<p>These  stand&nbsp;alone.</p>", "2": "Others."}
NOTE = {"2": "&amp;#42;Must be billed with a code of Group 2."}


def entries(folder: Path, text: str = ENTRY) -> Entries:
    """Return the bundled entries and those of a file."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    assert recognises(path.read_bytes())
    return entries_of([path])


def test_an_entry_holds_while_its_words_stand_where_it_says(tmp_path: Path) -> None:
    """Tags, spaces and entities do not count; other words, or another place, do."""
    known = entries(tmp_path)
    assert logic_of("A90001", SAID, NOTE, known) == Logic((("1",), ("2", "*")), ())
    assert logic_of("A90001", {"1": "These stood alone."}, NOTE, known) == Logic((), ("covered 1",))
    assert logic_of("A90001", SAID, {"1": NOTE["2"]}, known) == Logic((), ("asterisk 2",))
    assert logic_of("A90002", SAID, NOTE, known) == Logic((), ())


@pytest.mark.parametrize(
    "words",
    [
        "At least one ICD-10-CM code from Group 2 and Group 3 must be billed.",
        "A code of group 1 must be reported with a code of group 2.",
        "The following must be accompanied by Z79.4",
        "Use a secondary diagnosis from the list below.",
        "Both codes are needed.",
        "These support the service in conjunction with Z00.6.",
        "Primary diagnosis:",
        "Dual ICD-10 codes",
        "Bill these along with one of the next list.",
    ],
)
def test_wording_that_joins_groups_is_found(words: str) -> None:
    """Where nobody entered it, the article's logic is open at this place."""
    assert logic_of("A90009", {"4": f"Codes. {words} More."}, {}, {}) == Logic((), ("covered 4",))


@pytest.mark.parametrize(
    "words",
    [
        "The service must meet the criteria specified in the related determination.",
        "The following ICD-10-CM codes support medical necessity for 93970 and 93971.",
        "N/A",
    ],
)
def test_wording_that_joins_nothing_is_not(words: str) -> None:
    """Most paragraphs only introduce a list."""
    assert logic_of("A90009", {"1": words}, {}, {}) == Logic((), ())


def test_more_wording_than_an_entry_accounts_for_stays_open(tmp_path: Path) -> None:
    """What was entered is known all the same."""
    more = SAID | {"3": "Group 3 must be billed with Group 1."}
    logic = logic_of("A90001", more, NOTE, entries(tmp_path))
    assert logic == Logic((("1",), ("2", "*")), ("covered 3",))


def test_a_misspelt_entry_is_an_error(tmp_path: Path) -> None:
    """With its place, as in every file that people write."""
    with pytest.raises(YamlError) as caught:
        entries(tmp_path, ENTRY.replace("at: covered 1", "at: group 1"))
    assert "articles[0].supports[0].at: " in caught.value.faults[0]
