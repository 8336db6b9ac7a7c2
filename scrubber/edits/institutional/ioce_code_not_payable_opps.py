"""The code is not recognized on an outpatient hospital bill."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.outpatient import (
    BILLS,
    EDITOR,
    day_is_denied,
    has_status,
    opps_editor,
    pays_comprehensively,
)
from scrubber.edits.verdict import PASS, NoData, Verdict, fail, several
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

SUPPLIER_ONLY = "Y"
#: Another code is used, not covered, not paid, not billable to the contractor, suppliers only.
NOT_PAYABLE = frozenset(("B", "E1", "E2", "M", SUPPLIER_ONLY))


@day_edit(
    id="ioce-code-not-payable-opps",
    severity="warn",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("lines[].procedure", "lines[].service_from", "type_of_bill"),
    data=(EDITOR, BILLS),
    partial_data=True,
    carc=("96", "282"),
    source="I/OCE edits 9, 13, 28, 50, 61, 62, 72",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has status {si} on a hospital outpatient bill.",
    fix="Use the hospital code (for example G0463 instead of a professional visit code).",
)
def ioce_code_not_payable_opps(
    claim: Claim,
    lines: tuple[Line, ...],
    editor: OutpatientView | None,
    bills: BillTypeView | None,
) -> Verdict:
    """
    The code is not recognized on an outpatient hospital bill.

    OPPS has another code for the service (B), does not cover or pay it (E1, E2), or leaves it to
    another contractor (M) or to suppliers (Y). Equipment beside a comprehensive procedure (J1)
    is part of that.
    """
    known = opps_editor(claim, lines, editor, bills)
    if known is None or isinstance(known, NoData):
        return known or PASS
    found = [
        (line, indicator)
        for line in lines
        if (indicator := known.code(line.procedure).status_indicator) in NOT_PAYABLE
    ]
    if not found or day_is_denied(claim, lines, known):
        return PASS
    packaged = pays_comprehensively(claim) and has_status(claim.lines, known, "J1")
    return several(
        fail(
            line.at("procedure"),
            line,
            line=line.number,
            procedure=line.procedure,
            si=indicator,
        )
        for line, indicator in found
        if not (packaged and indicator == SUPPLIER_ONLY)
    )
