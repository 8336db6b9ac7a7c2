"""`scrubber edits list|show`: what is checked, and why."""

import argparse
import sys
from difflib import get_close_matches
from inspect import cleandoc
from typing import Any

from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("edits", help="the edits: severity, status, dates, source")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="all edits, one a line")
    listing.add_argument("--family", help="only this family, such as ncci")
    listing.set_defaults(run=run_list)
    showing = actions.add_parser("show", help="one edit, whole")
    showing.add_argument("id", metavar="ID")
    showing.set_defaults(run=run_show)


def run_list(stated: argparse.Namespace) -> int:
    """Print a table of the edits."""
    edits = all_edits()
    families = sorted({edit.family for edit in edits})
    family = stated.family and stated.family.replace("-", "_")
    if family and family not in families:
        names = ", ".join(name.replace("_", "-") for name in families)
        print(f"scrubber: no family '{stated.family}'; there are {names}", file=sys.stderr)
        return 2
    rows = [
        (
            edit.id,
            edit.severity,
            edit.status,
            edit.family.replace("_", "-"),
            "/".join(one[:4] for one in edit.applies_to),
            _dates(edit),
            edit.title,
        )
        for edit in edits
        if not family or edit.family == family
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join((*cells, row[-1])))
    print(f"{len(rows)} edits", file=sys.stderr)
    return 0


def run_show(stated: argparse.Namespace) -> int:
    """Print everything about one edit."""
    edits = {edit.id: edit for edit in all_edits()}
    edit = edits.get(stated.id)
    if edit is None:
        near = get_close_matches(stated.id, edits, n=1)
        meant = f"; did you mean '{near[0]}'?" if near else "; see 'scrubber edits list'"
        print(f"scrubber: no edit '{stated.id}'{meant}", file=sys.stderr)
        return 2
    _, _, body = cleandoc(edit.function.__doc__ or "").partition("\n")
    print(f"{edit.id}: {edit.title}\n")
    if body.strip():
        print(f"{body.strip()}\n")
    for name, value in _facts(edit):
        if value:
            print(f"{name:<14}{value}")
    return 0


def _facts(edit: Edit) -> list[tuple[str, str]]:
    params = edit.params.model_dump() if edit.params else {}
    return [
        ("severity", edit.severity),
        ("status", f"{edit.status} since {edit.added}"),
        ("claims", ", ".join(edit.applies_to)),
        ("dates", _dates(edit)),
        ("message", edit.message),
        ("fix", edit.fix),
        ("source", f"{edit.source} (read {edit.checked})"),
        ("status codes", ", ".join(edit.status_code)),
        ("CARC", ", ".join(edit.carc)),
        ("tables", ", ".join(edit.data)),
        ("fields", ", ".join(edit.fields)),
        ("params", ", ".join(f"{name}={value!r}" for name, value in params.items())),
    ]


def _dates(edit: Edit) -> str:
    if edit.since is None and edit.until is None:
        return "all dates"
    return f"{edit.since or ''} to {edit.until or ''}".strip()
