"""The forms of a report: text for people, jsonl and csv for programs, a folder of files."""

import csv
import sys
from base64 import b64encode
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

import orjson

from scrubber.cli.summary import Summary
from scrubber.pipeline.answer import Answer, DeadLetter, Result

KEPT_BYTES = 1 << 20  # of a dead letter: a record may be longer


class Report(Protocol):
    """Where results go, one by one."""

    def answer(self, result: Answer) -> None:
        """Report an outcome."""

    def dead_letter(self, result: DeadLetter) -> None:
        """Report a record without an outcome."""


def report_of(form: str, summary: Summary) -> AbstractContextManager[Report]:
    """Return the report of a `--format`, on standard output."""
    if form == "text":
        from scrubber.cli.text import TextReport  # noqa: PLC0415 (the others need no terminal)

        return TextReport(summary)
    return CsvReport(summary) if form == "csv" else JsonlReport(summary)


class _ForPrograms:
    """What both machine forms share: dead letters and the summary go to standard error."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary

    def __enter__(self) -> Self:
        return self

    def dead_letter(self, result: DeadLetter) -> None:
        """Say it to people."""
        print(f"dead letter: {result.place_and_reason}", file=sys.stderr)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            sys.stdout.flush()
            for line in self._summary.lines():
                print(line, file=sys.stderr)


class JsonlReport(_ForPrograms):
    """One outcome event a line, and nothing else."""

    def answer(self, result: Answer) -> None:
        """Write the outcome."""
        sys.stdout.buffer.write(result.outcome + b"\n")


class CsvReport(_ForPrograms):
    """One row a finding, and one for a claim without any."""

    COLUMNS = (
        "file", "record", "submission_id", "disposition", "edit", "severity", "path", "lines",
        "message", "fix", "source", "status_code", "carc",
    )  # fmt: skip

    def __init__(self, summary: Summary) -> None:
        """Write the header."""
        super().__init__(summary)
        self._rows = csv.writer(sys.stdout, lineterminator="\n")
        self._rows.writerow(self.COLUMNS)

    def answer(self, result: Answer) -> None:
        """Write the rows of an outcome."""
        body = orjson.loads(result.outcome)
        record = result.record
        head = (record.file, record.number, body["submission_id"], body["disposition"])
        findings: list[dict[str, Any]] = body["findings"] or [{}]
        for one in findings:
            cells = [one.get(column, "") for column in self.COLUMNS[4:]]
            flat = [" ".join(map(str, cell)) if isinstance(cell, list) else cell for cell in cells]
            self._rows.writerow((*head, *flat))


class OutputFolder:
    """The files of `--output`: written beside their places, moved there when all went well."""

    NAMES = ("clean.jsonl", "rejected.jsonl", "review.jsonl", "dead-letter.jsonl")

    def __init__(self, folder: Path, summary: Summary) -> None:
        """Create the folder where it is not there; raises `OSError`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._summary = summary
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Self:
        """Open the files under other names."""
        for name in self.NAMES:
            self._files[name] = (self._folder / f".{name}.part").open("wb")
        return self

    def write(self, result: Result) -> None:
        """Put a result where it belongs."""
        if isinstance(result, DeadLetter):
            self._files["dead-letter.jsonl"].write(orjson.dumps(_letter(result)) + b"\n")
        else:
            self._files[f"{result.disposition}.jsonl"].write(result.outcome + b"\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Move the files to their places, or take them away."""
        for name, file in self._files.items():
            file.close()
            part = self._folder / f".{name}.part"
            if kind is None:
                part.replace(self._folder / name)
            else:
                part.unlink()
        if kind is None:
            part = self._folder / ".summary.json.part"
            part.write_bytes(orjson.dumps(self._summary.document(), option=orjson.OPT_INDENT_2))
            part.replace(self._folder / "summary.json")


def _letter(result: DeadLetter) -> dict[str, Any]:
    record = result.record
    return {
        "file": record.file,
        "record": record.number,
        "offset": result.offset,
        "error_type": result.error_type,
        "error": result.error,
        "raw_base64": b64encode(record.raw[:KEPT_BYTES]).decode(),
    }
