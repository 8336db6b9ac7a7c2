"""
Make a release of what is here: `make release VERSION=0.2.0`; `make release-notes` shows its notes.

The version stands in `scrubber/__init__.py`, and where a file cannot ask for it (`PLACES`) it is
written as well. The parts in `changelog.d/` become the release's entry of CHANGELOG.md, edits that
were added "next" are this release's, and `schemas/released/` is what the models now say.
"""

import argparse
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
VERSION: Final = r"[0-9]+\.[0-9]+\.[0-9]+(?:(?:a|b|rc)[0-9]+)?"
#: Of a changelog part's name, in the order of the notes; the headings are Keep a Changelog's.
KINDS: Final = ("removed", "changed", "deprecated", "added", "fixed", "security")
_PART: Final = re.compile(rf"[a-z0-9]+(?:-[a-z0-9]+)*\.({'|'.join(KINDS)})\.md")
_WITHIN_A_PARAGRAPH: Final = re.compile(r"(?<!\n)\n(?!\n|[-*] )")

#: Files that name the version, each with what stands around it.
PLACES: Final = (
    ("scrubber/__init__.py", r'__version__ = "()"'),
    ("deploy/Dockerfile", r'org\.opencontainers\.image\.version="()"'),
    ("deploy/README.md", r"claims-scrubber:()(?![0-9a-z])"),
    ("deploy/overlays/local/kustomization.yaml", r"newTag: ()\n"),
    ("deploy/overlays/production/kustomization.yaml", r"newTag: ()\n"),
)


def stated(root: Path) -> dict[str, set[str]]:
    """Return the versions that each file of `PLACES` names; an empty set where it names none."""
    return {
        name: set(re.findall(_around(place, VERSION), (root / name).read_text(encoding="utf-8")))
        for name, place in PLACES
    }


def part_faults(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the parts of the changelog: a name that is none, or no text."""
    for path in sorted(folder.iterdir()):
        if not _PART.fullmatch(path.name):
            yield f"{path.name}: not <what-it-is-about>.<{'|'.join(KINDS)}>.md"
        elif not path.read_text(encoding="utf-8").strip():
            yield f"{path.name}: empty"


def notes(folder: Path, version: str, today: date) -> str:
    """Return a release's entry of the changelog; each part of `folder` is an item of its kind."""
    lines = [f"## {version} ({today})\n"]
    for kind in KINDS:
        parts = sorted(folder.glob(f"*.{kind}.md"))
        if parts:
            lines.append(f"### {kind.capitalize()}\n")
            lines += [f"- {_item(path)}" for path in parts]
            lines.append("")
    return "\n".join(lines)


def _item(path: Path) -> str:
    """Return a part as one item: its lines are sentences of one paragraph."""
    text = path.read_text(encoding="utf-8").strip()
    return re.sub(r"\n(?=.)", "\n  ", _WITHIN_A_PARAGRAPH.sub(" ", text))


def _around(place: str, version: str) -> str:
    return place.replace("()", f"({version})")


def make(root: Path, version: str, today: date) -> None:
    """Write the release into the files below `root`."""
    for name, place in PLACES:
        _replace(
            root / name,
            re.compile(_around(place, VERSION)),
            lambda found: found[0].replace(found[1], version),
        )
    for path in (root / "scrubber").rglob("*.py"):
        _replace(path, re.compile(r'\badded="next"'), lambda _: f'added="{version}"')
    parts = root / "changelog.d"
    changelog = root / "CHANGELOG.md"
    head, mark, earlier = changelog.read_text(encoding="utf-8").partition("\n## ")
    entry = f"{head.rstrip()}\n\n{notes(parts, version, today)}{mark}{earlier}"
    changelog.write_text(entry, encoding="utf-8")
    for path in parts.glob("*.md"):
        path.unlink()
    for path in (root / "schemas").glob("*.json"):
        shutil.copy(path, root / "schemas" / "released" / path.name)


def _replace(path: Path, what: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> None:
    text = path.read_text(encoding="utf-8")
    if (changed := what.sub(by, text)) != text:
        path.write_text(changed, encoding="utf-8")


def main() -> int:
    """Make the release, or show its notes; return the exit code."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("version", nargs="?", help="such as 0.2.0; without it the notes are shown")
    wanted = parser.parse_args().version
    today = datetime.now(UTC).date()
    if faults := list(part_faults(ROOT / "changelog.d")):
        print(*faults, sep="\n", file=sys.stderr)
        return 1
    if wanted is None:
        print(notes(ROOT / "changelog.d", "next", today))
        return 0
    if not re.fullmatch(VERSION, wanted):
        print(f"{wanted!r} is not a version such as 0.2.0 or 0.2.0rc1", file=sys.stderr)
        return 2
    make(ROOT, wanted, today)
    print(
        f"{wanted} is written. Now: make edit-pages manifests asyncapi; the notes of the release "
        "in docs/upgrading.md; make test; commit and tag; and from the tag, tests/upgrade/keep.py"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
