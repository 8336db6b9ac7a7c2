"""
Write what the image is made of as a CycloneDX document: `make sbom`.

Every package that `requirements/runtime.txt` and `requirements/traces.txt` pin, with the hashes of
its files, below the release that needs them. The CycloneDX tool is in `.sbom/`, apart from ours.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from scrubber import __version__

ROOT: Final = Path(__file__).resolve().parent.parent
TOOL: Final = ROOT / ".sbom"
PINNED: Final = ("runtime.txt", "traces.txt")


def pins() -> dict[str, str]:
    """Return the pinned packages by `name==version`, each as pip reads it."""
    return {
        block.split(" ", 1)[0]: block
        for name in PINNED
        for block in re.split(
            r"(?m)^(?=[a-z])", (ROOT / "requirements" / name).read_text(encoding="utf-8")
        )
        if block
    }


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python with the CycloneDX tool and nothing else of ours."""
    return subprocess.run(  # noqa: S603 (Python itself)
        [sys.executable, *arguments],
        input=given,
        env=os.environ | {"PYTHONPATH": str(TOOL), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )


def write(path: Path) -> None:
    """Write the document, which the tool has validated; the same pins give the same bytes."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        # The tool takes the release's version from here, where the package has it built in.
        stated = Path(folder) / "pyproject.toml"
        stated.write_text(
            project.replace('dynamic = ["version"]', f'version = "{__version__}"'), encoding="utf-8"
        )
        written = run(
            *("-m", "cyclonedx_py", "requirements", "--pyproject", str(stated)),
            *("--spec-version", "1.6", "--output-reproducible", "--short-PURLs", "--validate", "-"),
            given="".join(pins().values()),
        )
    if written.returncode:
        sys.exit(written.stderr)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written.stdout, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
