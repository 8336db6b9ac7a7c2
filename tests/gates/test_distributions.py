"""
Wheel and sdist: each is whole, and works where nothing of this checkout is.

The environments that they are installed into see the packages of `requirements/runtime.txt` and
nothing else of the one that runs the tests, so no network is needed and no test tool is missed.
"""

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import orjson
import pytest

from scrubber import __version__
from tests.conftest import ROOT

SAMPLES = ("claims.jsonl", "professional.837", "institutional.837")
CHECK = ("check", *(str(ROOT / "samples" / name) for name in SAMPLES), "--format", "jsonl")
#: What an sdist needs besides the package: to be built from, read, and held against.
BESIDE = ("changelog.d", "deploy", "docs", "requirements", "samples", "schemas", "tests", "tools")


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder of the checkout, without what Python leaves there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path


#: What the package is made of; `scrubber/topics` is a link here, and a folder where it is installed.
PACKAGE = {
    **{str(one.relative_to(ROOT)): one.read_bytes() for one in files_of(ROOT / "scrubber")},
    **{f"scrubber/{one.relative_to(ROOT)}": one.read_bytes() for one in files_of(ROOT / "topics")},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a wheel and an sdist."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def dependencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with links to the pinned runtime packages and to nothing else."""
    folder = tmp_path_factory.mktemp("dependencies")
    pins = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    for name in re.findall(r"^([A-Za-z0-9._-]+)==", pins, re.MULTILINE):
        package = distribution(name)
        tops = {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", ".")}
        for top in tops - {"__pycache__"}:
            link = folder / top
            if not link.exists():
                link.symlink_to(Path(str(package.locate_file(top))))
    return folder


@pytest.fixture(scope="module", params=["*.whl", "*.tar.gz"], ids=["wheel", "sdist"])
def command(
    request: pytest.FixtureRequest,
    built: Path,
    dependencies: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return the command `scrubber` of a fresh environment that has one of the two installed."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{dependencies}\n")
    (package,) = built.glob(request.param)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
            *("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"),
            package,
        ],
        cwd=environment,
        check=True,
        capture_output=True,
        env=os.environ | {"PIP_CONFIG_FILE": os.devnull},
    )
    return environment / "bin" / "scrubber"


def run(command: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command where no source is, in an environment without settings of ours."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SCRUBBER_", "PYTHON", "COVERAGE"))
    }
    return subprocess.run(
        [command, *arguments], cwd=command.parent, env=environment, capture_output=True, check=False
    )


@pytest.fixture(scope="module")
def here() -> bytes:
    """Return what the checkout answers to the samples."""
    return run(Path(sys.executable).with_name("scrubber"), *CHECK).stdout


def test_the_wheel_is_the_package_and_nothing_else(built: Path) -> None:
    """Every file of it, data too, to the byte: no test, tool or table that is not in the tree."""
    (path,) = built.glob("*.whl")
    with ZipFile(path) as wheel:
        brought = {name: wheel.read(name) for name in wheel.namelist()}
    info = f"claims_scrubber-{__version__}.dist-info/"
    assert {name for name in brought if not name.startswith(info)} == set(PACKAGE)
    assert {name: brought[name] for name in PACKAGE} == PACKAGE
    assert f"{info}licenses/LICENSE" in brought


def test_the_data_that_the_package_reads_are_in_it() -> None:
    """Each kind; what the wheel is compared with would else be as empty as the wheel."""
    for pattern in (
        r"payers/packs/.*\.yaml",
        r"reference/article_logic\.yaml",
        r"reference/starter/.*@.*/snapshot\.yaml",
        r"topics/claims-.*\.yaml",
        r"x12/maps/.*",
    ):
        assert any(re.fullmatch(f"scrubber/{pattern}", name) for name in PACKAGE), pattern


def test_no_package_data_is_of_a_licensed_code_set() -> None:
    """The starter's tables are of codes that CMS publishes without a licence: no CPT numbers."""
    numbers = [
        f"{name}: {found[0].decode()}"
        for name, text in PACKAGE.items()
        if name.startswith("scrubber/reference/starter/") and not name.endswith(".yaml")
        if (found := re.findall(rb"(?m)^[0-9]{4}[0-9FTU]\b", text))
    ]
    assert numbers == []


def test_the_sdist_has_package_topics_and_all_beside_them(built: Path) -> None:
    """And nothing that make made: environments, downloads, caches."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        names = {one.name.partition("/")[2] for one in sdist.getmembers() if not one.isdir()}
    wanted = {
        str(one.relative_to(ROOT))
        for folder in ("scrubber", "topics", "schemas", "samples", "changelog.d", "docs")
        for one in files_of(ROOT / folder)
    }
    assert wanted - names == set()
    assert {"LICENSE", "README.md", "pyproject.toml", "CHANGELOG.md"} <= names
    tops = {name.partition("/")[0] for name in names if "/" in name}
    assert tops == {"scrubber", "topics", ".ci", *BESIDE}
    assert not [name for name in names if "node_modules" in name or name.endswith(".pyc")]


def test_it_says_its_version(command: Path) -> None:
    """The one in the source."""
    answer = run(command, "--version")
    assert (answer.returncode, answer.stdout) == (0, f"scrubber {__version__}\n".encode())


def test_it_checks_the_samples_as_the_checkout_does(command: Path, here: bytes) -> None:
    """To the byte: edits, packs, tables and maps are all there."""
    installed = run(command, *CHECK)
    assert installed.returncode == 1, installed.stderr.decode()
    assert installed.stdout == here
    found = [orjson.loads(line) for line in here.splitlines()]
    assert {one["disposition"] for one in found} == {"clean", "rejected", "review"}
    assert {one["versions"]["scrubber"] for one in found} == {__version__}


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("edits", "list"), r"edits/[a-z_]+/[a-z][a-z_]*\.py"),
        (("payers", "show"), r"payers/packs/.*\.yaml"),
        (("reference", "list"), r"reference/starter/.*/snapshot\.yaml"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_it_lists_what_it_brings(command: Path, arguments: tuple[str, ...], file: str) -> None:
    """A line for each edit, pack and table, or for more than these."""
    answer = run(command, *arguments)
    assert answer.returncode == 0, answer.stderr.decode()
    brought = [name for name in PACKAGE if re.fullmatch(f"scrubber/{file}", name)]
    assert len(answer.stdout.splitlines()) >= len(brought) > 0


def test_its_worker_starts_as_far_as_its_settings(command: Path) -> None:
    """Faust and all that it needs is there; without settings it says which."""
    answer = run(command, "worker")
    assert answer.returncode == 78
    assert b"SCRUBBER_BOOTSTRAP_SERVERS: not set" in answer.stderr
