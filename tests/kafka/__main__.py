"""An Apache Kafka for a developer, in the foreground until Ctrl-C: `make kafka`."""

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path

from tests.kafka.cluster import Cluster, KafkaStartError
from tests.kafka.jars import DEFAULT_VERSION, ROOT, NoKafkaError, WrongChecksumError

DATA = ROOT / ".kafka" / "data"


def main() -> int:
    """Start the nodes on empty data, say where they are, and wait for Ctrl-C; return the code."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka", description=__doc__)
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1)
    parser.add_argument("--version", default=os.environ.get("KAFKA_VERSION", DEFAULT_VERSION))
    parser.add_argument("--port", type=int, default=9092, help="of the first node (9092)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder, emptied first")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    shutil.rmtree(wanted.data, ignore_errors=True)
    try:
        with Cluster(wanted.data, wanted.nodes, wanted.version, port=wanted.port) as cluster:
            sys.stdout.write(
                f"Kafka {wanted.version} is ready: "
                f"KAFKA_BOOTSTRAP_SERVERS={cluster.bootstrap_servers}\n"
                f"Its logs are in {wanted.data}; Ctrl-C ends it.\n"
            )
            sys.stdout.flush()
            while True:
                signal.pause()
    except KeyboardInterrupt:
        return 0
    except (KafkaStartError, NoKafkaError, WrongChecksumError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
