"""What several tests need: the optional shared data, and the claims that twins start from."""

from datetime import date
from pathlib import Path

import pytest

from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings
from scrubber.reference.importers.load import Choice, Imported, import_files

pytest_plugins = ["tests.kafka.fixtures"]

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of official files and sample claims, which lies beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the official code files (../shared) are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def full_reference(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every shared official table imported, once a session."""
    folder = tmp_path_factory.mktemp("reference")
    data = shared_data / "data"
    ioce = data / "ioce_v27_tables"
    for files, choice in (
        (sorted((data / "ncci_2024q3").glob("*.csv*")), Choice()),
        (
            [
                ioce / name
                for name in (
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
            ],
            Choice(),
        ),
        (sorted((data / "mce").glob("*_*.*")), Choice()),
        ([data / "icd10cm" / "icd10c-tabular-April-1-2026.xml.gz"], Choice()),
        ([data / "hcpcs_level2" / "hcpcs_level2_2024_attributes_no_descriptions.csv"], Choice()),
        (
            [data / "place_of_service" / "place_of_service.csv"],
            Choice(effective=date(2024, 1, 1), expires=date(2024, 12, 31)),
        ),
        (sorted((data / "nucc_taxonomy").glob("*.csv")), Choice()),
        (sorted((data / "pprrvu").glob("*.csv.gz")), Choice()),
        (sorted((data / "carc_rarc_codes").glob("*.csv")), Choice()),
        (sorted((data / "mcd_articles").glob("*.json")), Choice(effective=date(2026, 10, 1))),
    ):
        imported = list(import_files(files, folder, choice))
        assert imported
        assert all(isinstance(one, Imported) for one in imported), imported
    return folder


@pytest.fixture(scope="session")
def full_scrubber(full_reference: Path) -> Scrubber:
    """Return a scrubber that has every shared table."""
    return build_scrubber(read_settings({}, reference=full_reference))
