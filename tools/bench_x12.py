"""
Reading plus structure checks beside pyx12's, on the same file in the same run.

`python tools/bench_x12.py [FILE]`: claims a second of each, best of three, and the ratio.
"""

import io
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyx12.params
import pyx12.x12n_document

from scrubber.x12.acknowledge import acknowledge

SAMPLE = Path(__file__).parent.parent / "samples" / "professional.837"
ROUNDS = 3
OURS, THEIRS = 400, 20  # times the transaction stands in the file


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


def rate(run: Callable[[], object], claims: int) -> float:
    """Return claims a second, the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        best = max(best, claims / (time.process_time() - start))
    return best


def main() -> None:
    """Print both rates and the ratio."""
    logging.disable(logging.CRITICAL)
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    raw, claims = repeated(path, OURS)
    ours = rate(lambda: b"".join(acknowledge(io.BytesIO(raw))), claims)
    short, few = repeated(path, THEIRS)
    text = short.decode()

    def theirs() -> object:
        answer = io.StringIO()
        parameters = pyx12.params.params()
        return pyx12.x12n_document.x12n_document(parameters, io.StringIO(text), answer, None)

    other = rate(theirs, few)
    print(f"ours, read, checked and answered by a 999: {ours:,.0f} claims a second of CPU")
    print(f"pyx12 x12n_document, the same:            {other:,.0f}")
    print(f"ratio: {ours / other:.1f}")


if __name__ == "__main__":
    main()
