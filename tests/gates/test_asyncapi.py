"""The AsyncAPI document is one that the AsyncAPI Initiative's own parser takes."""

import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tools.write_asyncapi import DOCUMENT, document

CHECK = ROOT / "tools" / "asyncapi"


BROKEN = {
    "schema": ("../schemas/claim.v1.json", "../schemas/claim.v9.json", "claim.v9.json"),
    "channel": ("'#/channels/claims-clean'", "'#/channels/clean'", "'#/channels/clean' does not"),
    "cleanup": ("- delete", "- keep", "cleanup.policy"),
    "payload": ("payload:", "paylod:", "paylod"),
}


def complaints(*paths: Path) -> str:
    """Return what the parser says against documents, a line each; "" when it takes them all."""
    node = shutil.which("node")
    assert node, "node is not here: install Node.js 20 or later and npm, then `make test`"
    assert (CHECK / "node_modules" / "installed").exists(), (
        "the AsyncAPI parser is not here: install Node.js 20 or later and npm, then `make test`"
    )
    command = [node, str(CHECK / "check.mjs"), *map(str, paths)]
    parsed = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return parsed.stdout + parsed.stderr if parsed.returncode else ""


def test_the_parser_takes_the_document() -> None:
    """Neither error nor warning."""
    assert complaints(DOCUMENT) == ""


def test_a_broken_document_is_refused(tmp_path: Path) -> None:
    """One word wrong, and the parser says where."""
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    (tmp_path / "docs").mkdir()
    paths = []
    for name, (right, wrong, _) in BROKEN.items():
        text = document()
        assert right in text
        paths.append(tmp_path / "docs" / f"{name}.yaml")
        paths[-1].write_text(text.replace(right, wrong), encoding="utf-8")
    lines = complaints(*paths).splitlines()
    for path, (_, _, said) in zip(paths, BROKEN.values(), strict=True):
        against = "\n".join(line for line in lines if line.startswith(f"{path}:"))
        assert said in against, f"{path.stem}: {against or 'taken'}"


def test_the_lock_names_no_host() -> None:
    """Packages come from the registry that is set up, and are those whose hashes are here."""
    lock = (CHECK / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
