"""`scrubber generate`: synthetic claims with a list of the defects planted in them."""

import argparse
import csv
import io
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from scrubber.synthetic import SyntheticClaim, generate

DEFAULT_SEED = 1
_USAGE_ERROR = 2
_COLUMNS = ("submission_id", "type", "defect", "expected_disposition")


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return count


def add_parser(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser(
        "generate",
        help="write synthetic claims",
        description="Write synthetic claim events, about 85 of 100 clean, the others with one "
        "known defect. The same count and seed give the same bytes.",
    )
    parser.add_argument("count", metavar="N", type=_count, help="how many claims")
    parser.add_argument(
        "--seed",
        metavar="S",
        type=int,
        default=DEFAULT_SEED,
        help="another seed, other claims (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help="write the claims here, and the defects beside them as <stem>.defects.csv "
        "(default: claims to standard output, no list)",
    )
    parser.add_argument(
        "--defects", metavar="FILE", type=Path, help="write the list of defects here"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write claims and defects; 0 when done, 2 when a file cannot be written."""
    output: Path | None = args.output
    defects: Path | None = args.defects
    if output and not defects:
        defects = output.with_name(f"{output.stem}.defects.csv")
    with ExitStack() as files:
        try:
            claims = files.enter_context(output.open("wb")) if output else sys.stdout.buffer
            listed = files.enter_context(defects.open("wb")) if defects else None
        except OSError as error:
            sys.stderr.write(f"scrubber generate: {error.filename}: {error.strerror}\n")
            return _USAGE_ERROR
        _write(args.count, args.seed, claims, listed)
    return 0


def _write(count: int, seed: int, claims: BinaryIO, defects: BinaryIO | None) -> None:
    if defects:
        defects.write(_row(_COLUMNS))
    for synthetic in generate(count, seed):
        claims.write(orjson.dumps(synthetic.event, option=orjson.OPT_APPEND_NEWLINE))
        if defects and synthetic.defect:
            defects.write(_row(_defect_columns(synthetic)))


def _defect_columns(synthetic: SyntheticClaim) -> tuple[str, ...]:
    event = synthetic.event
    return (
        event["submission_id"],
        event["claim"]["type"],
        synthetic.defect or "",
        synthetic.expected_disposition,
    )


def _row(columns: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(columns)
    return text.getvalue().encode()
