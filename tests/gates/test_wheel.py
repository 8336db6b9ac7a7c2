"""What is installed brings its data files."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.conftest import ROOT


def test_the_wheel_brings_the_topics(tmp_path: Path) -> None:
    """`scrubber/topics` is a link here, and the files themselves where it is installed."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        brought = {
            Path(name).name: wheel.read(name)
            for name in wheel.namelist()
            if name.startswith("scrubber/topics/")
        }
    assert brought == {path.name: path.read_bytes() for path in ROOT.glob("topics/*.yaml")}
