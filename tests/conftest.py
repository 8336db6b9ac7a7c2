"""What several tests need: the optional shared data, and the claims that twins start from."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings

pytest_plugins = ["tests.kafka.fixtures"]

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
IOCE = (
    "data_dx10.csv.gz",
    "data_hcpcs.csv.gz",
    "data_modifier.csv",
    "data_revenue.csv",
    "map_device_procedure.csv",
    "map_modifier_conflict.csv",
    "pbt_control.csv",
    "pbt_map.csv",
    "version_range.csv",
)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of official files and sample claims, which lies beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the official code files (../shared) are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def full_reference(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    Return a folder with every shared official table imported, once a session.

    By the command, in processes of its own: millions of rows read under the eye of the coverage
    measurement would take minutes.
    """
    folder = tmp_path_factory.mktemp("reference")
    data = shared_data / "data"
    year_of_claims = ("--effective", "2024-01-01", "--expires", "2024-12-31")
    calls = [
        # The largest first; each is a table of its own.
        *([path] for path in sorted((data / "ncci_2024q3").glob("*.csv*"), key=_bytes)),
        sorted((data / "pprrvu").glob("*.csv.gz")),
        [data / "ioce_v27_tables" / name for name in IOCE],
        sorted((data / "mce").glob("*_*.*")),
        [data / "icd10cm" / "icd10c-tabular-April-1-2026.xml.gz"],
        [data / "hcpcs_level2" / "hcpcs_level2_2024_attributes_no_descriptions.csv"],
        [data / "place_of_service" / "place_of_service.csv", *year_of_claims],
        sorted((data / "nucc_taxonomy").glob("*.csv")),
        sorted((data / "carc_rarc_codes").glob("*.csv")),
        [*sorted((data / "mcd_articles").glob("*.json")), "--effective", "2026-10-01"],
    ]

    def run(arguments: Sequence[Path | str]) -> None:
        command = [sys.executable, "-m", "scrubber.cli.main", "reference", "import"]
        ended = subprocess.run(
            [*command, *arguments, "--into", folder], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, calls))
    return folder


def _bytes(path: Path) -> int:
    return -path.stat().st_size


@pytest.fixture(scope="session")
def full_scrubber(full_reference: Path) -> Scrubber:
    """Return a scrubber that has every shared table."""
    return build_scrubber(read_settings({}, reference=full_reference))
