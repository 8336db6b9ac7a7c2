"""Memory does not grow with a file, whatever is written beside its outcomes."""

from pathlib import Path

import pytest

from tools.memory_x12 import measured

NOISE_MB = 4  # two runs on the same file differ by one or two


@pytest.mark.parametrize("in_one", [False, True], ids=["many interchanges", "one transaction"])
def test_a_check_with_all_its_answers_needs_no_more_memory_for_more_claims(
    tmp_path: Path, *, in_one: bool
) -> None:
    """Outcomes, 999, 277CA and clean claims of a file four times as long."""
    small, large = (measured(tmp_path, size, in_one=in_one) for size in (0.8, 3.2))
    assert large.claims > small.claims * 3
    assert large.megabytes < small.megabytes + NOISE_MB


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("in_one", [False, True], ids=["many interchanges", "one transaction"])
def test_sixty_megabytes_need_what_twenty_need(tmp_path: Path, *, in_one: bool) -> None:
    """A hundred thousand claims and more; `make memory` does the same with a gigabyte."""
    small, large = (measured(tmp_path, size, in_one=in_one) for size in (20, 60))
    assert large.megabytes < small.megabytes + NOISE_MB
