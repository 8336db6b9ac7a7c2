"""The image's rules, read off its Dockerfile: each holds, and each can be broken."""

import re
from collections.abc import Iterator

import pytest
import yaml

from scrubber import __version__
from scrubber.pipeline.settings import SETTINGS
from tests.conftest import ROOT
from tests.deploy.render import OVERLAYS, rendered
from tools.write_sbom import PINNED

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
LABELS = {"title", "version", "description", "licenses"}
PORT = next(one.default for one in SETTINGS if one.name == "SCRUBBER_HTTP_PORT")
#: By Docker's order: the last file that says something of a path decides.
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments, continued lines joined."""
    lines = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ").splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.strip()]


def faults(text: str) -> Iterator[str]:
    """Yield which rules a Dockerfile breaks."""
    said = instructions(text)
    stages = [number for number, (word, _) in enumerate(said) if word == "FROM"]
    last = said[stages[-1] :]
    if len(stages) < 2 or not all("--from=" in what for word, what in last if word == "COPY"):
        yield "one stage: what builds it is in the image"
    if any(word == "RUN" for word, _ in last):
        yield "the last stage runs something"
    base = dict(what.partition("=")[::2] for word, what in said if word == "ARG").get("PYTHON", "")
    if not re.fullmatch(r"python:3\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base):
        yield "the base is not slim, or not pinned by its digest"
    if not all(said[number][1].split(" ")[0] == "${PYTHON}" for number in stages):
        yield "a stage has another base"
    yield from _install_faults([what for word, what in said if word == "RUN"])
    users = [what for word, what in last if word == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        yield "it runs as root, or as a name that Kubernetes cannot check"
    checks = " ".join(what for word, what in last if word == "HEALTHCHECK")
    if f"http://127.0.0.1:{PORT}/healthz" not in checks:
        yield "its health is not asked for where the worker answers"
    labels = " ".join(what for word, what in last if word == "LABEL")
    if set(re.findall(r'org\.opencontainers\.image\.(\w+)="[^"]', labels)) != LABELS:
        yield "labels are missing, or empty"
    if ("ENTRYPOINT", '["scrubber"]') not in last:
        yield "it is not one image for all commands"


def _install_faults(runs: list[str]) -> Iterator[str]:
    installs = [one for run in runs for one in run.split("&&") if "pip install" in one]
    pinned: list[str] = []
    for install in installs:
        files = re.findall(r"-r requirements/(\S+)", install)
        pinned += files
        if files and not {"--require-hashes", "--only-binary"} <= set(install.split()):
            yield "a package comes without its hash, or has to be compiled"
        if not files and not {"--no-deps", "--no-build-isolation"} <= set(install.split()):
            yield "the package brings what is not pinned"
    if tuple(pinned) != PINNED:
        yield "the bill of materials lists other packages"
    if re.search(r"\bapt(-get)?\b|\bgcc\b|build-essential", " ".join(runs)):
        yield "packages of the system are installed"


def test_the_image_keeps_the_rules() -> None:
    """Multi-stage, non-root, no compiler, pinned by hash, health check, labels."""
    assert list(faults(DOCKERFILE)) == []


@pytest.mark.parametrize(
    ("of", "by", "fault"),
    [
        ("COPY --from=build", "COPY", "one stage"),
        ("USER 65532:65532\n", "USER 65532:65532\nRUN true\n", "last stage runs"),
        (r"@sha256:[0-9a-f]{64}", "", "not pinned by its digest"),
        ("-slim", "", "not slim"),
        (r"FROM \$\{PYTHON\}\n", "FROM python:3.11\n", "another base"),
        ("--require-hashes ", "", "without its hash"),
        ("--only-binary :all: ", "", "has to be compiled"),
        ("--no-build-isolation ", "", "not pinned"),
        (" -r requirements/traces.txt\n", "\n", "bill of materials"),
        ("RUN python", "RUN apt-get install gcc && python", "of the system"),
        ("USER 65532:65532", "USER 0:0", "as root"),
        ("USER 65532:65532\n", "", "as root"),
        ("6066/healthz", "6066/metrics", "health is not asked"),
        (r'image.version="[^"]*"', 'image.version=""', "labels"),
        ("ENTRYPOINT .*", 'ENTRYPOINT ["scrubber", "worker"]', "one image"),
    ],
)
def test_each_rule_trips(of: str, by: str, fault: str) -> None:
    """A Dockerfile that breaks one is named for that one alone."""
    broken, count = re.subn(of, by, DOCKERFILE)
    assert count
    (found,) = faults(broken)
    assert fault in found


def test_every_package_of_the_image_has_its_hashes() -> None:
    """Each pin of each file, as pip asks for with `--require-hashes`."""
    for name in PINNED:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        blocks = re.split(r"(?m)^(?=[a-z])", text)
        assert len(blocks) > 10
        for block in filter(str.strip, blocks):
            assert re.match(r"[a-z0-9.-]+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", block), block


def test_its_version_is_the_release() -> None:
    """As a label, for who finds an image without its tag."""
    assert f'org.opencontainers.image.version="{__version__}"' in DOCKERFILE


def test_its_root_is_read_only_wherever_it_runs() -> None:
    """In compose and in every overlay; Python writes nothing beside its modules."""
    assert "PYTHONDONTWRITEBYTECODE=1" in DOCKERFILE
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    own = {name: one for name, one in compose["services"].items() if "build" in one}
    assert {"check", "worker", "topics"} <= set(own)
    assert all(one["read_only"] and one["cap_drop"] == ["ALL"] for one in own.values())
    for overlay in OVERLAYS:
        containers = [
            container
            for one in rendered(overlay)
            for container in _containers(one)
            if container["image"].rpartition("/")[2].startswith("claims-scrubber:")
        ]
        assert len(containers) == 3  # worker, topics and reference data: one image
        assert {one["image"] for one in containers} == {containers[0]["image"]}
        assert all(one["securityContext"]["readOnlyRootFilesystem"] for one in containers)


def _containers(part: object) -> Iterator[dict[str, object]]:
    """Yield the containers of a manifest, wherever its kind has them."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "containers":
                yield from value
            else:
                yield from _containers(value)


def test_what_it_copies_is_in_its_context() -> None:
    """And nothing besides: what is not named here reaches no layer."""
    assert IGNORED[1] == "*"
    allowed = {line.removeprefix("!") for line in IGNORED if line.startswith("!")}
    copied = {
        source.partition("/")[0]
        for word, what in instructions(DOCKERFILE)
        if word == "COPY" and "--from" not in what
        for source in what.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in allowed)
