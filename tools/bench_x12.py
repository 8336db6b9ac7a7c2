"""
837 text measured beside other parsers and beside JSON, in one run on the same file.

pyx12, x12sdk and linuxforhealth-x12 read and validate it, each in a process of its own (`make
bench` puts the latter two into `.peers/`). Ours reads it, checks its structure and writes the 999;
then makes claims of it too, in the same pass; then answers these with all edits on, in batches
as `scrubber check` does. All is CPU time of one core, since the cores of a machine need not be
equally fast, in rounds that go through everything by turns; a ratio is the median of the rounds'
own. It ends with 1 when a bound is not held, or a parser is not there.
`SCRUBBER_REFERENCE` names another reference folder than the bundled starter.

`python -m tools.bench_x12 [FILE]`: an 837 whose one transaction is repeated.
"""

import gc
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from scrubber.cli.main import COLLECTED_EVERY
from scrubber.pipeline.answer import answers_of
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.intake import read_records
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings
from scrubber.x12.acknowledge import Acknowledgments, acknowledge
from scrubber.x12.claim_status import FileAnswer
from scrubber.x12.read import read_claims

ROOT = Path(__file__).parent.parent
PEERS = ("pyx12", "x12sdk", "linuxforhealth-x12")
ROUNDS = 11
TRANSACTIONS = 120
STRUCTURE, OUTCOMES, JSON = 8.0, 4.0, 0.5  # how many times the fastest of them; of the JSON speed
SAMPLE = ROOT / "samples" / "professional.837"


def repeated(path: Path, times: int) -> tuple[bytes, int]:
    """Return a file with its transaction many times, its claims numbered on, and their count."""
    segments = path.read_bytes().replace(b"\n", b"").rstrip(b"~").split(b"~")
    body = segments[2:-2]
    claims = sum(one.startswith(b"CLM*") for one in body)
    out = segments[:2]
    for number in range(times):
        for one in body:
            if one.startswith((b"ST*", b"SE*")):
                elements = one.split(b"*")
                elements[2] = b"%04d" % number
                out.append(b"*".join(elements))
            elif one.startswith(b"CLM*"):
                _, control, rest = one.split(b"*", 2)
                out.append(b"CLM*%s-%d*%s" % (control, number, rest))
            else:
                out.append(one)
    end = segments[-2].split(b"*")
    out += [b"GE*%d*%s" % (times, end[2]), segments[-1], b""]
    return b"~".join(out), claims * times


class Peer:
    """A parser in its process, which reads the file when asked."""

    def __init__(self, name: str, path: Path, stack: ExitStack) -> None:
        """Start it, and let it read once to warm up."""
        folder = ROOT / ".peers" / name
        self._process = stack.enter_context(
            subprocess.Popen(  # noqa: S603 (a file of ours)
                [sys.executable, str(ROOT / "tools" / "x12_peer.py"), name, str(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={"PYTHONPATH": str(folder)},
            )
        )
        stack.callback(self._process.kill)
        self._name = name
        self.seconds()

    def seconds(self) -> float:
        """Return the CPU seconds of one reading of the whole file."""
        into, out = self._process.stdin, self._process.stdout
        assert into
        assert out
        into.write("\n")
        into.flush()
        answer = out.readline().split()
        if len(answer) != 2 or int(answer[1]) != TRANSACTIONS:  # noqa: PLR2004 (seconds, count)
            sys.exit(f"{self._name} did not read the file, or is not there: see make bench")
        return float(answer[0])


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """Return what runs the work and returns its CPU seconds."""

    def seconds() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return seconds


def ours(raw: bytes, scrubber: Scrubber) -> dict[str, Callable[[], float]]:
    """Return what of ours is measured."""

    def stream() -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(raw))  # type: ignore[arg-type]

    def structure() -> None:
        b"".join(acknowledge(stream()))

    def claims() -> None:
        answer = Acknowledgments()
        written: list[bytes] = []
        sum(1 for _ in read_claims(stream(), lambda *one: written.extend(answer.take(*one))))
        b"".join(written)

    def answers() -> None:
        with closing(FileAnswer()) as answer:
            records = read_records(stream(), "bench.837", answer.watch)
            sum(1 for _ in answers_of(scrubber, records))
            b"".join(answer.acknowledgment())

    def outcomes() -> None:
        sum(1 for _ in answers_of(scrubber, read_records(stream(), "bench.837")))

    events = list(read_records(stream(), "bench.837"))

    def from_json() -> None:
        sum(1 for _ in answers_of(scrubber, events))

    return {
        "structure": timed(structure),
        "structure, claims": timed(claims),
        "structure, claims, outcomes": timed(answers),
        "claims, outcomes": timed(outcomes),
        "JSON, outcomes": timed(from_json),
    }


def main() -> None:
    """Print the rates and the ratios."""
    raw, claims = repeated(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE, TRANSACTIONS)
    if hasattr(os, "sched_setaffinity"):  # not everywhere
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    scrubber = build_scrubber(read_settings(os.environ))
    gc.set_threshold(COLLECTED_EVERY)  # as our commands do
    with tempfile.NamedTemporaryFile(suffix=".837") as file, ExitStack() as stack:
        file.write(raw)
        file.flush()
        works = {name: Peer(name, Path(file.name), stack).seconds for name in PEERS}
        works |= ours(raw, scrubber)
        for work in works.values():
            work()
        rounds = [{name: work() for name, work in works.items()} for _ in range(ROUNDS)]
    print(f"\nOne core, the same {claims:,} claims of {len(raw):,} bytes of 837")
    for name in works:
        seconds = statistics.median(one[name] for one in rounds)
        print(f"  {name:<30} {claims / seconds:>10,.0f} claims/s")
    print("\nRatios, and what they are to be")

    def ratio(of: str, *beside: str) -> float:
        return statistics.median(min(one[name] for name in beside) / one[of] for one in rounds)

    bounds = {
        "structure : fastest of them": (ratio("structure", *PEERS), STRUCTURE),
        "with claims : fastest of them": (ratio("structure, claims", *PEERS), 0.0),
        "with outcomes : fastest of them": (
            ratio("structure, claims, outcomes", *PEERS),
            OUTCOMES,
        ),
        "837 : JSON, to outcomes": (ratio("claims, outcomes", "JSON, outcomes"), JSON),
    }
    for name, (value, least) in bounds.items():
        print(f"  {name:<32} {value:>8.2f}" + (f"  at least {least}" if least else ""))
    if missed := [name for name, (value, least) in bounds.items() if value < least]:
        sys.exit(f"too slow: {', '.join(missed)}")


if __name__ == "__main__":
    main()
