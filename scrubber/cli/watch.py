"""`scrubber watch`: a folder whose files are scrubbed, answered and moved."""

import argparse
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scrubber.cli.check import count
from scrubber.cli.folders import Folders, Taken
from scrubber.cli.scrubbed import scrubbed
from scrubber.cli.sources import Sources, complain
from scrubber.cli.summary import Summary
from scrubber.contracts.strict_yaml import YamlError
from scrubber.payers.load import PackError
from scrubber.pipeline.answer import DeadLetter
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import Settings, SettingsError, read_settings
from scrubber.reference.snapshot import SnapshotError

ENDED, WRONG_USAGE, SOME_FAILED = 0, 2, 3
INTERVAL_S = 2.0
NAP_S = 0.2
SIGNALS = (signal.SIGTERM, signal.SIGINT)
REASONS = 20  # of a file in which nothing could be read


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "watch",
        help="scrub, answer and move the files that are dropped into a folder",
        description="Each file of INBOX that is the same at two looks is scrubbed as `check "
        "--output` does it, into a folder OUTBOX/NAME-DIGEST that appears whole or not at all, and "
        "moves to INBOX/done. A file that cannot be read moves to INBOX/failed, its reason beside "
        "it. The same content dropped again, under whatever name, is not answered again. A crash "
        "at any moment loses no file and answers none twice: start again. Names that begin with a "
        "dot or end in .tmp, .part, .filepart or .crdownload are left alone. Each file is scrubbed "
        "by itself: edits across claims have no data. SIGTERM or Ctrl-C ends after the file at "
        "hand.",
        epilog="Exit codes: 0 ended; 2 wrong usage, packs or tables that cannot be read, another "
        "process watches the folders, or with --once a disk that is full or the like; 3 ended, and "
        "at least one file moved to failed.",
    )
    parser.add_argument("inbox", metavar="INBOX", type=Path)
    parser.add_argument("outbox", metavar="OUTBOX", type=Path)
    parser.add_argument("--reference", metavar="DIR", type=Path, help="reference snapshots")
    parser.add_argument("--payer-packs", metavar="DIR", type=Path, help="packs of your payers")
    parser.add_argument("--processes", metavar="N", type=count, default=1)
    parser.add_argument(
        "--interval", metavar="S", type=_seconds, default=INTERVAL_S, help="between two looks"
    )
    parser.add_argument("--once", action="store_true", help="end when no file is left, as in cron")
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("more than 0")
    return seconds


def run(stated: argparse.Namespace) -> int:
    """Watch until told to end; return the exit code."""
    try:
        settings = read_settings(reference=stated.reference, payer_packs=stated.payer_packs)
        build_scrubber(settings)  # what is wrong with packs or tables is said before any file
        scrub = partial(scrub_file, settings=settings, processes=stated.processes)
        with Folders(stated.inbox, stated.outbox) as folders:
            watch = Watch(folders, scrub)
            before = {one: signal.signal(one, watch.end) for one in SIGNALS}
            try:
                watch.run(stated.interval, once=stated.once)
            finally:
                for one, handler in before.items():
                    signal.signal(one, handler)
    except (SettingsError, PackError, YamlError) as error:
        for fault in error.faults:
            complain(fault)
        return WRONG_USAGE
    except (SnapshotError, OSError) as error:
        complain(str(error))
        return WRONG_USAGE
    return SOME_FAILED if watch.failed else ENDED


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a file, in words; whether there is any answer to it, and what was unreadable."""

    summary: str
    answered: bool
    reasons: list[str]


def scrub_file(file: Path, folder: Path, settings: Settings, processes: int) -> Said:
    """Scrub a file into a folder, as `check --output` does."""
    summary = Summary()
    reasons: list[str] = []
    sources = Sources([str(file)])
    for result in scrubbed(sources, settings, summary, processes=processes, output=folder):
        if isinstance(result, DeadLetter) and len(reasons) < REASONS:
            place = f"record {result.record.number}, byte {result.offset}"
            reasons.append(f"{place}: {result.error}")
    answered = summary.claims.total() > 0 or any(folder.glob("*.999"))
    return Said(summary.lines()[0], answered, reasons)


class Watch:
    """
    Takes files one by one; `failed` counts those that could not be answered.

    `scrub` writes the answers to a file into a folder.
    """

    def __init__(self, folders: Folders, scrub: Callable[[Path, Path], Said]) -> None:
        """Keep the parts."""
        self.failed = 0
        self._folders = folders
        self._scrub = scrub
        self._ending = False

    def end(self, *_: object) -> None:
        """End after the file at hand (a signal handler)."""
        self._ending = True

    def run(self, interval_s: float, *, once: bool) -> None:
        """Look until the end, or until no file is left; a full disk or the like is tried again."""
        looks = 0
        while not self._ending:
            try:
                worked = self._look(interval_s)
            except (SettingsError, PackError, YamlError, SnapshotError, OSError) as error:
                if once:
                    raise
                complain(f"{error}; tried again in {interval_s:g} s")
                worked = True
            looks += 1
            if once and looks > 1 and not worked:
                return
            self._wait(interval_s)

    def _wait(self, interval_s: float) -> None:
        """Sleep, but not through a signal to end."""
        until = time.monotonic() + interval_s
        while not self._ending and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, NAP_S))

    def _look(self, interval_s: float) -> bool:
        """Answer all files that are whole; tell whether there was any."""
        folders = self._folders
        left, whole = folders.left_over(), folders.whole()
        for path in left:
            self._when_whole(path, interval_s)
        for name in whole:
            if self._ending:
                break
            if taken := folders.take(name):
                self._when_whole(taken, interval_s)
        return bool(left or whole)

    def _when_whole(self, path: Path, interval_s: float) -> None:
        """Answer a file that was taken, when nobody writes on it any more."""
        while self._folders.changed(path):
            self._wait(interval_s)
            if self._ending:
                return  # the next process finds it taken
        self._answer(self._folders.read(path))

    def _answer(self, file: Taken) -> None:
        if file.fault:
            self._fail(file, file.fault)
        elif place := self._folders.answered(file):
            print(f"{file.path.name}: answered before, in {place}; not again", flush=True)
            self._folders.done(file)
        else:
            self._answer_anew(file)

    def _answer_anew(self, file: Taken) -> None:
        folder = self._folders.begin(file)
        try:
            said = self._scrub(file.path, folder)
        except (SettingsError, PackError, YamlError, SnapshotError, OSError):
            raise  # of this machine, not of this file
        except Exception as error:  # noqa: BLE001 (one bad file must not hold up the others)
            self._folders.drop(folder)
            self._fail(
                file, f"the scrubber failed at it ({type(error).__name__}); please report it"
            )
            return
        if said.answered:
            place = self._folders.commit(file, folder)
            self._folders.done(file)
            print(f"{file.path.name}: {said.summary}; {place}", flush=True)
        else:
            self._folders.drop(folder)
            self._fail(file, "\n".join(["nothing in it can be answered", *said.reasons]))

    def _fail(self, file: Taken, reason: str) -> None:
        self.failed += 1
        place = self._folders.failed(file, reason)
        complain(f"{file.path.name}: moved to {place}: {reason.splitlines()[0]}")
