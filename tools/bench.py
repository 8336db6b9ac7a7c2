"""
Measure the whole check against the cost of merely parsing the same bytes, in one run.

The floor is `orjson.loads` in a plain loop over the lines that keeps nothing. All is CPU time, in
rounds that go through everything by turns; a ratio is the median of the rounds' own, since machines
differ and drift. It ends with 1 when the whole costs more than `MOST_FLOORS` floors, an edit more
than `MOST_SHARE` of the whole, or a worker takes more than `MOST_MIB`. `SCRUBBER_REFERENCE` names
another reference folder than the bundled starter.
"""

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from operator import truediv
from pathlib import Path

import orjson

from scrubber.claim.compile import compile_claim
from scrubber.cli.main import COLLECTED_EVERY
from scrubber.contracts.decode import SchemaInvalid, decode_claim_event
from scrubber.edits.edit import TOGETHER, Edit
from scrubber.edits.registry import all_edits
from scrubber.payers.select import load_packs
from scrubber.pipeline.answer import answers_of
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.intake import Record
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import close, hear
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import Settings, read_settings
from scrubber.reference.shelf import open_shelf
from scrubber.synthetic import generate

CLAIMS = 5_000
ROUNDS = 5
MOST_FLOORS = 25.0
MOST_SHARE = 0.10
MOST_MIB = 300
SEED = 7
EDIT_SAMPLE = 1_000


