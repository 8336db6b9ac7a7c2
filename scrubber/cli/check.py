"""`scrubber check`: the whole job without a broker."""

import argparse
import time
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scrubber.cli.progress import Progress
from scrubber.cli.replies import Replies
from scrubber.cli.reports import OutputFolder, Report, report_of
from scrubber.cli.sources import Sources, complain
from scrubber.cli.summary import Summary
from scrubber.contracts.strict_yaml import YamlError
from scrubber.payers.load import PackError
from scrubber.pipeline.answer import DeadLetter, answer_records
from scrubber.pipeline.settings import Settings, SettingsError, read_settings
from scrubber.reference.snapshot import SnapshotError

CLEAN, HELD, WRONG_USAGE, UNREADABLE_RECORD = 0, 1, 2, 3


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("check", help="scrub the claims of files")
    parser.add_argument("files", metavar="FILE", nargs="+", help="claims; - is standard input")
    parser.add_argument("--format", choices=("text", "jsonl", "csv"), default="text")
    parser.add_argument("--reference", metavar="DIR", type=Path, help="reference snapshots")
    parser.add_argument("--payer-packs", metavar="DIR", type=Path, help="packs of your payers")
    parser.add_argument(
        "--output", metavar="DIR", type=Path, help="write outcomes, 999 and 277CA there"
    )
    parser.add_argument("--processes", metavar="N", type=_count, default=1)
    parser.add_argument("--no-progress", action="store_true")
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        message = "at least 1"
        raise argparse.ArgumentTypeError(message)
    return number


def run(stated: argparse.Namespace) -> int:
    """Scrub every file that can be read; return the contract's exit code."""
    try:
        settings = read_settings(reference=stated.reference, payer_packs=stated.payer_packs)
        return _check(stated, settings)
    except (SettingsError, PackError, YamlError) as error:
        for fault in error.faults:
            complain(fault)
    except (SnapshotError, OSError) as error:
        complain(str(error))
    except BrokenProcessPool:
        complain("a worker process died; try again with fewer --processes")
    return WRONG_USAGE


def _check(stated: argparse.Namespace, settings: Settings) -> int:
    summary = Summary()
    started = time.perf_counter()
    with ExitStack() as stack:
        sources = Sources(stated.files)
        report: Report = stack.enter_context(report_of(stated.format, summary))
        folder = stated.output and stack.enter_context(OutputFolder(stated.output, summary))
        replies = stated.output and stack.enter_context(Replies(stated.output, stated.files))
        progress = stack.enter_context(Progress(sources.size, wanted=not stated.no_progress))
        for result in answer_records(sources.records(), settings, processes=stated.processes):
            progress.reached(sources.done + result.record.offset)
            summary.count(result)
            if isinstance(result, DeadLetter):
                # Where the answers are read by a program, people read the other stream.
                report.dead_letter(result)
            else:
                report.answer(result)
            if folder:
                folder.write(result)
                replies.write(result)
        summary.seconds = time.perf_counter() - started
    if summary.dead_letters:
        return UNREADABLE_RECORD
    if sources.failed:
        return WRONG_USAGE
    return CLEAN if summary.only_clean else HELD
