"""`scrubber dead-letters list|show|replay`: what no outcome could answer, and trying it again."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from scrubber.cli.sources import complain, hush_libraries
from scrubber.pipeline.settings import SettingsError, StreamSettings, read_stream_settings

if TYPE_CHECKING:
    from scrubber.stream.dead_letter_reader import DeadLetter

DONE, NOT_POSSIBLE, KEPT = 0, 2, 3
_COLUMNS = ("failed_at", "source_topic", "source_partition", "source_offset", "error_type",
            "attempts", "error")  # fmt: skip


def add_parser(commands: Any) -> None:
    """Register the command; where the broker is, the settings say."""
    parser = commands.add_parser(
        "dead-letters",
        help="list, show and replay records that could not be answered",
        epilog="Exit codes: 0 done; 2 wrong usage or settings, no such dead letter, or no "
        "broker; 3 replay left at least one where it is, and said why.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="one line each, without the body")
    listing.add_argument("--topic", metavar="T", help="of this source topic only")
    listing.add_argument("--error-type", metavar="E", help="of this error type only")
    listing.add_argument("--limit", metavar="N", type=_number, help="at most so many")
    listing.set_defaults(run=run, act=_list)
    showing = actions.add_parser("show", help="all headers of one")
    showing.add_argument("partition", metavar="PARTITION", type=_number)
    showing.add_argument("offset", metavar="OFFSET", type=_number)
    showing.add_argument(
        "--body", action="store_true", help="the record itself, too: it holds patient data"
    )
    showing.set_defaults(run=run, act=_show)
    replaying = actions.add_parser(
        "replay",
        help="put them back to their topic",
        description="Puts dead letters back to the topic and partition that they came from, each "
        "at most once. It is safe to run again, after a crash or an error.",
    )
    replaying.add_argument("place", metavar="PARTITION OFFSET", type=_number, nargs="*")
    replaying.add_argument("--error-type", metavar="E", help="all of this error type")
    replaying.add_argument("--all", action="store_true", help="all that are there")
    replaying.add_argument(
        "--force", action="store_true", help="also those that were tried more than three times"
    )
    replaying.set_defaults(run=_run_replay, usage=replaying.error)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def run(stated: argparse.Namespace) -> int:
    """Do one action and return its exit code."""
    # Only here: `scrubber check` starts without the broker's libraries.
    from scrubber.stream.topics import TopicError, UnreachableError  # noqa: PLC0415

    hush_libraries()
    try:
        action: Coroutine[Any, Any, int] = stated.act(stated, read_stream_settings(with_key=False))
        return asyncio.run(action)
    except (SettingsError, TopicError) as error:
        for fault in error.faults:
            complain(fault)
    except UnreachableError as error:
        complain(str(error))
    return NOT_POSSIBLE


def _run_replay(stated: argparse.Namespace) -> int:
    ways = bool(stated.place) + bool(stated.error_type) + stated.all
    if ways != 1 or len(stated.place) not in (0, 2):
        stated.usage("say which: PARTITION OFFSET, --error-type E, or --all")
    stated.act = _replay
    return run(stated)


async def _list(stated: argparse.Namespace, settings: StreamSettings) -> int:
    from scrubber.stream.dead_letter_reader import open_dead_letters  # noqa: PLC0415

    listed = 0
    async with open_dead_letters(settings) as letters:
        async for letter in letters.all():
            if listed == stated.limit:
                break
            if stated.topic in (None, letter.header("source_topic")) and stated.error_type in (
                None,
                letter.header("error_type"),
            ):
                print(_line(letter))
                listed += 1
    print(f"{listed:,} dead letters", file=sys.stderr)
    return DONE


def _line(letter: "DeadLetter") -> str:
    partition, offset = letter.place
    parts = [f"{partition:>3} {offset:>8}", *(letter.header(name) or "-" for name in _COLUMNS)]
    if letter.replayed_at:
        parts.append(f"(replayed {letter.replayed_at})")
    return "  ".join(parts)


async def _show(stated: argparse.Namespace, settings: StreamSettings) -> int:
    from scrubber.stream.dead_letter_reader import open_dead_letters  # noqa: PLC0415

    async with open_dead_letters(settings) as letters:
        letter = await letters.one(stated.partition, stated.offset)
    if letter is None:
        return _missing(stated.partition, stated.offset)
    for name, value in letter.headers():
        print(f"{name}: {value}")
    if letter.replayed_at:
        print(f"replayed_at: {letter.replayed_at}")
    if stated.body:
        print()
        sys.stdout.flush()
        sys.stdout.buffer.write((letter.record.value or b"") + b"\n")
    return DONE


async def _replay(stated: argparse.Namespace, settings: StreamSettings) -> int:
    from scrubber.stream.dead_letter_replay import ALREADY, Replay  # noqa: PLC0415

    counts: Counter[str] = Counter()

    def told(letter: "DeadLetter", reason: str) -> None:
        counts[reason if reason in ("", ALREADY) else "kept"] += 1
        if reason not in ("", ALREADY):
            partition, offset = letter.place
            print(f"kept  {partition} {offset}: {reason}", file=sys.stderr)

    place = (stated.place[0], stated.place[1]) if stated.place else None
    try:
        await Replay(settings, told, force=stated.force).run(
            place=place, error_type=stated.error_type
        )
    finally:
        print(
            f"{counts['']:,} replayed, {counts[ALREADY]:,} replayed before,"
            f" {counts['kept']:,} kept",
            file=sys.stderr,
        )
    if place and not counts:
        return _missing(*place)
    return KEPT if counts["kept"] else DONE


def _missing(partition: int, offset: int) -> int:
    complain(f"there is no dead letter at partition {partition}, offset {offset}")
    return NOT_POSSIBLE
