"""`make faults`: every fault test on every supported Kafka; `make soak`: random ones for long."""

import argparse
import asyncio
import logging
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.harness import VERDICTS
from tests.faults.soak import soak
from tests.faults.totals import Totals
from tests.kafka.cluster import Cluster
from tests.kafka.jars import DEFAULT_VERSION, VERSIONS


def main() -> int:
    """Run what is asked for, and end with the line that sums it up; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="random faults instead")
    parser.add_argument("--seed", type=int, default=None, help="the seed that a soak printed")
    wanted, more = parser.parse_known_args()
    if wanted.soak is None:
        return run_all(more)
    return run_soak(wanted.soak, random.randrange(1 << 32) if wanted.seed is None else wanted.seed)


def run_all(arguments: list[str]) -> int:
    """Run the fault tests once a version, and sum up."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "totals"
        file.touch()
        codes = [
            subprocess.run(
                [sys.executable, "-m", "pytest", "tests/faults", "-m", "", *arguments],
                env={**os.environ, "KAFKA_VERSION": version, "FAULTS_TOTALS": str(file)},
                check=False,
            ).returncode
            for version in VERSIONS
        ]
        totals = Totals.read(file)
    return ended(totals, failed=any(codes))


def run_soak(minutes: float, seed: int) -> int:
    """Run one soak on a broker of its own, and sum up; after a failure its logs are kept."""
    say(f"seed {seed}: `make soak MINUTES={minutes:g} SEED={seed}` makes the same choices")
    version = os.environ.get("KAFKA_VERSION", DEFAULT_VERSION)
    failed = False
    # Our own clients tell of each attempt while the broker is down.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    with Cluster(folder / "kafka", version=version) as cluster:
        try:
            verdict = asyncio.run(soak(cluster, folder / "soak", minutes * 60, seed, say))
            failed = not verdict.exact
            say(str(verdict))
        except AssertionError as error:
            say(f"failed: {error}")
            failed = True
    if failed:
        say(f"logs: {folder}")
    else:
        shutil.rmtree(folder)
    return ended(Totals.of(VERDICTS.values()), failed=failed)


def ended(totals: Totals, *, failed: bool) -> int:
    """Print the last line and return the exit code."""
    say(str(totals))
    return int(failed or totals.lost > 0 or totals.repeated > 0)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
