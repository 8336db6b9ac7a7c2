"""A terminated procedure has modifier 50 or more than one unit."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.outpatient import BILLS, EDITOR, bill_of, day_is_denied
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

REDUCED, BEFORE_ANESTHESIA = "52", "73"
TERMINATED = frozenset((REDUCED, BEFORE_ANESTHESIA))
BOTH_SIDES = "50"
#: Bill types on which the editor returns the claim; on others with unit edits a person looks.
RETURNED = ("12", "13", "14", "85")


def _is_bilateral(line: Line, editor: OutpatientView) -> bool:
    return BOTH_SIDES in line.modifiers and editor.code(line.procedure).bilateral


def _is_multiple(line: Line) -> bool:
    return line.units is not None and line.units > 1


@day_edit(
    id="ioce-terminated-bilateral",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].units",
        "lines[].service_from",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    data=(EDITOR, BILLS),
    partial_data=True,
    status_code=("A7:453", "A7:476"),
    carc=("4",),
    source="I/OCE edit 37",
    checked=date(2026, 11, 26),
    message="Line {line}: terminated {procedure} cannot be bilateral or multiple.",
    fix="One unit, no modifier 50.",
)
def ioce_terminated_bilateral(
    claim: Claim,
    lines: tuple[Line, ...],
    editor: OutpatientView | None,
    bills: BillTypeView | None,
) -> Verdict:
    """
    A terminated procedure has modifier 50 or more than one unit.

    What ended before it began was not done twice, nor on both sides. Reduced services (52) in
    several units are left to a person: each unit may have been reduced.
    """
    ended = [line for line in lines if line.modifiers and not TERMINATED.isdisjoint(line.modifiers)]
    if not ended or claim.is_inpatient:
        return PASS
    if bills is None:
        return no_data(BILLS, lines[0].day)
    if not bills.edits(claim.bill_type, claim.condition_codes).units:
        return PASS
    if editor is None:
        return no_data(EDITOR, lines[0].day)
    found = [line for line in ended if _is_multiple(line) or _is_bilateral(line, editor)]
    if not found or day_is_denied(claim, lines, editor):
        return PASS
    sure = claim.is_medicare and bill_of(claim) in RETURNED
    return several(
        fail(
            line.at("modifiers"),
            line,
            severity=None
            if sure and (BEFORE_ANESTHESIA in line.modifiers or _is_bilateral(line, editor))
            else "review",
            line=line.number,
            procedure=line.procedure,
        )
        for line in found
    )
