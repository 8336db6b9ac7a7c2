"""`scrubber write`: claims back into the 837 they came from."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import orjson

from scrubber.cli.sources import complain
from scrubber.contracts.decode import SchemaInvalid, Undecodable, decode_claim_event
from scrubber.x12.correct import CorrectionError
from scrubber.x12.segments import is_x12
from scrubber.x12.write import write_claims

WRITTEN, NOT_ALL, WRONG_USAGE = 0, 1, 2
HEAD_BYTES = 4096
# The claim alone is judged; the event around it only has to be whole.
AROUND = {"schema_version": 1, "submission_id": "-", "submitted_at": "2000-01-01T00:00:00Z"}

Json = dict[str, Any]


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "write",
        help="write claims back into the 837 they came from",
        description="Writes an 837 with those claims of ORIGINAL that the events name: clean "
        "outcomes (also those that follow a reviewer's decision), or claim events. What nobody "
        "changed keeps its bytes; of a corrected claim only the changed elements differ. Of "
        "several events of a submission the latest revision counts.",
        epilog="Exit codes: 0 every claim is written; 1 at least one is not, and why is said (it "
        "is not clean, was not read from ORIGINAL, or has a correction that its segments cannot "
        "carry, such as another patient or a new line); 2 wrong usage, or a file that cannot be "
        "read.",
    )
    parser.add_argument("original", metavar="ORIGINAL", type=Path, help="the 837 that was read")
    parser.add_argument("events", metavar="EVENTS", nargs="+", type=Path, help="one event a line")
    parser.add_argument("--output", metavar="FILE", type=Path, help="instead of standard output")
    parser.set_defaults(run=run)


def run(stated: argparse.Namespace) -> int:
    """Write the claims that can be written; return the exit code."""
    try:
        with ExitStack() as stack:
            stream, original = (stack.enter_context(stated.original.open("rb")) for _ in "12")
            if not is_x12(stream.read(HEAD_BYTES)):
                complain(f"{stated.original}: not X12; only claims read from an 837 can be written")
                return WRONG_USAGE
            stream.seek(0)
            events = [stack.enter_context(path.open("rb")) for path in stated.events]
            claims = Claims(events)
            pieces = write_claims(stream, original, claims.choose, claims.refused)
            wrote = _put(pieces, stated.output)
            claims.say_what_is_left(str(stated.original))
            if not wrote:
                complain("no claim is written, and no file")
            return WRITTEN if wrote and claims.all_written else NOT_ALL
    except OSError as error:
        complain(f"{error.filename}: {(error.strerror or 'not readable').lower()}")
    return WRONG_USAGE


def _put(pieces: Iterator[bytes], output: Path | None) -> bool:
    """Write to a file beside its place and move it there, or to standard output."""
    wrote = False
    if output is None:
        for piece in pieces:
            wrote = bool(sys.stdout.buffer.write(piece)) or wrote
        return wrote
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("wb") as file:
            for piece in pieces:
                wrote = bool(file.write(piece)) or wrote
        if wrote:
            part.replace(output)
        else:
            output.unlink(missing_ok=True)  # of an earlier run
    finally:
        part.unlink(missing_ok=True)
    return wrote


class Claims:
    """The claims to be written, by submission; they stay in their files until asked for."""

    def __init__(self, files: list[IO[bytes]]) -> None:
        """Find each submission's latest event."""
        self.all_written = True
        self._files = files
        # Of each submission the revision, file and offset, and why it is not written ("": it is).
        self._latest: dict[str, tuple[int, int, int, str]] = {}
        for number, file in enumerate(files):
            offset = 0
            for line in file:
                if line.strip():
                    self._find(line, number, offset, file.name)
                offset += len(line)

    def _find(self, line: bytes, number: int, offset: int, name: str) -> None:
        try:
            event = orjson.loads(line)
            submission_id, claim = event["submission_id"], event["claim"]
            revision = event.get("revision") or 0
        except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
            self._leave_out(f"{name}: byte {offset}: not an event with submission_id and claim")
            return
        known = self._latest.get(submission_id)
        if known is None or known[0] <= revision:
            why = "" if event.get("disposition", "clean") == "clean" else "is not clean"
            if not isinstance(claim, dict):
                why = "the event holds no claim"
            self._latest[submission_id] = (revision, number, offset, why)

    def choose(self, submission_id: str) -> Json | bool:
        """Return the claim of a submission as it is to be written."""
        latest = self._latest.pop(submission_id, None)
        if latest is None:
            return False
        _, number, offset, why = latest
        if why:
            self._leave_out(f"{submission_id}: {why}")
            return False
        file = self._files[number]
        file.seek(offset)
        claim: Json = orjson.loads(file.readline())["claim"]
        try:
            decode_claim_event(orjson.dumps({**AROUND, "claim": claim}))
        except SchemaInvalid as error:
            places = ", ".join(fault.pointer for fault in error.faults)
            self._leave_out(f"{submission_id}: does not fit the schema: {places}")
            return False
        except Undecodable as error:
            self._leave_out(f"{submission_id}: {error.reason}")
            return False
        return claim

    def refused(self, submission_id: str, error: CorrectionError) -> None:
        """Say why a claim is left out."""
        self._leave_out(f"{submission_id}: {error}")

    def say_what_is_left(self, original: str) -> None:
        """Say which claims the original does not hold."""
        for submission_id in self._latest:
            self._leave_out(f"{submission_id}: was not read from {original}; it has no 837 there")

    def _leave_out(self, why: str) -> None:
        self.all_written = False
        complain(why)
