"""No public 837 file is rejected but for what a person can point at in it."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from scrubber.pipeline.intake import read_records
from scrubber.pipeline.scrub import Scrubber

REASONS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "x12_rejections.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def files(shared_data: Path) -> dict[str, Path]:
    """Return the public files of version 005010 by name; those of 004010 hold no claim for us."""
    found = (shared_data / "claims" / "x12").glob("*/*.*")
    return {
        path.name: path
        for path in found
        if path.name != "LICENSE.txt" and not path.name.startswith("v4010")
    }


def test_every_rejection_is_justified(files: dict[str, Path], full_scrubber: Scrubber) -> None:
    """Each finding that rejects has its reason, and each reason its finding."""
    unjustified = []
    used = set()
    for name, path in files.items():
        with path.open("rb") as stream:
            records = list(read_records(stream, name))
        assert records
        for record in records:
            for one in full_scrubber.answer(record.raw).body["findings"]:
                if one["severity"] != "reject":
                    continue
                reasons = [
                    (number, name)
                    for number, reason in enumerate(REASONS)
                    if name in reason["files"]
                    and one["edit"] == reason["edit"]
                    and fnmatchcase(one["path"], reason["path"])
                ]
                used.update(reasons)
                if not reasons:
                    unjustified.append((name, one["edit"], one["path"], one["message"]))
    assert unjustified == []
    assert used == {
        (number, name) for number, reason in enumerate(REASONS) for name in reason["files"]
    }


def test_every_reason_is_seen_in_its_file(files: dict[str, Path]) -> None:
    """The segment that shows the defect stands there, or the one that is lacking does not."""
    for reason in REASONS:
        for name in reason["files"]:
            text = re.sub(r"[\r\n]", "", files[name].read_text(encoding="utf-8"))
            segments = text.split(text[105])
            if "lacks" in reason:
                assert not any(one.startswith(reason["lacks"]) for one in segments), reason
            elif reason["shows"].endswith(":*"):
                assert sum(one.startswith(reason["shows"][:-1]) for one in segments) > 1, reason
            else:
                assert reason["shows"] in segments, reason
