"""
Kills what a test run left behind: holds one pipe to it, and acts when the pipe closes.

Lines on standard input are "+PID" (a process group was started) and "-PID" (it has ended). The
pipe closes however the test run ends, by SIGKILL too, and a child's death is no matter of threads.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Follow the lines until the other side is gone, then kill what is left."""
    living: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        if line[0] == "+":
            living.add(pid)
        else:
            living.discard(pid)
    for pid in living:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
