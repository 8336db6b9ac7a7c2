"""
Broker, topics and a worker on this machine, without Docker, until Ctrl-C: `make up`.

The broker is the tests' one, on empty data. The worker is started again when it ends, as a
supervisor does, but not where a person is needed. `.kafka/up.env` holds the environment for
commands in another terminal.
"""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.kafka.cluster import Cluster, KafkaStartError
from tests.kafka.jars import ROOT, NoKafkaError, WrongChecksumError

HERE = ROOT / ".kafka"
SCRUBBER = Path(sys.executable).with_name("scrubber")
NEEDS_A_PERSON = 78


def main() -> int:
    """Run until Ctrl-C, or until the worker needs a person; return the exit code."""
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--port", type=int, default=9092, help="of the broker (9092)")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    data = HERE / "up"
    shutil.rmtree(data, ignore_errors=True)
    try:
        with Cluster(data / "kafka", port=wanted.port) as cluster:
            settings = {
                "SCRUBBER_BOOTSTRAP_SERVERS": cluster.bootstrap_servers,
                "SCRUBBER_KEY_SECRET": secrets.token_hex(16),
                "SCRUBBER_PARTITIONS": "4",
                "SCRUBBER_REPLICATION": "1",
            }
            lines = [f"export {name}={value}\n" for name, value in settings.items()]
            (HERE / "up.env").write_text("".join(lines), encoding="utf-8")
            environment = {**os.environ, **settings, "SCRUBBER_STATE_DIR": str(data / "state")}
            subprocess.run([SCRUBBER, "topics", "create"], env=environment, check=True)  # noqa: S603
            print(
                f"Kafka is at {cluster.bootstrap_servers}; "
                "health and metrics at http://127.0.0.1:6066/readyz and /metrics\n"
                "In another terminal:  . .kafka/up.env; "
                f"{SCRUBBER.relative_to(ROOT)} publish samples/claims.jsonl\n"
                "Ctrl-C ends it all.",
                flush=True,
            )
            return supervise(environment)
    except KeyboardInterrupt:
        return 0
    except (KafkaStartError, NoKafkaError, WrongChecksumError) as error:
        print(error, file=sys.stderr)
        return 2


def supervise(environment: dict[str, str]) -> int:
    """Keep a worker running; return its exit code when starting it again would change nothing."""
    while True:
        worker = subprocess.Popen([SCRUBBER, "worker"], env=environment)  # noqa: S603
        try:
            code = worker.wait()
        except KeyboardInterrupt:
            worker.terminate()
            worker.wait()
            raise
        if code in (0, NEEDS_A_PERSON):
            return code
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
