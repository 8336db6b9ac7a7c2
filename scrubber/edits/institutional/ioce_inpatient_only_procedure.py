"""An inpatient-only procedure is on an outpatient claim."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.outpatient import (
    BILLS,
    EDITOR,
    emergencies,
    inpatient_only,
    opps_editor,
)
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, Verdict, bypassed, fail, several
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

ONE = Decimal(1)
#: The patient died (20), or was transferred.
DIED_OR_TRANSFERRED = frozenset(
    ("20", "02", "05", "62", "63", "65", "66", "82", "85", "90", "91", "93", "94")
)


@day_edit(
    id="ioce-inpatient-only-procedure",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "lines[].modifiers",
        "type_of_bill",
        "admission.discharge_status",
    ),
    data=(EDITOR, BILLS),
    partial_data=True,
    can_bypass=True,
    status_code=("A7:454", "A7:228"),
    carc=("282",),
    source="I/OCE edits 18, 45 and 49",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {procedure} is paid only as an inpatient service; the whole day {date} would "
        "be denied."
    ),
    fix="Check the admission order and status before billing.",
)
def ioce_inpatient_only_procedure(
    claim: Claim,
    lines: tuple[Line, ...],
    editor: OutpatientView | None,
    bills: BillTypeView | None,
) -> Verdict:
    """
    An inpatient-only procedure is on an outpatient claim.

    Such a procedure (status C on the day) denies all that was done on its day. Modifier CA
    allows it for a patient who died or was transferred before admission. A separate procedure
    beside a type T or comprehensive one is not paid, and nothing else falls with it.
    """
    known = opps_editor(claim, lines, editor, bills)
    if known is None or isinstance(known, NoData):
        return known or PASS
    said: list[Fail | Bypassed | NoData] = []
    found = inpatient_only(claim, lines, known)
    if not found:
        return PASS
    status = claim.admission.discharge_status
    # One of them makes the whole claim one payment; the others are then part of it.
    marked = emergencies(claim, known)
    for line in [one for one in found if one in marked] if marked else found:
        if marked and status in DIED_OR_TRANSFERRED and line.units in (None, ONE):
            said.append(bypassed(f"modifier CA and status {status}", line))
        else:
            said.append(
                fail(
                    line.at("procedure"),
                    line,
                    *[other for other in lines if other is not line],
                    line=line.number,
                    procedure=line.procedure,
                    date=line.day,
                )
            )
    return several(said)