def by_turns(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds of each work in each round."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            spent[name].append(time.process_time() - start)
    return spent


def over(call: Callable[[bytes], object], records: list[bytes]) -> Callable[[], None]:
    """Return the work of one call on each record."""

    def work() -> None:
        for record in records:
            call(record)

    return work


def in_batches(scrubber: Scrubber, records: list[bytes]) -> Callable[[], None]:
    """Return the work of answering the records as `scrubber check` does."""
    sent = [Record("bench", number, 0, raw) for number, raw in enumerate(records)]

    def work() -> None:
        for _ in answers_of(scrubber, sent):
            pass

    return work


def table(title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """Print three columns."""
    print(f"\n{title}")
    for name, value, note in rows:
        print(f"  {name:<38} {value:>14}  {note}")


def throughput(scrubber: Scrubber, records: list[bytes]) -> tuple[float, float]:
    """Print the stages of a check; return the whole's multiple of the floor and microseconds."""
    fitting = [record for record in records if _fits(record)]
    stages = {
        "orjson.loads (the floor)": over(orjson.loads, fitting),
        "decode": over(decode_claim_event, fitting),
        "decode, compile": over(lambda raw: compile_claim(decode_claim_event(raw).event), fitting),
        "all edits and encode, one by one": over(
            lambda raw: scrubber.answer(raw).encode(), fitting
        ),
        f"all edits and encode, {TOGETHER} together": in_batches(scrubber, fitting),
    }
    spent = by_turns(stages, ROUNDS)
    floors = next(iter(spent.values()))
    rows = []
    for name, rounds in spent.items():
        cost = min(rounds) / len(fitting) * 1e6
        ratio = statistics.median(map(truediv, rounds, floors))
        rows.append((name, f"{cost:.1f} us", f"{ratio:.2f} x floor, {1e6 / cost:,.0f} claims/s"))
    size = statistics.fmean(map(len, fitting))
    table(f"One core, {len(fitting):,} claims of {size:,.0f} bytes", rows)
    slowest = sorted(_latencies(scrubber, records))
    p99 = slowest[int(len(slowest) * 0.99)]
    print(f"  {'p99 of one claim':<38} {p99:>11.1f} us")
    return ratio, cost


def _fits(record: bytes) -> bool:
    try:
        decode_claim_event(record)
    except SchemaInvalid:
        return False
    return True


def _latencies(scrubber: Scrubber, records: list[bytes]) -> Iterable[float]:
    for record in records:
        start = time.perf_counter()
        scrubber.answer(record).encode()
        yield (time.perf_counter() - start) * 1e6


def cost_of_edits(settings: Settings, records: list[bytes], whole: float) -> list[str]:
    """
    Print what each edit adds to a claim; return those that cost too much of the whole.

    It is the engine's run with the edit alone, less its run without any.
    """
    edits = all_edits()
    packs, shelf = load_packs(settings.payer_packs, edits), open_shelf(settings.reference)
    sample = [one for one in records[:EDIT_SAMPLE] if _fits(one)]
    claims = [compile_claim(decode_claim_event(one).event) for one in sample]

    def asking(*asked: Edit) -> Callable[[], None]:
        plans = {
            (kind, pack): Plan(kind, pack, asked, shelf)
            for kind, pack in {(claim.type, packs.pack_for(claim)) for claim in claims}
        }
        planned = [(plans[claim.type, packs.pack_for(claim)], claim, False) for claim in claims]

        def work() -> None:
            for start in range(0, len(planned), TOGETHER):
                for heard in hear(planned[start : start + TOGETHER]):
                    close(heard, None)

        return work

    rows = []
    none = asking()
    for edit in edits:
        if edit.scope != "event":
            spent = by_turns({"none": none, "it": asking(edit)}, 4)
            cost = (min(spent["it"]) - min(spent["none"])) / len(claims) * 1e6
            rows.append((cost, edit))
    rows.sort(key=lambda one: -one[0])
    table(
        f"Cost of an edit a claim; all together {sum(cost for cost, _ in rows):.0f} us",
        [
            (edit.id, f"{cost:.2f} us", f"{cost / whole:.1%}, {edit.scope}, {edit.severity}")
            for cost, edit in rows
        ],
    )
    return [edit.id for cost, edit in rows if cost > MOST_SHARE * whole]


def cold_start(record: bytes) -> None:
    """Print how long `scrubber check` of one claim takes, start-up included, and its memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "one.jsonl")
        file.write_bytes(record + b"\n")
        command = [str(Path(sys.executable).with_name("scrubber")), "check", str(file)]
        runs = [_one_run([*command, "--format", "jsonl"]) for _ in range(ROUNDS)]
    walls = [wall for wall, _ in runs]
    peak = max(memory for _, memory in runs) / 1024
    table(
        "One claim by the command line",
        [
            (
                "scrubber check, start-up included",
                f"{statistics.median(walls):.2f} s",
                "median of 5",
            ),
            ("peak memory", f"{peak:.0f} MiB", "resident"),
        ],
    )


#: What a worker holds in memory besides its connections and state: all its code, and its plans.
_AS_A_WORKER = """
import sys
import scrubber.stream.worker
from scrubber.pipeline.answer import answers_of
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.intake import Record
from scrubber.pipeline.settings import read_settings

records = (Record("bench", 0, 0, raw) for raw in open(sys.argv[1], "rb"))
for _ in answers_of(build_scrubber(read_settings()), records):
    pass
"""


def memory_of_worker(records: list[bytes]) -> float:
    """Print and return the peak MiB of a process that has answered all records as a worker does."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "all.jsonl")
        file.write_bytes(b"\n".join(record for record in records if _fits(record)))
        _, peak = _one_run([sys.executable, "-c", _AS_A_WORKER, str(file)])
    table("A worker", [("peak memory", f"{peak / 1024:.0f} MiB", f"resident, {CLAIMS:,} claims")])
    return peak / 1024


def _one_run(command: list[str]) -> tuple[float, int]:
    """Return wall seconds and peak KiB of a command, seen from a process that is small itself."""
    code = (
        "import resource, subprocess, sys, time; t = time.perf_counter();"
        "subprocess.run(sys.argv[1:], stdout=-3, stderr=-3);"
        "print(time.perf_counter() - t, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=True
    )
    wall, memory = done.stdout.split()
    return float(wall), int(memory)


def main() -> int:
    """Print all tables; 1 when the whole check, an edit, or a worker costs more than it may."""
    records = [orjson.dumps(one.event) for one in generate(CLAIMS, SEED)]
    gc.set_threshold(COLLECTED_EVERY)
    settings = read_settings(os.environ)
    ratio, whole = throughput(build_scrubber(settings), records)
    dear = cost_of_edits(settings, records, whole)
    cold_start(records[0])
    peak = memory_of_worker(records)
    print(f"\nwhole check: {ratio:.2f} x floor; it may cost {MOST_FLOORS:.0f}")
    for edit in dear:
        print(f"{edit} costs more than {MOST_SHARE:.0%} of it")
    if peak > MOST_MIB:
        print(f"a worker takes {peak:.0f} MiB; it may take {MOST_MIB}")
    return int(ratio > MOST_FLOORS or bool(dear) or peak > MOST_MIB)


if __name__ == "__main__":
    sys.exit(main())
