"""`scrubber check`: the whole job without a broker."""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, cast

from scrubber.cli.progress import Progress
from scrubber.cli.reports import OutputFolder, Report, report_of
from scrubber.cli.summary import Summary
from scrubber.contracts.strict_yaml import YamlError
from scrubber.payers.load import PackError
from scrubber.pipeline.answer import DeadLetter, answer_records
from scrubber.pipeline.intake import Record, read_records
from scrubber.pipeline.settings import Settings, SettingsError, read_settings
from scrubber.reference.snapshot import SnapshotError

CLEAN, HELD, WRONG_USAGE, UNREADABLE_RECORD = 0, 1, 2, 3
STANDARD_INPUT = "-"


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("check", help="scrub the claims of files")
    parser.add_argument("files", metavar="FILE", nargs="+", help="claims; - is standard input")
    parser.add_argument("--format", choices=("text", "jsonl", "csv"), default="text")
    parser.add_argument("--reference", metavar="DIR", type=Path, help="reference snapshots")
    parser.add_argument("--payer-packs", metavar="DIR", type=Path, help="packs of your payers")
    parser.add_argument("--output", metavar="DIR", type=Path, help="write outcomes by disposition")
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
            _complain(fault)
    except (SnapshotError, OSError) as error:
        _complain(str(error))
    except BrokenProcessPool:
        _complain("a worker process died; try again with fewer --processes")
    return WRONG_USAGE


def _check(stated: argparse.Namespace, settings: Settings) -> int:
    summary = Summary()
    started = time.perf_counter()
    with ExitStack() as stack:
        sources = _Sources(stated.files, stack)
        report: Report = stack.enter_context(report_of(stated.format, summary))
        folder = stated.output and stack.enter_context(OutputFolder(stated.output, summary))
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
        summary.seconds = time.perf_counter() - started
    if summary.dead_letters:
        return UNREADABLE_RECORD
    if sources.failed:
        return WRONG_USAGE
    return CLEAN if summary.only_clean else HELD


class _Sources:
    """The files named, opened one after the other; what cannot be read is said and passed over."""

    def __init__(self, names: list[str], stack: ExitStack) -> None:
        self.failed = False
        self.done = 0
        self._stack = stack
        self._names = [name for name in names if self._readable(name)]
        self.size = sum(Path(name).stat().st_size for name in self._names if name != STANDARD_INPUT)

    def records(self) -> Iterator[Record]:
        """Yield the records of all files."""
        for name in self._names:
            if name == STANDARD_INPUT:
                yield from read_records(BufferedReader(cast("RawIOBase", sys.stdin.buffer)), "-")
                continue
            with Path(name).open("rb") as stream:
                yield from read_records(stream, name)
            self.done += Path(name).stat().st_size

    def _readable(self, name: str) -> bool:
        if name == STANDARD_INPUT:
            return True
        path = Path(name)
        try:
            if path.is_dir():
                raise IsADirectoryError(0, "is a directory; name its files")
            path.open("rb").close()
        except OSError as error:
            self.failed = True
            _complain(f"{name}: {(error.strerror or 'not readable').lower()}")
            return False
        return True


def _complain(what: str) -> None:
    print(f"scrubber: {what}", file=sys.stderr)
