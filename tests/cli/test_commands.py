"""The other commands, and how each speaks of a mistake."""

import pytest

from scrubber import __version__
from scrubber.cli.main import main
from scrubber.edits.registry import all_edits


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else is loaded for it."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"scrubber {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [[], ["chek"], ["check"], ["check", "x", "--processes", "0"], ["edits", "show"]]
)
def test_wrong_usage_is_exit_code_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With a line that says what is wrong."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_all_edits_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """One a line, and their number."""
    assert main(["edits", "list"]) == 0
    captured = capsys.readouterr()
    assert [line.split()[0] for line in captured.out.splitlines()] == [e.id for e in all_edits()]
    assert captured.err == f"{len(all_edits())} edits\n"


def test_a_family_is_listed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown one is said, with those there are."""
    assert main(["edits", "list", "--family", "ai-oversight"]) == 0
    assert "ncci" not in capsys.readouterr().out
    assert main(["edits", "list", "--family", "dentures"]) == 2
    assert "no family 'dentures'; there are ai-oversight" in capsys.readouterr().err


def test_an_edit_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Message, fix, source, codes, dates and params."""
    assert main(["edits", "show", "mbi-format-invalid"]) == 0
    shown = capsys.readouterr().out
    for words in ("2020-01-01 to", "A7:164:IL", "CMS Understanding the MBI Format", "allow_hicn"):
        assert words in shown


def test_a_misspelt_edit_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """Or with where to look."""
    assert main(["edits", "show", "biling-npi-invalid"]) == 2
    assert "did you mean 'billing-npi-invalid'?" in capsys.readouterr().err
    assert main(["edits", "show", "zzz"]) == 2
    assert "see 'scrubber edits list'" in capsys.readouterr().err
