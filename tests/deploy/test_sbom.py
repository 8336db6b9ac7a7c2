"""The bill of materials lists all that the image installs, and is what CycloneDX says it must be."""

import json
from pathlib import Path
from typing import Any

import pytest

from scrubber import __version__
from tests.conftest import ROOT
from tools.write_sbom import TOOL, pins, run, write

#: Prints what the strict schema that the tool carries says against a document.
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()) or "valid")
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the document that `make sbom` writes."""
    assert TOOL.exists(), "the CycloneDX tool is not here: `make sbom` installs it"
    path: Path = tmp_path_factory.mktemp("sbom") / "sbom.cdx.json"
    write(path)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_every_pinned_package_is_listed_with_its_hashes(document: dict[str, Any]) -> None:
    """Once each, and nothing that is not pinned."""
    listed = [f"{one['name']}=={one['version']}" for one in document["components"]]
    assert sorted(listed) == sorted(pins())
    for name in ("runtime.txt", "traces.txt"):
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        assert {line.split(" ")[0] for line in lines if "==" in line} <= set(listed)
    for one in document["components"]:
        assert one["purl"].startswith("pkg:pypi/")
        (files,) = one["externalReferences"]
        assert {found["alg"] for found in files["hashes"]} == {"SHA-256"}


def test_it_is_of_this_release(document: dict[str, Any]) -> None:
    """Under the licence that the project has."""
    root = document["metadata"]["component"]
    assert (root["name"], root["version"]) == ("claims-scrubber", __version__)
    assert [one["license"]["id"] for one in root["licenses"]] == ["Apache-2.0"]


def test_it_is_valid(document: dict[str, Any]) -> None:
    """By the strict schema, which finds a version that is a number."""
    valid = run("-c", VALIDATE, given=json.dumps(document))
    assert valid.stdout == "valid\n", valid.stderr
    first = document["components"][0] | {"version": 1}
    wrong = run("-c", VALIDATE, given=json.dumps(document | {"components": [first]}))
    assert wrong.returncode == 0, wrong.stderr
    assert wrong.stdout != "valid\n"
