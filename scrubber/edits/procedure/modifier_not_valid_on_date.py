"""A modifier was not in force on the service date."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._modifiers import modifier_at
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.dated_codes import DatedCodeView


@line_edit(
    id="modifier-not-valid-on-date",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].modifiers", "lines[].service_from", "payers[].filing_indicator", "type"),
    data=("ioce-modifiers",),
    partial_data=True,
    status_code=("A7:453", "A7:187"),
    carc=("182",),
    source="I/OCE edits 22, 103 and 123",
    checked=date(2026, 11, 26),
    message="Line {line}: modifier {modifier} is not valid on {date}.",
    fix="Use the modifier of that period.",
    when=("line.modifiers",),
)
def modifier_not_valid_on_date(claim: Claim, line: Line, table: DatedCodeView | None) -> Verdict:
    """
    A modifier was not in force on the service date.

    Modifiers come and go with the quarters. The table is the hospitals': on professional claims,
    and for other payers, a person looks.

    Not checked here: a modifier of no date (`modifier-unknown`).
    """
    if not line.modifiers:
        return PASS
    if table is None:
        return no_data("ioce-modifiers", line.day)
    stale = [one for one in line.modifiers if table.status(one) == "other_dates"]
    if not stale:
        return PASS
    decides = claim.is_medicare and claim.type == "institutional" and not claim.is_inpatient
    return several(
        fail(
            modifier_at(line, modifier),
            line,
            severity=None if decides else "review",
            line=line.number,
            modifier=modifier,
            date=line.day,
        )
        for modifier in stale
    )
