"""`scrubber replay`: outcomes again, and what a change makes of those that were recorded."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson

from scrubber.cli.sources import Sources, complain, hush_libraries
from scrubber.cli.summary import DISPOSITIONS
from scrubber.contracts.strict_yaml import YamlError
from scrubber.payers.load import PackError
from scrubber.pipeline.answer import DeadLetter, answer_records
from scrubber.pipeline.intake import Record
from scrubber.pipeline.replay import Comparison, NoOutcomeError
from scrubber.pipeline.settings import (
    Settings,
    SettingsError,
    read_settings,
    read_stream_settings,
)
from scrubber.reference.snapshot import SnapshotError

SAME, DIFFERENT, NOT_POSSIBLE, UNREADABLE_RECORD = 0, 1, 2, 3
_FROM_TOPICS = "-"

One = TypeVar("One")


class _NotPossibleError(ValueError):
    """What was asked for cannot be done; the message says why."""


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "replay",
        help="outcomes again, and what changed",
        description="Judges claims again by this release, and the packs and tables named. Without "
        "--compare it writes the outcomes, one a line; with it, what differs from the outcomes "
        "that were recorded. Edits that read a patient's earlier claims are not compared: a replay "
        "has none.",
        epilog="Exit codes: 0 nothing differs; 1 at least one claim does; 2 wrong usage or "
        "settings, nothing to compare, or no broker; 3 at least one claim could not be decoded.",
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="claims, as `check` reads them")
    parser.add_argument(
        "--topics", action="store_true", help="the claims on claims-submitted, instead of files"
    )
    parser.add_argument(
        "--since",
        metavar="YYYY-MM-DD[THH:MM]",
        type=_moment,
        help="with --topics: only what came from then on (UTC)",
    )
    parser.add_argument(
        "--compare",
        metavar="OUTCOMES",
        nargs="?",
        const=_FROM_TOPICS,
        help="a file of outcomes, or the folder that `check --output` wrote; with --topics nothing:"
        " those on the topics",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="the claims that differ, by submission id"
    )
    parser.add_argument("--reference", metavar="DIR", type=Path, help="reference snapshots")
    parser.add_argument("--payer-packs", metavar="DIR", type=Path, help="packs of your payers")
    parser.add_argument("--processes", metavar="N", type=int, default=1)
    parser.set_defaults(run=run, usage=parser.error)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def run(stated: argparse.Namespace) -> int:
    """Replay, and return the exit code."""
    if bool(stated.files) == stated.topics:
        stated.usage("say which claims: FILE..., or --topics")
    if stated.since and not stated.topics:
        stated.usage("--since is for --topics")
    if stated.compare == _FROM_TOPICS and not stated.topics:
        stated.usage("--compare needs the file or folder of the recorded outcomes")
    if stated.output and not stated.compare:
        stated.usage("--output is for --compare")
    try:
        return _replay_topics(stated) if stated.topics else _replay_files(stated)
    except (SettingsError, PackError, YamlError) as error:
        for fault in error.faults:
            complain(fault)
    except (SnapshotError, OSError, NoOutcomeError, _NotPossibleError) as error:
        complain(str(error))
    return NOT_POSSIBLE


def _replay_files(stated: argparse.Namespace) -> int:
    settings = read_settings(reference=stated.reference, payer_packs=stated.payer_packs)
    sources = Sources(stated.files)
    if sources.failed:
        return NOT_POSSIBLE
    recorded = _outcomes_of(stated.compare) if stated.compare else None
    return _replay(stated, settings, sources.records(), recorded)


def _replay_topics(stated: argparse.Namespace) -> int:
    # Only here: `scrubber check` starts without the broker's libraries.
    from scrubber.stream import recorded as topics  # noqa: PLC0415
    from scrubber.stream.topics import TopicError, UnreachableError  # noqa: PLC0415

    hush_libraries()
    stream = read_stream_settings(with_key=False)
    given = {"reference": stated.reference, "payer_packs": stated.payer_packs}
    settings = replace(stream.scrub, **{name: path for name, path in given.items() if path})
    with asyncio.Runner() as runner:
        claims = _each(runner, topics.submitted(stream, stated.since))
        outcomes: Iterable[bytes] | None = None
        if stated.compare == _FROM_TOPICS:
            outcomes = _each(runner, topics.answered(stream, stated.since))
        elif stated.compare:
            outcomes = _outcomes_of(stated.compare)
        try:
            return _replay(stated, settings, claims, outcomes)
        except TopicError as error:
            raise SettingsError(error.faults) from error
        except UnreachableError as error:
            raise _NotPossibleError(str(error)) from error


def _each(runner: asyncio.Runner, found: AsyncIterator[One]) -> Iterator[One]:
    """Yield what an asynchronous iterator yields."""

    async def following() -> One | None:
        return await anext(found, None)

    while (one := runner.run(following())) is not None:
        yield one


def _outcomes_of(name: str) -> Iterator[bytes]:
    """Yield the outcomes of a file, or of the folder that `check --output` wrote."""
    path = Path(name)
    files = [path]
    if path.is_dir():
        files = [one for kind in DISPOSITIONS if (one := path / f"{kind}.jsonl").exists()]
    for file in files:
        with file.open("rb") as lines:
            for line in lines:
                if text := line.strip():
                    yield text


def _no_outcomes(claims: Iterable[Record]) -> Iterator[Record]:
    """Yield claims; an outcome would be refused for what it need not state."""
    for record in claims:
        if b'"outcome_id"' in record.raw and "outcome_id" in orjson.loads(record.raw):
            raise _NotPossibleError(
                f"{record.file}: record {record.number} is an outcome, which does not say when its"
                " claim was submitted; name the claim events"
            )
        yield record


def _replay(
    stated: argparse.Namespace,
    settings: Settings,
    claims: Iterable[Record],
    recorded: Iterable[bytes] | None,
) -> int:
    """Write outcomes, or hold them against the recorded ones; return the exit code."""
    comparison = None if recorded is None else Comparison(recorded)
    unreadable = 0
    with ExitStack() as stack:
        output = stated.output and stack.enter_context(stated.output.open("wb"))
        for result in answer_records(_no_outcomes(claims), settings, processes=stated.processes):
            record = result.record
            if isinstance(result, DeadLetter):
                unreadable += 1
                place = f"{record.file}: record {record.number}, byte {result.offset}"
                print(f"dead letter: {place}: {result.error}", file=sys.stderr)
            elif comparison is None:
                sys.stdout.buffer.write(result.outcome + b"\n")
            elif (difference := comparison.hold(result.outcome, result.charge)) and output:
                output.write(orjson.dumps(difference.document()) + b"\n")
    if comparison is not None:
        print(*_summary(comparison), sep="\n")
        if not comparison.compared:
            raise _NotPossibleError("no claim has a recorded outcome: nothing was compared")
    if unreadable:
        return UNREADABLE_RECORD
    return DIFFERENT if comparison is not None and comparison.differing else SAME


def _summary(comparison: Comparison) -> Iterator[str]:
    """Yield what the comparison came to: counts, dollars, edits and versions, no claim."""
    alike = comparison.compared - comparison.differing
    yield (
        f"{comparison.compared:,} claims compared: {alike:,} alike"
        f" ({comparison.identical:,} to the byte), {comparison.differing:,} differ"
    )
    passed_over = (
        (comparison.unrecorded, "claims have no recorded outcome"),
        (comparison.other_claim, "have one for another claim of the same submission id"),
        (comparison.unmet, "recorded outcomes met no claim"),
        (comparison.left_out, "compared without the findings of edits that read earlier claims"),
    )
    yield from (f"{count:,} {what}" for count, what in passed_over if count)
    for what, (before, now) in comparison.versions.items():
        gone, new = sorted(before - now), sorted(now - before)
        if gone or new:
            yield " ".join((f"{what}:", *(f"-{one}" for one in gone), *(f"+{one}" for one in new)))
    if not comparison.differing:
        return
    yield f"{'before -> now':<24}{'claims':>10}{'dollars':>20}"
    for (was, is_now), (claims, dollars) in sorted(comparison.moved.items()):
        yield f"{f'{was} -> {is_now}':<24}{claims:>10,}{dollars:>20,.2f}"
    yield f"{'edit, claims with':<56}{'added':>8}{'removed':>9}{'reworded':>10}"
    for (edit, kind), counts in sorted(comparison.edits.items()):
        shown = f"{edit} ({kind.replace('_', ' ')})"
        yield f"{shown:<56}{counts['added']:>8,}{counts['removed']:>9,}{counts['reworded']:>10,}"
