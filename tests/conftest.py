"""What several tests need: the optional shared data, and the claims that twins start from."""

from pathlib import Path

import pytest

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
    import_shared_tables(shared_data / "data", folder)
    return folder


@pytest.fixture(scope="session")
def full_scrubber(full_reference: Path) -> Scrubber:
    """Return a scrubber that has every shared table."""
    return build_scrubber(read_settings({}, reference=full_reference))
