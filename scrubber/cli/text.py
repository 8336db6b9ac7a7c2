"""The report for people: a line a claim, a table where something is wrong, a summary."""

import sys
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scrubber.cli.summary import DISPOSITIONS, Summary
from scrubber.pipeline.answer import Answer, DeadLetter

COLOURS = {"clean": "green", "rejected": "red", "review": "yellow"}
SEVERITIES = {"reject": "red", "review": "yellow", "warn": "cyan", "info": "dim"}
MARKS = {"clean": "✓", "rejected": "✗", "review": "?"}
PLAIN_MARKS = {"clean": "+", "rejected": "x", "review": "?"}
PLAIN_WIDTH = 110
#: Said once in the summary instead of on every claim.
SUMMED_UP = "reference-edition-missing"


class TextReport:
    """Prints to standard output; colours on a terminal only."""

    def __init__(self, summary: Summary) -> None:
        """Settle what the terminal can show."""
        self._summary = summary
        width = None if sys.stdout.isatty() else PLAIN_WIDTH
        self._console = Console(width=width, highlight=False, soft_wrap=False)
        unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        self._marks = MARKS if unicode else PLAIN_MARKS
        self._box = box.SIMPLE_HEAD if unicode else box.ASCII

    def __enter__(self) -> Self:
        """Nothing is printed before the first claim."""
        return self

    def answer(self, result: Answer) -> None:
        """Print one claim."""
        body = orjson.loads(result.outcome)
        self._console.print(self._heading(body), soft_wrap=True)  # a line, however long
        findings = [one for one in body["findings"] if one["edit"] != SUMMED_UP]
        if findings:
            self._console.print(self._table(findings))
        for one in body["bypassed"]:
            self._console.print(Text(f"    allowed: {one['edit']} ({one['reason']})", style="dim"))

    def _heading(self, body: dict[str, Any]) -> Text:
        claim = body["claim"] if isinstance(body["claim"], dict) else {}
        disposition = body["disposition"]
        parts = [
            _plain(claim.get("type")),
            f"${_plain(claim.get('total_charge'))}" if claim.get("total_charge") else "",
            f"patient control number {_plain(claim.get('patient_control_number'))}"
            if claim.get("patient_control_number")
            else "",
        ]
        heading = Text(f"{self._marks[disposition]} {disposition:<9}", style=COLOURS[disposition])
        heading.append(body["submission_id"], style="bold")
        heading.append("  " + ", ".join(part for part in parts if part), style="dim")
        review = body["review"]
        if review:
            heading.append(f"  priority {review['priority']}, queue {review['queue']}", "yellow")
        return heading

    def _table(self, findings: list[dict[str, Any]]) -> Table:
        table = Table(box=self._box, pad_edge=False, show_edge=False, padding=(0, 1))
        table.add_column("", width=2)
        table.add_column("severity", no_wrap=True)
        table.add_column("line", no_wrap=True)
        table.add_column("what is wrong", ratio=3)
        table.add_column("what to do", ratio=2)
        for one in findings:
            what = Text(one["message"])
            what.append(f"\n{one['edit']}", style="dim")
            style = SEVERITIES[one["severity"]]
            lines = ", ".join(map(str, one["lines"]))
            table.add_row("", Text(one["severity"], style), lines, what, Text(one["fix"]))
        return table

    def dead_letter(self, result: DeadLetter) -> None:
        """Print one record that could not be read."""
        self._console.print(Text(f"! dead letter  {result.place_and_reason}", style="magenta"))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Print the summary."""
        if kind is not None:
            return
        summary, console = self._summary, self._console
        table = Table(box=self._box, pad_edge=False, show_edge=False, title="Summary")
        table.title_justify = "left"
        table.add_column("")
        table.add_column("claims", justify="right")
        table.add_column("dollars", justify="right")
        for name in DISPOSITIONS:
            amount = f"{summary.dollars[name]:,.2f}"
            table.add_row(Text(name, COLOURS[name]), f"{summary.claims[name]:,}", amount)
        held = Decimal(summary.dollars_held)
        table.add_row(
            "held", f"{summary.claims.total() - summary.claims['clean']:,}", f"{held:,.2f}"
        )
        console.print()
        console.print(table)
        if summary.commonest():
            console.print("\nCommonest edits, by claims")
            for edit, count in summary.commonest():
                console.print(f"  {count:>7,}  {edit}")
        console.print()
        for line in summary.lines():
            console.print(line, soft_wrap=True)


def _plain(value: object) -> str:
    """Return a value of the claim without what could steer a terminal."""
    return "".join(character for character in str(value) if character.isprintable())
