"""Which kubectl renders the overlays: one that can, or a word on how to get it."""

from pathlib import Path

import pytest

from tests.deploy.kubectl import NoKubectlError, find_kubectl, kustomize_version

OLD = '{"clientVersion": {"minor": "20"}}'  # as Debian 12's says
NEW = '{"clientVersion": {"minor": "32"}, "kustomizeVersion": "v5.5.0"}'


def kubectl(folder: Path, says: str) -> Path:
    """Put a program there that says this of its version."""
    folder.mkdir()
    file = folder / "kubectl"
    file.write_text(f"#!/bin/sh\necho '{says}'\n")
    file.chmod(0o755)
    return file


def test_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    """For one of the package, if it is installed; else the remedy names what was found."""
    old = kubectl(tmp_path / "old", OLD)
    assert kustomize_version(str(old)) == 0
    with pytest.raises(NoKubectlError, match=r"(?s)old/kubectl has kustomize .*make kubectl"):
        find_kubectl(str(old.parent), beside=tmp_path / "nowhere")
    new = kubectl(tmp_path / "beside", NEW)
    assert find_kubectl(str(old.parent), beside=new) == new


@pytest.mark.parametrize("says", [NEW, NEW.replace("v5.5.0", "v6.0.1")])
def test_one_that_will_do_is_taken(tmp_path: Path, says: str) -> None:
    """PATH's comes first."""
    new = kubectl(tmp_path / "new", says)
    assert find_kubectl(str(new.parent)) == new
