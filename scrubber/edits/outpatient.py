"""What the outpatient editor (I/OCE) makes of a bill and a day, as several edits need it."""

from collections.abc import Sequence

from scrubber.claim.model import Claim, Line
from scrubber.edits.verdict import NoData, no_data
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

BILLS = "ioce-bill-types"
EDITOR = "ioce"

INPATIENT_ONLY = "C"
#: Modifier CA: an inpatient-only procedure in an emergency; the patient died or was transferred.
EMERGENCY = "CA"
#: Condition codes of programs that have rules of their own: partial hospitalization, opioid
#: treatment, intensive outpatient.
PROGRAMS = frozenset(("41", "89", "92"))
#: Condition code with which a 12x bill is edited like an outpatient one.
_REBILLED = "W2"
#: Bills on which an inpatient-only procedure denies the day.
_DENIED = ("12", "13", "76")
_PHYSICIANS = ("096", "097", "098")


def bill_of(claim: Claim) -> str:
    """Return facility and care of the bill, as `13`."""
    return claim.bill_type[1:3]


def is_physicians(line: Line) -> bool:
    """Tell whether the line bills a physician (revenue codes 096x to 098x)."""
    return line.revenue_code.zfill(4).startswith(_PHYSICIANS)


def pays_comprehensively(claim: Claim) -> bool:
    """Tell whether the bill is one for which comprehensive payment (J1, J2) is made."""
    if bill_of(claim) == "13":
        return PROGRAMS.isdisjoint(claim.condition_codes)
    return bill_of(claim) == "12" and _REBILLED in claim.condition_codes


def opps_editor(
    claim: Claim, lines: Sequence[Line], editor: OutpatientView | None, bills: BillTypeView | None
) -> OutpatientView | NoData | None:
    """
    Return the editor's codes for a day of a bill that it edits for OPPS, `None` for other bills.

    What is not loaded is `NoData`.
    """
    if claim.is_inpatient:
        return None
    if bills is None:
        return no_data(BILLS, lines[0].day)
    if not bills.edits(claim.bill_type, claim.condition_codes).opps:
        return None
    if editor is None:
        return no_data(EDITOR, lines[0].day)
    return editor


def inpatient_only(claim: Claim, lines: Sequence[Line], editor: OutpatientView) -> list[Line]:
    """
    Return the lines of a day whose procedure is paid to inpatients only.

    Not those on the list of separate procedures beside a type T procedure of the day or a
    comprehensive one (J1) of the claim: they fall alone (I/OCE edit 45).
    """
    code = editor.code
    found = [line for line in lines if code(line.procedure).status_indicator == INPATIENT_ONLY]
    if found and (
        has_status(lines, editor, "T")
        or (pays_comprehensively(claim) and has_status(claim.lines, editor, "J1"))
    ):
        return [line for line in found if not code(line.procedure).separate_procedure]
    return found


def has_status(lines: Sequence[Line], editor: OutpatientView, indicator: str) -> bool:
    """Tell whether a line's code has the status indicator."""
    return any(editor.code(line.procedure).status_indicator == indicator for line in lines)


def day_is_denied(claim: Claim, lines: Sequence[Line], editor: OutpatientView | None) -> bool:
    """
    Tell whether an inpatient-only procedure denies the whole day (I/OCE edits 18 and 49).

    The editor then says nothing else of the day's lines. With modifier CA it is the whole claim
    that is paid as one. Without the table nothing is known of it, and the day stands.
    """
    if editor is None or bill_of(claim) not in _DENIED:
        return False
    return bool(inpatient_only(claim, lines, editor) or emergencies(claim, editor))


def emergencies(claim: Claim, editor: OutpatientView) -> list[Line]:
    """Return the inpatient-only procedures with modifier CA, for which the claim is paid as one."""
    if not pays_comprehensively(claim):
        return []
    marked = [line for line in claim.lines if EMERGENCY in line.modifiers]
    days = {line.day for line in marked}
    held = [
        line
        for day, lines in claim.by_day
        if day in days
        for line in inpatient_only(claim, lines, editor)
    ]
    return [line for line in held if EMERGENCY in line.modifiers]
