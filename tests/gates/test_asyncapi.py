"""The AsyncAPI document is one that the AsyncAPI Initiative's own parser takes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.write_asyncapi import DOCUMENT, document

CHECK = ROOT / "tools" / "asyncapi"


def complaints(path: Path) -> str:
    """Return what the parser says against a document; "" when it takes it."""
    node = shutil.which("node")
    assert node, "node is not here: install Node.js 20 or later and npm, then `make test`"
    assert (CHECK / "node_modules" / "installed").exists(), (
        "the AsyncAPI parser is not here: install Node.js 20 or later and npm, then `make test`"
    )
    command = [node, str(CHECK / "check.mjs"), str(path)]
    parsed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return parsed.stdout + parsed.stderr if parsed.returncode else ""


def test_the_parser_takes_the_document() -> None:
    """Neither error nor warning."""
    assert complaints(DOCUMENT) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("asyncapi: 3.0.0", "asyncapi: 3.0", "asyncapi"),
        ("../schemas/claim.v1.json", "../schemas/claim.v9.json", "claim.v9.json"),
        ("'#/channels/claims-clean'", "'#/channels/clean'", "'#/channels/clean' does not exist"),
        ("partitions: 24", "partitions: none", "partitions"),
        ("- delete", "- keep", "cleanup.policy"),
        ("payload:", "paylod:", "paylod"),
    ],
)
def test_a_broken_document_is_refused(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    """One word wrong, and the parser says where."""
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    path = tmp_path / "docs" / "asyncapi.yaml"
    path.parent.mkdir()
    text = document()
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    assert said in complaints(path)


def test_the_lock_names_no_host() -> None:
    """Packages come from the registry that is set up, and are those whose hashes are here."""
    lock = (CHECK / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
