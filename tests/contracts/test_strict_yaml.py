"""YAML says what it says: texts stay texts, a fault is an error with its place."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from scrubber.contracts.strict_yaml import YamlError, load_model, read_yaml


class Change(BaseModel):
    """A part of a model, with keys of its own."""

    model_config = ConfigDict(extra="forbid")
    until: str = ""


class Pack(BaseModel):
    """A model with one optional and one required key."""

    model_config = ConfigDict(extra="forbid")
    payer: str
    since: str = ""
    inner: list[dict[str, int]] = []
    changes: tuple[Change, ...] = ()
    last: Change | None = None


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
        ("? [a, b]\n: c\n", "pack.yaml:1: a key must be text"),
        ("a: b\n---\nc: d\n", "pack.yaml:2: "),
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


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("payer: x\nsince: y\nsinc: z\n", "sinc: no such key; did you mean 'since'?"),
        ("payer: x\nchanges: [{untl: y}]\n", "changes[0].untl: no such key; did you mean 'until'?"),
        ("payer: x\nlast: {untl: y}\n", "last.untl: no such key; did you mean 'until'?"),
        ("payer: x\nlast: {colour: y}\n", "last.colour: no such key"),
    ],
)
def test_a_misspelt_optional_key_is_named_with_the_one_that_was_meant(
    tmp_path: Path, text: str, fault: str
) -> None:
    """Wherever it stands; the keys offered are those of its place."""
    path = file(tmp_path, text)
    with pytest.raises(YamlError) as caught:
        load_model(path, Pack)
    assert caught.value.faults == (f"{path}: {fault}",)


def test_a_good_file_is_its_model(tmp_path: Path) -> None:
    """Nothing is added or lost."""
    assert load_model(file(tmp_path, "payer: x\n"), Pack) == Pack(payer="x")
