"""`scrubber check`: the whole job without a broker."""

import argparse
import time
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scrubber.cli.progress import Progress
from scrubber.cli.reports import Report, report_of
from scrubber.cli.scrubbed import scrubbed
from scrubber.cli.sources import Sources, complain
from scrubber.cli.summary import Summary
from scrubber.contracts.strict_yaml import YamlError
from scrubber.payers.load import PackError
from scrubber.pipeline.answer import DeadLetter
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
        "--output",
        metavar="DIR",
        type=Path,
        help="write outcomes there; of each X12 file 999, 277CA and an 837 of its clean claims",
    )
    parser.add_argument("--processes", metavar="N", type=count, default=1)
    parser.add_argument("--no-progress", action="store_true")
    parser.set_defaults(run=run)


def count(text: str) -> int:
    """Return a number of processes."""
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
        progress = stack.enter_context(Progress(sources.size, wanted=not stated.no_progress))
        for result in scrubbed(
            sources, settings, summary, processes=stated.processes, output=stated.output
        ):
            progress.reached(sources.done + result.record.offset)
            if isinstance(result, DeadLetter):
                # Where the answers are read by a program, people read the other stream.
                report.dead_letter(result)
            else:
                report.answer(result)
        summary.seconds = time.perf_counter() - started
    if summary.dead_letters:
        return UNREADABLE_RECORD
    if sources.failed:
        return WRONG_USAGE
    return CLEAN if summary.only_clean else HELD
