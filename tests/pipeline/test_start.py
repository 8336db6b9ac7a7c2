"""What is wrong at the start is said at the start."""

from pathlib import Path

import pytest

import scrubber.edits
from scrubber.edits.registry import all_edits
from scrubber.pipeline.bootstrap import edits_version
from scrubber.pipeline.settings import SettingsError, read_settings
from scrubber.reference.shelf import starter_directory


def test_a_file_that_is_no_edit_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A family's module must define the edit of its name."""
    family = tmp_path / "oddities"
    family.mkdir()
    (family / "__init__.py").touch()
    (family / "some_defect.py").write_text("SOME_DEFECT = 1\n")
    monkeypatch.setattr(scrubber.edits, "__path__", [*scrubber.edits.__path__, str(tmp_path)])
    with pytest.raises(TypeError, match=r"oddities.some_defect does not define an edit"):
        all_edits.__wrapped__()


def test_an_argument_wins_over_the_environment_and_that_over_the_default(tmp_path: Path) -> None:
    """Nothing set is the bundled starter."""
    other = tmp_path / "other"
    other.mkdir()
    stated = {"SCRUBBER_REFERENCE": str(tmp_path), "SCRUBBER_PAYER_PACKS": str(other), "HOME": "x"}
    assert read_settings({}).reference == starter_directory()
    assert read_settings(stated).reference == tmp_path
    assert read_settings(stated).payer_packs == other
    assert read_settings(stated, reference=other, payer_packs=tmp_path).reference == other


def test_an_unknown_setting_is_an_error_with_all_others() -> None:
    """A misspelt setting must never be a silent default."""
    with pytest.raises(SettingsError) as caught:
        read_settings({"SCRUBBER_REFERNCE": "x", "SCRUBBER_PAYER_PACKS": "/nowhere"})
    assert len(caught.value.faults) == 2
    assert "SCRUBBER_REFERNCE: no such setting" in str(caught.value)


def test_the_version_of_the_edits_is_that_of_their_source() -> None:
    """Sixteen hex digits, the same at every start."""
    assert len(edits_version()) == 16
    assert edits_version.__wrapped__() == edits_version()
