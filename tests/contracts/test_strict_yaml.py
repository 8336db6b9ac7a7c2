"""YAML says what it says: texts stay texts, a fault is an error with its place."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from scrubber.contracts.strict_yaml import YamlError, load_model, read_yaml


class Pack(BaseModel):
    """A model with one optional and one required key."""

    model_config = ConfigDict(extra="forbid")
    payer: str
    since: str = ""
    inner: list[dict[str, int]] = []


def file(folder: Path, text: str | bytes) -> Path:
    """Return a file of this text."""
    path = folder / "pack.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_scalars_are_texts(tmp_path: Path) -> None:
    """Leading zeros, NO, dates and numbers stay as written."""
    path = file(tmp_path, "a: 0123\nb: NO\nc: 2024-08-14\nd: [1.50]\n")
    assert read_yaml(path) == {"a": "0123", "b": "NO", "c": "2024-08-14", "d": ["1.50"]}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("payer: a\npayer: b\n", "pack.yaml:2: key 'payer' stands twice"),
        ("payer: [a\n", "pack.yaml:2: "),
        ("- a\n", "pack.yaml: must hold keys and values"),
        ("", "pack.yaml: must hold keys and values"),
        (b"payer: \xff\n", "pack.yaml: not YAML in UTF-8"),
    ],
)
def test_what_is_no_mapping_is_an_error(tmp_path: Path, text: str, fault: str) -> None:
    """File, line and reason are named."""
    with pytest.raises(YamlError) as caught:
        read_yaml(file(tmp_path, text))
    assert fault in str(caught.value)
    assert caught.value.path == tmp_path / "pack.yaml"


def test_every_fault_of_a_file_comes_at_once(tmp_path: Path) -> None:
    """A misspelt key, a missing one and a wrong value."""
    with pytest.raises(YamlError) as caught:
        load_model(file(tmp_path, "payr: x\nsince: y\ninner: [{a: z}]\n"), Pack)
    faults = "\n".join(caught.value.faults)
    assert "payer: missing" in faults
    assert "payr: no such key; did you mean 'payer'?" in faults
    assert "inner[0].a: " in faults


def test_a_good_file_is_its_model(tmp_path: Path) -> None:
    """Nothing is added or lost."""
    assert load_model(file(tmp_path, "payer: x\n"), Pack) == Pack(payer="x")
