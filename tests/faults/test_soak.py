"""F20: random faults at random moments, under steady load."""

from pathlib import Path

import pytest

from tests.faults.soak import soak
from tests.kafka.cluster import Cluster
from tests.kafka.fixtures import VERSION


@pytest.mark.long
@pytest.mark.parametrize(("seconds", "seed"), [(20, 3), (120, 4)])
async def test_random_faults_lose_and_repeat_nothing(
    tmp_path: Path, seconds: float, seed: int
) -> None:
    """Killed, stopped, frozen and scaled workers, and a broker that is killed and comes back."""
    with Cluster(tmp_path / "kafka", version=VERSION) as cluster:
        verdict = await soak(cluster, tmp_path / "soak", seconds, seed, print, first=2_000)
    assert verdict.exact, str(verdict)
