"""
What a run of fault tests counted over all of them.

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the sum; `python -m tests.faults` repeats it below all that pytest has to say."""
    if not VERDICTS:
        return
    totals = Totals.of(VERDICTS.values())
    terminalreporter.write_line(str(totals))
    if file := os.environ.get("FAULTS_TOTALS"):
        totals.add_to(Path(file))
