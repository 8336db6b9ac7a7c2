"""The fixture `kafka`: the broker that all tests share, found or started once a session."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from tests.kafka.cluster import Cluster
from tests.kafka.jars import DEFAULT_VERSION, ROOT, NoKafkaError

#: Which Kafka the tests run on; `KAFKA_VERSION=3.9.2 make test` for another.
VERSION = os.environ.get("KAFKA_VERSION", DEFAULT_VERSION)
COMPOSE = ("docker", "compose", "--project-directory", str(ROOT))


class Kafka(Protocol):
    """What a test of the shared broker may know of it."""

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect, in plain text."""


@dataclass(frozen=True)
class Borrowed:
    """A broker that was there before the tests; it is neither stopped nor cleaned."""

    bootstrap_servers: str


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Return the shared one-node broker; topics and groups need names of their own."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield Borrowed(given)
        return
    try:
        cluster = Cluster(tmp_path_factory.mktemp("kafka"), version=VERSION)
    except NoKafkaError as error:
        if not docker_answers():
            pytest.fail(str(error), pytrace=False)
        yield from composed()
        return
    with cluster:
        yield cluster


def docker_answers() -> bool:
    """Whether there is a Docker engine with Compose."""
    try:
        for command in (("docker", "info"), (*COMPOSE, "version")):
            subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def composed() -> Iterator[Kafka]:
    """Run the service `kafka` of docker-compose.yml for the session."""
    subprocess.run([*COMPOSE, "up", "--detach", "--wait", "kafka"], check=True)
    try:
        yield Borrowed("127.0.0.1:9092")
    finally:
        subprocess.run([*COMPOSE, "rm", "--force", "--stop", "kafka"], check=True)
