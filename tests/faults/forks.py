"""
Workers forked from one process that has imported everything: a start costs a third of a new one.

Nothing else differs: the environment, the log and the current folder are those of the worker
alone, and a fork ends as the command would, by its exit code or by a signal.
"""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", "tests.faults.hooked_worker"])


class Forked:
    """A worker process, with as much of `subprocess.Popen` as the harness needs."""

    def __init__(self, hook: str, environment: Mapping[str, str], log: Path) -> None:
        """Start it."""
        self._process = FORKS.Process(
            target=become_worker, args=(hook, dict(environment), str(log)), daemon=True
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code once the process has ended; that of a signal is below 0."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit code."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("worker", timeout or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def become_worker(hook: str, environment: Mapping[str, str], log: str) -> None:
    """Be `scrubber worker` with a fault built in, until the end of the process."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.argv = ["scrubber", "worker"]
    from tests.faults.hooked_worker import run  # noqa: PLC0415 (of the preloaded process)

    code: object = 1
    try:
        code = run(hook)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 (the command would say so and end with 1, too)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Nothing of multiprocessing's own end.
        os._exit(code if isinstance(code, int) else int(bool(code)))
