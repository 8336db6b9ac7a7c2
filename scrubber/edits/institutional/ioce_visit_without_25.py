"""A hospital visit and a procedure on one day lack modifier 25."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.institutional._visits import visits
from scrubber.edits.outpatient import (
    BILLS,
    EDITOR,
    bill_of,
    day_is_denied,
    is_physicians,
    opps_editor,
    pays_comprehensively,
)
from scrubber.edits.verdict import PASS, NoData, Verdict, bypassed, fail, several
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

SEPARATE = "25"
#: Bill types on which the editor returns the claim; on 14x, for tests alone, a person looks.
RETURNED = ("12", "13")


def _procedures(
    claim: Claim, lines: tuple[Line, ...], editor: OutpatientView
) -> tuple[list[Line], bool]:
    """Return the type S and T lines of the day, and whether all of them give a vaccine."""
    critical = pays_comprehensively(claim)
    found = []
    for line in lines:
        held = editor.code(line.procedure)
        if held.status_indicator in ("S", "T") or (critical and held.critical_care):
            found.append(line)
    return found, all(editor.code(line.procedure).vaccine for line in found)


@day_edit(
    id="ioce-visit-without-25",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].revenue_code",
        "lines[].service_from",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    data=(EDITOR, BILLS),
    partial_data=True,
    can_bypass=True,
    status_code=("A7:453",),
    carc=("4",),
    source="I/OCE edit 21 (return to provider)",
    checked=date(2026, 11, 26),
    message="Line {line}: visit {procedure} with a procedure on {date} needs modifier 25.",
    fix="Add 25 if the visit was separate and significant.",
)
def ioce_visit_without_25(
    claim: Claim,
    lines: tuple[Line, ...],
    editor: OutpatientView | None,
    bills: BillTypeView | None,
) -> Verdict:
    """
    A hospital visit and a procedure on one day lack modifier 25.

    A visit beside a type S or T procedure is paid when it was separate, which 25 on its line
    says. Giving a vaccine is no such procedure. Lines of physicians (revenue codes 096x to 098x)
    are not counted.
    """
    if len(lines) < 2:  # noqa: PLR2004 (a visit and a procedure)
        return PASS
    known = opps_editor(claim, lines, editor, bills)
    if known is None or isinstance(known, NoData):
        return known or PASS
    own = tuple([line for line in lines if not is_physicians(line)])
    bare = [visit for visit in visits(claim, own, known) if SEPARATE not in visit.line.modifiers]
    if not bare:
        return PASS
    procedures, vaccines = _procedures(claim, own, known)
    if not procedures or day_is_denied(claim, lines, known):
        return PASS
    if vaccines:
        return bypassed("only vaccines beside the visit", *[visit.line for visit in bare])
    sure = claim.is_medicare and bill_of(claim) in RETURNED
    return several(
        fail(
            line.at("modifiers"),
            line,
            severity=None if sure and certain else "review",
            line=line.number,
            procedure=line.procedure,
            date=line.day,
        )
        for line, certain in bare
    )
