"""`scrubber publish`: files to the topic that the workers read."""

import argparse
import asyncio
import sys
import time
from typing import Any

import orjson

from scrubber.cli.remittances import Advice, add_sources
from scrubber.cli.sources import Sources, complain, hush_libraries
from scrubber.contracts.decode import Undecodable
from scrubber.pipeline.settings import SettingsError, StreamSettings, read_stream_settings
from scrubber.reference.shelf import open_shelf
from scrubber.reference.snapshot import SnapshotError

PUBLISHED, NOT_POSSIBLE, UNREADABLE_RECORD = 0, 2, 3


def add_parser(commands: Any) -> None:
    """Register the command; where the broker is, the settings say."""
    parser = commands.add_parser(
        "publish",
        help="send the claims of files to the workers",
        description="Sends 837 and JSON files to claims-submitted; docs/settings.md says where "
        "that is. A claim that does not fit the schema is sent too, and answered as rejected. It "
        "is safe to run again, after a crash or an error: a submission_id is answered once. "
        "With --remittances it sends 835 files to remittances: each result under the key of the "
        "claim that it is about, which is looked for on claims-clean and in --claims.",
        epilog="Exit codes: 0 all published; 1 an 835 claim belongs to no submitted claim, or to "
        "several; 2 wrong usage or settings, a file that cannot be read, or brokers that did not "
        "take everything; 3 a record could not be decoded or does not balance, the rest was "
        "published.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="claims; - is standard input")
    parser.add_argument("--remittances", action="store_true", help="the files are 835 files")
    add_sources(parser, required=False)
    parser.set_defaults(run=run)


def run(stated: argparse.Namespace) -> int:
    """Publish every record that can be read; return the exit code."""
    # Only here: `scrubber check` starts without the broker's libraries.
    from scrubber.stream.topics import TopicError, UnreachableError  # noqa: PLC0415

    hush_libraries()
    try:
        settings = read_stream_settings()
        if stated.remittances:
            return asyncio.run(_publish_remittances(stated, settings))
        if stated.claims or stated.received_at:
            complain("--claims and --received-at are told with --remittances only")
            return NOT_POSSIBLE
        return asyncio.run(_publish(stated.files, settings))
    except (SettingsError, TopicError) as error:
        for fault in error.faults:
            complain(fault)
    except (UnreachableError, SnapshotError, OSError) as error:
        complain(str(error))
    return NOT_POSSIBLE


async def _publish(files: list[str], settings: StreamSettings) -> int:
    from scrubber.stream.producer import ClaimProducer, PublishError  # noqa: PLC0415

    sources = Sources(files)
    refused = 0
    code = NOT_POSSIBLE if sources.failed else PUBLISHED
    started = time.perf_counter()
    producer = ClaimProducer(settings)
    try:
        async with producer:
            for record in sources.records():
                fault, offset = record.fault, record.offset
                if not fault:
                    try:
                        await producer.publish(record.raw, even_unfit=True)
                    except Undecodable as error:
                        fault, offset = error.reason, record.offset + error.offset
                if fault:
                    refused += 1
                    code = UNREADABLE_RECORD
                    place = f"{record.file}: record {record.number}, byte {offset}"
                    print(f"refused  {place}: {fault}", file=sys.stderr)
    except PublishError as error:
        complain(str(error))
        code = NOT_POSSIBLE
    speed = producer.published / (time.perf_counter() - started)
    print(
        f"{producer.published:,} published, {refused:,} refused, {speed:,.0f} records/s",
        file=sys.stderr,
    )
    return code


async def _publish_remittances(stated: argparse.Namespace, settings: StreamSettings) -> int:
    from scrubber.stream.producer import PublishError, RemittanceProducer  # noqa: PLC0415
    from scrubber.stream.recorded import sent_on  # noqa: PLC0415

    advice = Advice(stated, open_shelf(settings.scrub.reference), settings.key_secret)
    producer = RemittanceProducer(settings)
    failed = False
    try:
        async with producer:
            async for key, outcome in sent_on(settings):
                advice.claims.add(outcome, key)
            for event, key in advice.events():
                await producer.send(orjson.dumps(event), key)
    except PublishError as error:
        complain(str(error))
        failed = True
    advice.say_counts("read")
    print(f"{producer.published:,} published", file=sys.stderr)
    return NOT_POSSIBLE if failed else advice.code
