"""Modifier PT is used without a colorectal procedure."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.outpatient import EDITOR, PROGRAMS, bill_of, day_is_denied
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.outpatient_codes import OutpatientView

SCREENING_TURNED = "PT"
#: Bill types on which the editor returns the claim; on others, and for programs, a person looks.
RETURNED = ("12", "13", "85")


@day_edit(
    id="ioce-screening-modifier-pt",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    data=(EDITOR,),
    partial_data=True,
    status_code=("A7:453",),
    carc=("4",),
    source="I/OCE edit 120",
    checked=date(2026, 11, 26),
    message="Line {line}: modifier PT has no colorectal procedure on {date}.",
    fix="Remove PT or correct the code.",
)
def ioce_screening_modifier_pt(
    claim: Claim, lines: tuple[Line, ...], editor: OutpatientView | None
) -> Verdict:
    """
    Modifier PT is used without a colorectal procedure.

    PT says that a screening of the colon became a procedure, so one must be there that day.
    """
    marked = [line for line in lines if SCREENING_TURNED in line.modifiers]
    if not marked or claim.is_inpatient:
        return PASS
    if editor is None:
        return no_data(EDITOR, lines[0].day)
    if any(editor.code(line.procedure).colorectal for line in lines):
        return PASS
    if day_is_denied(claim, lines, editor):
        return PASS
    sure = (
        claim.is_medicare
        and bill_of(claim) in RETURNED
        and PROGRAMS.isdisjoint(claim.condition_codes)
    )
    return several(
        fail(
            line.at("modifiers"),
            line,
            severity=None if sure else "review",
            line=line.number,
            procedure=line.procedure,
            date=line.day,
        )
        for line in marked
    )
