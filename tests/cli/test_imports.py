"""What a command does not need, it does not load."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

SCRIPT = """
import sys
from scrubber.cli.main import main
code = main(sys.argv[1:])
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted(loaded & {"aiokafka", "faust", "lmdb", "mode", "prometheus_client"}), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["check", "samples/claims.jsonl", "--no-progress"], 1), (["edits", "list"], 0)],
)
def test_no_broker_library_is_loaded_without_a_broker(arguments: list[str], code: int) -> None:
    """A practice with one machine waits for none, and none can break."""
    command = [sys.executable, "-c", SCRIPT, *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    assert ended.stderr.splitlines()[-1] == ""
