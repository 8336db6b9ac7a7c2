"""The add-on's primary line has a reject finding."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import closing_edit
from scrubber.edits.ncci._add_ons import ADD_ONS, is_primary
from scrubber.edits.results import Results
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, several
from scrubber.reference.ncci_aoc import AocView


def _rejected_lines(results: Results) -> dict[int, str]:
    """Return which lines have a reject finding, and of which edit (the first)."""
    rejected: dict[int, str] = {}
    for edit, severity, found in results.failures:
        if severity == "reject":
            for one in found:
                for number in one.lines:
                    rejected.setdefault(number, edit.id)
    return rejected


def _dependent(claim: Claim, rejected: dict[int, str], own: AocView) -> Iterator[Fail]:
    for day, lines in claim.by_day:
        table = own if day == claim.day else own.on(day)
        if table is None:
            continue
        for line in lines:
            if table.find(line.procedure).type != "1":
                continue
            primaries = [
                other
                for other in lines
                if other.rendering_npi == line.rendering_npi
                and other.units != 0
                and is_primary(line, other, table)
            ]
            if primaries and all(other.number in rejected for other in primaries):
                first = primaries[0].number
                yield fail(
                    line.at("procedure"),
                    line,
                    line=line.number,
                    other=first,
                    edit=rejected[first],
                )


@closing_edit(
    id="add-on-primary-rejected",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].service_from"),
    data=(ADD_ONS,),
    carc=("107",),
    source="CMS NCCI add-on code edits (add-on payable only when the primary is payable)",
    checked=date(2026, 11, 26),
    message="Add-on line {line} depends on line {other}, which is rejected by {edit}.",
    fix="Correct the primary line first.",
)
def add_on_primary_rejected(claim: Claim, results: Results, table: AocView) -> Verdict:
    """
    The add-on's primary line has a reject finding.

    An add-on is paid only when its primary is: both lines wait for the correction of one. A
    second primary without a finding supports it alone.
    """
    rejected = _rejected_lines(results)
    return several(_dependent(claim, rejected, table)) if rejected else PASS
