"""`scrubber reference`: official code files become dated snapshots, and what is there."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from scrubber.pipeline.settings import SettingsError, read_settings
from scrubber.reference.importers.load import KINDS, Choice, import_files
from scrubber.reference.importers.table import RefusedFileError
from scrubber.reference.shelf import snapshot_folders
from scrubber.reference.snapshot import EVERYTHING, SnapshotError, SnapshotInfo, verify_snapshot

_DONE = 0
_NOT_READABLE = 2


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the command with `import` and `list`."""
    parser = subparsers.add_parser(
        "reference",
        help="import official code files, list the snapshots",
        description="Official code files become dated snapshots, which edits are judged by.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_import(actions)
    listing = actions.add_parser(
        "list",
        help="list the snapshots of a folder",
        description="List the snapshots of a folder. Every byte is compared with its digest.",
    )
    listing.add_argument(
        "directory",
        metavar="DIR",
        nargs="?",
        type=Path,
        help="folder of snapshots (default: SCRUBBER_REFERENCE, else the bundled ones)",
    )
    listing.set_defaults(run=run_list)


def _add_import(actions: "argparse._SubParsersAction[Any]") -> None:
    parser = actions.add_parser(
        "import",
        help="import official code files",
        description="Import official code files: text, .gz, .zip or .xlsx. The kind of each is "
        "recognised from its content and name; parts of one table are given together.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="an official file")
    parser.add_argument(
        "--into", metavar="DIR", required=True, type=Path, help="folder of snapshots"
    )
    parser.add_argument(
        "--kind",
        metavar="KIND",
        choices=KINDS,
        default="",
        help=f"which table, when neither content nor name tells: {', '.join(KINDS)}",
    )
    parser.add_argument(
        "--effective",
        metavar="YYYY-MM-DD",
        type=_day,
        help="first day of the table, when the file does not state it",
    )
    parser.add_argument(
        "--expires",
        metavar="YYYY-MM-DD",
        type=_day,
        help="last day of the table (default: the end of its quarter or year)",
    )
    parser.set_defaults(run=run_import)


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if text != day.isoformat():  # fromisoformat also takes 20240701 and 2024-W27-1
        raise ValueError
    return day


def run_import(args: argparse.Namespace) -> int:
    """Import the files; 0 when each table was, 2 when a file was refused or is not there."""
    choice = Choice(args.kind, args.effective, args.expires)
    status = _DONE
    rows = []
    try:
        for result in import_files(args.files, args.into, choice):
            if isinstance(result, RefusedFileError):
                print(result, file=sys.stderr)
                status = _NOT_READABLE
            else:
                rows.append(_row(result.info))
    except OSError as fault:
        print(f"{fault.filename}: {fault.strerror}", file=sys.stderr)
        status = _NOT_READABLE
    _print(rows)
    return status


def run_list(args: argparse.Namespace) -> int:
    """List the snapshots; 2 when the folder is not there or a snapshot is damaged."""
    status = _DONE
    rows = []
    try:
        directory = read_settings(reference=args.directory).reference
        for folder in snapshot_folders(directory):
            try:
                rows.append(_row(verify_snapshot(folder)))
            except SnapshotError as fault:
                print(fault, file=sys.stderr)
                status = _NOT_READABLE
    except (SettingsError, SnapshotError) as fault:
        print(fault, file=sys.stderr)
        return _NOT_READABLE
    _print(rows)
    return status


def _row(info: SnapshotInfo) -> tuple[str, ...]:
    first = "" if info.row_dates else f"{info.effective} "
    sources = ", ".join(source.name for source in info.sources)
    scope = "" if info.scope == EVERYTHING else f" ({info.scope})"
    return (info.folder, f"{info.rows:,} rows", f"{first}to {info.expires}", sources + scope)


def _print(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, count, dates, sources in rows:
        print(
            f"{name:<{widths[0]}}  {count:>{widths[1]}}  {dates:>{widths[2]}}  {sources}".rstrip()
        )
