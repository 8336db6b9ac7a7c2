"""
Whether `scrubber check --output` needs more memory for a larger 837.

`python -m tools.memory_x12 [MEGABYTES...]`: for files of these sizes (20 and 60 unless said), of
many interchanges, of one transaction, and of one in which every claim has faults of structure, the
peak memory of the process and how long it took.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "professional.837"
SIZES = (20, 60)
BLOCKS_WRITTEN = 200  # repetitions of the sample's levels that an interchange of many has


class Shape(NamedTuple):
    """How the claims stand in a file, and whether each has segments at fault."""

    name: str
    in_one: bool = False
    at_fault: bool = False


SHAPES = (
    Shape("many interchanges"),
    Shape("one transaction", in_one=True),
    Shape("one transaction of faults", in_one=True, at_fault=True),
)


class Peak(NamedTuple):
    """Claims, peak resident memory in MB, and seconds of CPU and by the clock."""

    claims: int
    megabytes: float
    cpu_s: float
    wall_s: float


def write(file: BinaryIO, size: int, shape: Shape) -> int:
    """
    Write the sample's claims again and again, up to a size in bytes; return how many.

    In one transaction, or in interchanges of `BLOCKS_WRITTEN` repetitions each.
    """
    in_one = shape.in_one
    segments = SAMPLE.read_bytes().replace(b"\n", b"").rstrip(b"~").split(b"~")
    isa, gs, st = segments[:3]
    levels = next(n for n, one in enumerate(segments) if one.startswith(b"HL*"))
    header, body = segments[3:levels], segments[levels:-3]
    if shape.at_fault:
        body = [one.replace(b"LX*", b"LX*X") for one in body]
    claims = sum(one.startswith(b"CLM*") for one in body)
    blocks = interchange = 0
    while file.tell() < size:
        interchange += 1
        control = b"%09d" % interchange
        fields = isa.split(b"*")
        fields[13] = control
        _put(file, [b"*".join(fields), gs, st, *header])
        count, level = len(header) + 1, 0
        while file.tell() < size and (in_one or level < BLOCKS_WRITTEN * 7):
            blocks += 1
            _put(file, _renumbered(body, level, blocks))
            level += sum(one.startswith(b"HL*") for one in body)
            count += len(body)
        _put(file, [b"SE*%d*0001" % (count + 1), b"GE*1*1", b"IEA*1*" + control])
    return blocks * claims


def _put(file: BinaryIO, segments: list[bytes]) -> None:
    file.write(b"~\n".join(segments) + b"~\n")


def _renumbered(body: list[bytes], level: int, block: int) -> list[bytes]:
    return list(_segments(body, level, block))


def _segments(body: list[bytes], level: int, block: int) -> Iterator[bytes]:
    for one in body:
        fields = one.split(b"*")
        if fields[0] == b"HL":
            fields[1:3] = [
                b"%d" % (int(number) + level) if number else b"" for number in fields[1:3]
            ]
        elif fields[0] == b"CLM":
            fields[1] = b"%s-%d" % (fields[1], block)
        yield b"*".join(fields)


def peak_of(path: Path, output: Path, claims: int) -> Peak:
    """Check a file in a process of its own."""
    command = [sys.executable, "-m", "scrubber.cli.main", "check", str(path)]
    command += ["--format", "jsonl", "--output", str(output), "--no-progress"]
    began = time.monotonic()
    with subprocess.Popen(  # noqa: S603 (our own command)
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr
        said = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 1 or f"{claims:,} claims" not in said:
        raise SystemExit(f"exit code {process.returncode}: {said}")
    scale = 1 << (20 if sys.platform == "darwin" else 10)
    return Peak(
        claims, used.ru_maxrss / scale, used.ru_utime + used.ru_stime, time.monotonic() - began
    )


def measured(folder: Path, megabytes: float, shape: Shape) -> Peak:
    """Write a file, check it, and take it away."""
    path, output = folder / "big.837", folder / "out"
    with path.open("wb") as file:
        claims = write(file, int(megabytes * 1_000_000), shape)
    peak = peak_of(path, output, claims)
    for one in (path, *output.iterdir()):
        one.unlink()
    return peak


def main() -> None:
    """Print a line for each file."""
    sizes = [float(one) for one in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        for shape in SHAPES:
            for size in sizes:
                peak = measured(Path(folder), size, shape)
                print(
                    f"{shape.name}, {size:g} MB, {peak.claims:,} claims: "
                    f"peak {peak.megabytes:.0f} MB, "
                    f"{peak.cpu_s:.0f} s of CPU, {peak.wall_s:.0f} s",
                    flush=True,
                )


if __name__ == "__main__":
    main()
