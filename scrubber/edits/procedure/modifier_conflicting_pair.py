"""Two modifiers on one line contradict each other."""

from datetime import date
from itertools import combinations

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._modifiers import modifier_at
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.dated_codes import DatedCodeView

PAIRS = frozenset((frozenset(("26", "TC")), frozenset(("JW", "JZ"))))
SIDES = frozenset(("RT", "LT"))


@line_edit(
    id="modifier-conflicting-pair",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].modifiers", "lines[].service_from", "type"),
    data=("ioce-modifier-conflicts",),
    partial_data=True,
    status_code=("A7:453",),
    carc=("4",),
    source=(
        "I/OCE edit 102; Medicare Claims Processing Manual ch. 13 section 20, ch. 17 section 40"
    ),
    checked=date(2026, 11, 26),
    message="Line {line}: modifiers {a} and {b} cannot be used together.",
    fix="Keep the one that describes the service.",
)
def modifier_conflicting_pair(claim: Claim, line: Line, table: DatedCodeView | None) -> Verdict:
    """
    Two modifiers on one line contradict each other.

    A line is the professional part or the technical one, its drug was wasted or it was not. The
    I/OCE names other pairs for hospitals. RT with LT is a note: some suppliers bill pairs so.
    """
    if len(line.modifiers) < 2:  # noqa: PLR2004 (a pair)
        return PASS
    hospital = claim.is_medicare and claim.type == "institutional" and not claim.is_inpatient
    said: list[Fail | NoData] = []
    for a, b in combinations(line.modifiers, 2):
        pair = frozenset((a, b))
        listed = hospital and table is not None and table.status(a + b) == "in_force"
        if pair in PAIRS or pair == SIDES or listed:
            said.append(
                fail(
                    modifier_at(line, b),
                    line,
                    severity="warn" if pair == SIDES else None,
                    line=line.number,
                    a=a,
                    b=b,
                )
            )
    if hospital and table is None:
        said.append(no_data("ioce-modifier-conflicts", line.day))
    return several(said)
