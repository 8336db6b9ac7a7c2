"""
Measure the whole check against the cost of merely parsing the same bytes, in one run.

The floor is `orjson.loads` in a plain loop over the lines that keeps nothing. Every figure is the
best of five rounds; quote ratios, since machines differ and drift. `SCRUBBER_REFERENCE` names
another reference folder than the bundled starter.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import orjson

from scrubber.claim.compile import compile_claim
from scrubber.contracts.decode import Decoded, SchemaInvalid, decode_claim_event
from scrubber.edits.edit import Edit
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings
from scrubber.synthetic import generate

CLAIMS = 20_000
ROUNDS = 5
AIM = 12.0
SEED = 7
EDIT_SAMPLE = 2_000


def best(work: Callable[[bytes], object], records: list[bytes]) -> float:
    """Return microseconds a record, best of all rounds."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for record in records:
            work(record)
        fastest = min(fastest, time.perf_counter() - start)
    return fastest / len(records) * 1e6


def table(title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """Print three columns."""
    print(f"\n{title}")
    for name, value, note in rows:
        print(f"  {name:<38} {value:>14}  {note}")


def throughput(scrubber: Scrubber, records: list[bytes]) -> float:
    """Print the stages of a check with their multiples of the floor; return that of the whole."""
    floor = best(orjson.loads, records)
    well_formed = [record for record in records if _fits(record)]
    decode = best(decode_claim_event, well_formed)
    compiled = best(lambda raw: compile_claim(decode_claim_event(raw).event), well_formed)
    whole = best(lambda raw: scrubber.answer(raw).encode(), records)
    size = statistics.fmean(map(len, records))
    stages = (
        ("orjson.loads (the floor)", floor),
        ("decode", decode),
        ("decode, compile", compiled),
        ("decode, all edits, encode", whole),
    )
    table(
        f"One core, {len(records):,} claims of {size:,.0f} bytes",
        [
            (name, f"{cost:.1f} us", f"{cost / floor:.2f} x floor, {1e6 / cost:,.0f} claims/s")
            for name, cost in stages
        ],
    )
    slowest = sorted(_latencies(scrubber, records))
    p99 = slowest[int(len(slowest) * 0.99)]
    print(f"  {'p99 of one claim':<38} {p99:>11.1f} us  aim of the whole: {AIM:.0f} x floor")
    return whole / floor


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


def cost_of_edits(scrubber: Scrubber, records: list[bytes]) -> None:
    """Print what each edit adds to a claim: a run with it alone, less a run without any."""
    decoded = [decode_claim_event(one) for one in records[:EDIT_SAMPLE] if _fits(one)]
    bare = _cost(scrubber.with_edits(()), decoded)
    costs = sorted(
        ((_cost(scrubber.with_edits((edit,)), decoded) - bare, edit) for edit in scrubber.edits),
        key=lambda one: -one[0],
    )
    table(
        "Cost of an edit a claim",
        [(edit.id, f"{cost:.2f} us", _note(edit)) for cost, edit in costs],
    )


def _note(edit: Edit) -> str:
    return f"{edit.scope}, {edit.severity}"


def _cost(scrubber: Scrubber, decoded: list[Decoded]) -> float:
    fastest = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for one in decoded:
            scrubber.scrub(one)
        fastest = min(fastest, time.perf_counter() - start)
    return fastest / len(decoded) * 1e6


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
    """Print all tables, and how the whole check stands to its aim."""
    records = [orjson.dumps(one.event) for one in generate(CLAIMS, SEED)]
    scrubber = build_scrubber(read_settings(os.environ))
    ratio = throughput(scrubber, records)
    cost_of_edits(scrubber, records)
    cold_start(records[0])
    reached = "reached" if ratio <= AIM else "not reached"
    print(f"\nwhole check: {ratio:.2f} x floor; the aim of {AIM:.0f} is {reached}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
