"""`scrubber payers lint|show|diff`: what payers ask for besides the edits, and why."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scrubber.cli.sources import complain
from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from scrubber.payers.document import Deviation
from scrubber.payers.load import LoadedPack, PackError, pack_folders, read_packs
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.settings import SettingsError, read_settings

DONE, DIFFERENT, WRONG_USAGE = 0, 1, 2


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("payers", help="payer packs: check, show and compare them")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    linting = _action(actions, "lint", "every fault of the bundled packs and of yours", run_lint)
    linting.add_argument("directory", metavar="DIR", nargs="?", type=Path, help="your packs")
    showing = _action(actions, "show", "all packs, or one with reasons and sources", run_show)
    showing.add_argument("pack", metavar="PACK", nargs="?", help="payer, or payer@version")
    _add_folder(showing)
    differing = _action(actions, "diff", "how two packs treat the edits of a day", run_diff)
    differing.add_argument("one", metavar="PACK", help="payer, or payer@version")
    differing.add_argument("other", metavar="PACK")
    differing.add_argument(
        "--on", metavar="YYYY-MM-DD", type=date.fromisoformat, help="day of service"
    )
    _add_folder(differing)


def _action(
    actions: Any, name: str, what: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=what, description=what)
    parser.set_defaults(run=lambda stated: _reported(run, stated))
    return parser


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--payer-packs",
        dest="directory",
        metavar="DIR",
        type=Path,
        help="your packs (default: SCRUBBER_PAYER_PACKS)",
    )


class _UnknownPackError(ValueError):
    """No pack has the name that was asked for; the message says which are near."""


def _reported(run: Callable[[argparse.Namespace], int], stated: argparse.Namespace) -> int:
    try:
        return run(stated)
    except (PackError, SettingsError) as error:
        for fault in error.faults:
            complain(fault)
    except _UnknownPackError as error:
        complain(str(error))
    return WRONG_USAGE


def _packs(stated: argparse.Namespace) -> list[LoadedPack]:
    directory = read_settings(payer_packs=stated.directory).payer_packs
    return sorted(
        read_packs(pack_folders(directory), all_edits()), key=lambda one: one.document.name
    )


def run_lint(stated: argparse.Namespace) -> int:
    """Print how many packs there are; 2 with every fault of every file when one has a fault."""
    print(f"{len(_packs(stated))} packs without a fault")
    return DONE


def run_show(stated: argparse.Namespace) -> int:
    """Print all packs, one a line, or one pack whole with what it inherits."""
    packs = _packs(stated)
    if stated.pack is None:
        for one in packs:
            print(f"{one.document.name:<44}{_applies(one)}")
        print(f"{len(packs)} packs", file=sys.stderr)
        return DONE
    chosen = _named(packs, stated.pack)
    by_name = {one.document.name: one for one in packs}
    print(f"{chosen.document.name}: {_applies(chosen)}")
    print(f"  {chosen.path}")
    name: str | None = chosen.document.name
    while name is not None:
        for line in _lines(by_name[name]):
            print(line)
        name = by_name[name].document.inherits
    return DONE


def _applies(one: LoadedPack) -> str:
    document = one.document
    asked = document.applies.model_dump(exclude_defaults=True)
    words = [f"{key.replace('_', ' ')} {', '.join(values)}" for key, values in asked.items()]
    facts = [
        "; ".join(words)
        or ("every other claim" if document.inherits is None else "none by itself"),
        "in shadow" if document.shadow else "",
    ]
    return ", ".join(filter(None, facts))


def _lines(one: LoadedPack) -> Iterator[str]:
    document = one.document
    yield f"\n{document.name}" + (f", inherits {document.inherits}" if document.inherits else "")
    for key, value in document.reference.model_dump(exclude_defaults=True).items():
        shown = ", ".join(value) if isinstance(value, tuple) else str(value).lower()
        yield f"  {key.replace('_', ' ')}: {shown}"
    for section in type(document.edits).model_fields:
        for change in getattr(document.edits, section):
            yield f"  {change.edit}: {_said(section, change)}{_days(change)}"
            yield f"      {change.reason}"
            yield f"      source: {change.source}"


def _said(section: str, change: Deviation) -> str:
    stated = change.model_dump().get(section)
    if isinstance(stated, dict):
        return ", ".join(f"{key} = {_short(value)}" for key, value in stated.items())
    return f"severity {stated}" if stated else section.replace("_", " ")


def _days(change: Deviation) -> str:
    since = f" from {change.since}" if change.since else ""
    return since + (f" until {change.until}" if change.until else "")


def _short(value: object) -> str:
    """Return a value in a line; of a record what it states."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_short, value)) + "]"
    if isinstance(value, dict):
        return " ".join(f"{key} {_short(stated)}" for key, stated in value.items() if stated)
    return str(value)


def run_diff(stated: argparse.Namespace) -> int:
    """Print the edits that two packs treat differently; 0 when there is none."""
    packs = _packs(stated)
    one, other = _named(packs, stated.one), _named(packs, stated.other)
    day = stated.on or max(one.document.version, other.document.version)
    rows = list(_differences(one.pack, other.pack, all_edits(), day))
    print(f"services of {day}: {one.document.name} / {other.document.name}")
    for edit, left, right in rows:
        print(f"{edit}\n  {left}\n  {right}")
    print(f"{len(rows)} differences", file=sys.stderr)
    return DIFFERENT if rows else DONE


def _differences(
    one: PayerPack, other: PayerPack, edits: Iterable[Edit], day: date
) -> Iterator[tuple[str, str, str]]:
    if one.latest_when_missing != other.latest_when_missing:
        key = "latest when missing"
        yield key, str(one.latest_when_missing).lower(), str(other.latest_when_missing).lower()
    for edit in edits:
        if edit.status != "retired" and edit.in_force(day):
            left, right = _treatment(one, edit, day), _treatment(other, edit, day)
            # Of an edit that does not run nothing else can differ.
            compared = ("",) if "off" in (left[""], right[""]) else tuple(left | right)
            keys = [key for key in compared if left.get(key) != right.get(key)]
            if keys:
                yield edit.id, _shown(left, keys), _shown(right, keys)


def _treatment(pack: PayerPack, edit: Edit, day: date) -> dict[str, str]:
    """Return what the pack makes of an edit, one entry for each thing that packs may change."""
    if not pack.runs(edit, day):
        return {"": "off"}
    preview = edit.status == "preview" and not pack.activates(edit, day)
    params = pack.thresholds(edit, day)
    return {
        "": "preview" if preview else pack.severity(edit, day),
        "as Medicare": "yes" if pack.counts_as_medicare(edit, day) else "no",
        **{key: _short(value) for key, value in (params.model_dump() if params else {}).items()},
    }


def _shown(treatment: dict[str, str], keys: Iterable[str]) -> str:
    stated = [(key, treatment[key]) for key in keys if key in treatment]
    return ", ".join(f"{key} = {value}" if key else value for key, value in stated)


def _named(packs: list[LoadedPack], name: str) -> LoadedPack:
    """Return the pack of that name, the newest version when only a payer is named."""
    found = [one for one in packs if name in (one.document.name, one.document.payer)]
    if not found:
        names = [one.document.payer for one in packs]
        near = get_close_matches(name.partition("@")[0], names, n=1)
        meant = f"; did you mean '{near[0]}'?" if near else "."
        raise _UnknownPackError(f"no pack '{name}'{meant} See 'scrubber payers show'.")
    return found[-1]
