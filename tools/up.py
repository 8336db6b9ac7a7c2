"""
The processes of docker-compose.yml on this machine, without Docker, until Ctrl-C: `make up`.

`deploy/supervisord.conf` says which; this gives it empty data, ports and a key. The broker is
the tests' one. `.kafka/up.env` holds the environment for commands in another terminal.
"""

import argparse
import json
import os
import secrets
import shutil
import sys
from pathlib import Path

import yaml

from tests.kafka.jars import (
    DEFAULT_VERSION,
    ROOT,
    NoKafkaError,
    WrongChecksumError,
    find_jars,
    find_java,
)

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent


def main() -> None:
    """Become the process manager, or exit with 2 where there is no way to a broker."""
    os.chdir(ROOT)
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="at most the 4 partitions (2)")
    parser.add_argument("--port", type=int, default=9092, help="of the broker (9092)")
    parser.add_argument("--http-port", type=int, default=6066, help="of the first worker (6066)")
    parser.add_argument("--prometheus-port", type=int, default=9090)
    parser.add_argument("--folder", type=Path, default=Path(".kafka/up"), help="emptied first")
    wanted = parser.parse_args()
    try:
        find_java()
        find_jars(os.environ.get("KAFKA_VERSION", DEFAULT_VERSION))
    except (NoKafkaError, WrongChecksumError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    shutil.rmtree(wanted.folder, ignore_errors=True)
    wanted.folder.mkdir(parents=True)
    ports = [wanted.http_port + number for number in range(wanted.workers)]
    prometheus = json.dumps(prometheus_settings(ports))
    (wanted.folder / "prometheus.json").write_text(prometheus, encoding="utf-8")
    settings = {
        "SCRUBBER_BOOTSTRAP_SERVERS": f"127.0.0.1:{wanted.port}",
        "SCRUBBER_KEY_SECRET": secrets.token_hex(16),
        "SCRUBBER_PARTITIONS": "4",
        "SCRUBBER_REPLICATION": "1",
        "UP_FOLDER": str(wanted.folder.resolve()),
        "UP_HTTP_PORT": str(wanted.http_port),
        "UP_KAFKA_PORT": str(wanted.port),
        "UP_PROMETHEUS_PORT": str(wanted.prometheus_port),
        "UP_WORKERS": str(wanted.workers),
    }
    lines = [f"export {name}={value}\n" for name, value in settings.items()]
    settings_file = wanted.folder.with_suffix(".env")
    settings_file.write_text("".join(lines), encoding="utf-8")
    print(
        f"Kafka at 127.0.0.1:{wanted.port}, Prometheus (if it is installed) at "
        f":{wanted.prometheus_port}, workers at "
        + ", ".join(f"http://127.0.0.1:{port}/readyz" for port in ports)
        + f"\nIn another terminal:  . {settings_file}; "
        f"{BIN.relative_to(ROOT)}/scrubber publish samples/claims.jsonl\n"
        "Ctrl-C ends it all.",
        flush=True,
    )
    environment = {**os.environ, **settings, "PATH": f"{BIN}:{os.environ['PATH']}"}
    manager = str(BIN / "supervisord")
    os.execve(manager, [manager, "-c", str(DEPLOY / "supervisord.conf")], environment)  # noqa: S606


def prometheus_settings(ports: list[int]) -> dict[str, object]:
    """Return the settings of docker-compose.yml's Prometheus, for workers on this machine."""
    file = DEPLOY / "monitoring" / "prometheus.yaml"
    settings: dict[str, object] = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["rule_files"] = [str(DEPLOY / "monitoring" / "rules.yaml")]
    targets = [{"targets": [f"127.0.0.1:{port}" for port in ports]}]
    settings["scrape_configs"] = [{"job_name": "scrubber-worker", "static_configs": targets}]
    return settings


if __name__ == "__main__":
    main()
