"""`scrubber topics create|verify`: the topics on the broker, as `topics/` states them."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from scrubber.pipeline.settings import SettingsError, StreamSettings, read_stream_settings

AS_WANTED, DIFFERENT, NOT_POSSIBLE = 0, 1, 2


def add_parser(commands: Any) -> None:
    """Register the command; where the broker is, the settings say."""
    parser = commands.add_parser("topics", help="create the topics on the broker, or verify them")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    creating = actions.add_parser("create", help="create what is missing; alters nothing")
    creating.set_defaults(run=run, create=True)
    verifying = actions.add_parser("verify", help="say where the broker differs from topics/")
    verifying.set_defaults(run=run, create=False)


def run(stated: argparse.Namespace) -> int:
    """Return 0 when the topics are as wanted, 1 when they differ, 2 when nobody can tell."""
    # Only here: `scrubber check` starts without the broker's libraries.
    from scrubber.stream.topics import TopicError, UnreachableError  # noqa: PLC0415

    try:
        return asyncio.run(_run(read_stream_settings(with_key=False), create=stated.create))
    except SettingsError as error:
        _complain(error.faults)
    except UnreachableError as error:
        _complain([str(error)])
    except TopicError as error:
        _complain(error.faults)
        return DIFFERENT
    return NOT_POSSIBLE


async def _run(settings: StreamSettings, *, create: bool) -> int:
    from scrubber.stream import topics as stream  # noqa: PLC0415
    from scrubber.stream.connection import client_options, connection_faults  # noqa: PLC0415

    if faults := await connection_faults(settings):
        _complain(faults)
        return NOT_POSSIBLE
    topics = stream.load_topics(
        prefix=settings.topic_prefix,
        partitions=settings.partitions,
        replication=settings.replication,
    )
    async with stream.connect(client_options(settings)) as admin:
        if create:
            creation = await stream.create_topics(admin, topics)
            for name in creation.created:
                print(f"created {name}")
            for name in creation.present:
                print(f"was there {name}")
            found: Sequence[stream.Difference] = creation.differences
        else:
            found = await stream.differences(admin, topics)
    for difference in found:
        print(f"{difference}{' (loses data)' if difference.loses_data else ''}")
    print(f"{len(topics)} topics, {len(found)} differences", file=sys.stderr)
    return DIFFERENT if found else AS_WANTED


def _complain(faults: Sequence[str]) -> None:
    for fault in faults:
        print(f"scrubber: {fault}", file=sys.stderr)
