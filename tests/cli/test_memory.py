"""Memory does not grow with a file, whatever is written beside its outcomes."""

from pathlib import Path

import pytest

from tools.memory_x12 import SHAPES, Shape, measured

NOISE_MB = 4


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("shape", SHAPES, ids=[one.name for one in SHAPES])
@pytest.mark.parametrize("sizes", [(0.8, 3.2), (20, 60)], ids=["3 MB", "60 MB"])
def test_a_check_with_all_its_answers_needs_no_more_memory_for_more_claims(
    tmp_path: Path, sizes: tuple[float, float], shape: Shape
) -> None:
    """Outcomes, 999, 277CA and clean claims; `make memory` does the same with a gigabyte."""
    small, large = (measured(tmp_path, size, shape) for size in sizes)
    assert large.claims > small.claims * 2
    assert large.megabytes < small.megabytes + NOISE_MB
