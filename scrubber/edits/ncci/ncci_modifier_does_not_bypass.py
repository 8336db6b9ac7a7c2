"""A modifier was added that NCCI does not recognize."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_pair_edit
from scrubber.edits.ncci._pairs import TABLES, ptp_pairs, separating
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.ncci_ptp import PtpRow

#: Often added to separate a pair, and none of the NCCI modifiers.
IN_VAIN = frozenset(("22", "50", "51", "52", "76", "77"))


@line_pair_edit(
    id="ncci-modifier-does-not-bypass",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].modifiers", "lines[].procedure"),
    data=TABLES,
    partial_data=True,
    pairs=ptp_pairs,
    source="NCCI Policy Manual ch. I section E",
    checked=date(2026, 11, 26),
    message="Modifier {modifier} on line {line} does not bypass the NCCI edit with line {other}.",
    fix="Use a modifier from the NCCI list if the record supports it.",
)
def ncci_modifier_does_not_bypass(
    _claim: Claim, column2: Line, column1: Line, row: PtpRow
) -> Verdict:
    """
    A modifier was added that NCCI does not recognize.

    It tells why the pair still fails: repeats, both sides, multiple and reduced services are no
    distinct services.

    Not checked here: the pair itself (`ncci-ptp-modifier-required`).
    """
    if row.indicator != "1" or separating(column2, column1):
        return PASS
    for line, other in ((column2, column1), (column1, column2)):
        for i, modifier in enumerate(line.modifiers):
            if modifier in IN_VAIN:
                return fail(
                    line.at(f"modifiers/{i}"),
                    line,
                    line=line.number,
                    other=other.number,
                    modifier=modifier,
                )
    return PASS
