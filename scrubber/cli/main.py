"""The command `scrubber`."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from scrubber import __version__
from scrubber.cli import (
    check,
    dead_letters,
    edits,
    generate,
    payers,
    publish,
    reference,
    remittances,
    replay,
    topics,
    watch,
    worker,
    write,
)

INTERRUPTED = 130
# Claims and outcomes hold no cycles, so looking for some costs more than it finds.
COLLECTED_EVERY = 50_000  # objects; Python's own number is 700


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a user's mistake is one line, not a traceback."""
    parser = argparse.ArgumentParser(
        prog="scrubber", description="Checks medical claims before they go to the payer."
    )
    parser.add_argument("--version", action="version", version=f"scrubber {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (
        check,
        edits,
        payers,
        generate,
        reference,
        replay,
        topics,
        watch,
        write,
        publish,
        remittances,
        worker,
        dead_letters,
    ):
        command.add_parser(commands)
    stated = parser.parse_args(arguments)
    gc.set_threshold(COLLECTED_EVERY)
    try:
        code: int = stated.run(stated)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(main())
