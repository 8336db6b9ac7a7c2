"""
Fail when the tests leave branches of the core unvisited.

The rooms whose every branch is a rule (edits, claim, messages, disposition) owe 100 %, all else
together 95 %; statement and branch counts are coverage.py's own.
"""

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage

FULL = ("scrubber/edits/", "scrubber/claim/", "scrubber/messages/", "scrubber/disposition/")
FULL_PERCENT = 100.0
ALL_PERCENT = 95.0


def main() -> int:
    """Print what is below its limit, and nothing else; return the exit code."""
    measured = Coverage()
    measured.load()
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        total = measured.json_report(outfile=report.name)
        files = json.loads(Path(report.name).read_text())["files"]
    short = {
        name: file["summary"]["percent_covered"]
        for name, file in files.items()
        if name.startswith(FULL) and file["summary"]["percent_covered"] < FULL_PERCENT
    }
    for name, percent in sorted(short.items()):
        lines = files[name]["missing_lines"], files[name].get("missing_branches", [])
        print(f"coverage: {name} {percent:.1f} % of {FULL_PERCENT} %: {lines}")
    if total < ALL_PERCENT:
        print(f"coverage: {total:.1f} % of all branches and statements of {ALL_PERCENT} %")
    return 1 if short or total < ALL_PERCENT else 0


if __name__ == "__main__":
    sys.exit(main())
