"""`scrubber worker`: claims from Kafka, outcomes to Kafka."""

import argparse
import os
import signal
import sys
from typing import Any

from scrubber.contracts.strict_yaml import YamlError
from scrubber.payers.load import PackError
from scrubber.pipeline.settings import SettingsError, read_stream_settings
from scrubber.reference.snapshot import SnapshotError

_NEEDS_A_PERSON = 78


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "worker",
        help="scrub the claims of a Kafka cluster",
        description="Reads claims, decisions and remittances from Kafka and answers each once. "
        "All settings are environment variables: docs/settings.md.",
    )
    parser.set_defaults(run=run)


def run(_stated: argparse.Namespace) -> int:
    """Work until stopped; settings or files that cannot be used are said, and end with 78."""
    # Until Faust listens to signals itself nothing is open that would have to be drained. At once:
    # an exception would end an event loop, which waits for tasks that may miss their cancellation.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    # Only here: `scrubber check` must not pay for Faust.
    from scrubber.stream.worker import run_worker  # noqa: PLC0415

    try:
        run_worker(read_stream_settings())
    except (SettingsError, PackError, YamlError) as error:
        for fault in error.faults:
            print(f"scrubber: {fault}", file=sys.stderr)
    except (SnapshotError, OSError) as error:
        print(f"scrubber: {error}", file=sys.stderr)
    return _NEEDS_A_PERSON
