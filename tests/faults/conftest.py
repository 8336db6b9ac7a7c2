"""
The last line of a run of fault tests: what was counted over all of them.

`FAULTS_TOTALS` names a file to which it is added, for a sum over several runs.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import VERDICTS
from tests.faults.totals import Totals


@pytest.fixture(autouse=True)
def _controls_are_not_counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget the verdicts of a test that broke the worker on purpose."""
    before = set(VERDICTS)
    yield
    if request.node.get_closest_marker("control"):
        for prefix in VERDICTS.keys() - before:
            del VERDICTS[prefix]


def pytest_unconfigure() -> None:
    """Print the line below all that pytest has to say."""
    if not VERDICTS:
        return
    totals = Totals.of(VERDICTS.values())
    print(totals)  # noqa: T201
    if file := os.environ.get("FAULTS_TOTALS"):
        totals.add_to(Path(file))
