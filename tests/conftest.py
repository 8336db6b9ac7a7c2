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
