"""Modifier 25 is on a code that is not a visit."""

from collections.abc import Callable
from datetime import date
from functools import cached_property

from scrubber.claim.model import Claim, Line
from scrubber.edits.code_ranges import CodeRange, among
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._modifiers import modifier_at
from scrubber.edits.verdict import PASS, Verdict, fail, no_data


class CodesThatTake25(Params):
    """The codes that count as a visit here."""

    visits: tuple[CodeRange, ...] = (
        ("99202", "99499"),
        ("92002", "92014"),
        ("90791", "90792"),
        ("98000", "98016"),
        ("98966", "98972"),
        ("G0101", "G0101"),
        ("G0245", "G0246"),
        ("G0248", "G0248"),
        ("G0402", "G0402"),
        ("G0406", "G0408"),
        ("G0425", "G0427"),
        ("G0438", "G0439"),
        ("G0463", "G0463"),
        ("G0466", "G0470"),
        ("G2010", "G2252"),
        ("S0610", "S0621"),
        ("T1015", "T1015"),
    )
    """First and last code of each range; without any the edit has no data."""

    @cached_property
    def is_visit(self) -> Callable[[str], bool]:
        """The test whether a code takes modifier 25."""
        return among(self.visits)


@line_edit(
    id="modifier-25-on-non-em",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].modifiers"),
    params=CodesThatTake25(),
    status_code=("A7:453",),
    carc=("4",),
    source="Medicare Claims Processing Manual ch. 12 sections 30.6.6, 40.2",
    checked=date(2026, 11, 26),
    message="Line {line}: modifier 25 is only for visit codes, {procedure} is not one.",
    fix="Move 25 to the visit line; a procedure takes 59, X or an anatomic modifier.",
    when=("line.modifiers",),
)
def modifier_25_on_non_em(_claim: Claim, line: Line, params: CodesThatTake25) -> Verdict:
    """
    Modifier 25 is on a code that is not a visit.

    Modifier 25 marks a visit of its own beside a procedure: it stands on the visit, never on the
    procedure. No official list of the codes that take it exists, so a person looks.
    """
    if "25" not in line.modifiers:
        return PASS
    if not params.visits:
        return no_data("visit-codes", line.day)
    if not line.procedure or params.is_visit(line.procedure):
        return PASS
    return fail(modifier_at(line, "25"), line, line=line.number, procedure=line.procedure)
