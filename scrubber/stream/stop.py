"""Ending the process where going on could lose or repeat a claim; a restart finds the truth."""

import logging
import os
import sys
from typing import NoReturn

from scrubber.telemetry.log import log

DRAINED = 0
FAILED = 70  # start again: the next start fences what is left and reads where to go on
LOOP_BLOCKED = 71
STALLED = 72
NEEDS_A_PERSON = 78  # configuration, or data that is gone: starting again changes nothing


def fail_stop(reason: str, error: BaseException | None = None, *, code: int = FAILED) -> NoReturn:
    """
    Say why and end the process at once, without any clean-up that could still send something.

    `reason` is our own words; of the error only its class is logged, since its text may quote a
    claim.
    """
    log("worker.stopped", level="critical", problem=reason, error=error, exit_code=code)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
