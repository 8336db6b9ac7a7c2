"""A device-dependent procedure has no device, or a device has no procedure."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.outpatient import BILLS, EDITOR, bill_of, day_is_denied, opps_editor
from scrubber.edits.verdict import (
    PASS,
    Bypassed,
    Fail,
    NoData,
    Verdict,
    bypassed,
    fail,
    no_data,
    several,
)
from scrubber.reference.device_pairs import DevicePairView
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

PAIRS = "ioce-device-pairs"
#: Reduced services, and procedures that ended before or after anesthesia.
TERMINATED = frozenset(("52", "73", "74"))
#: No device that has a code was used.
NO_LISTED_DEVICE = "CG"
INPATIENT_PART_B = "12"


def _said_of(
    claim: Claim, lines: tuple[Line, ...], editor: OutpatientView, pairs: DevicePairView
) -> Iterator[Fail | Bypassed]:
    codes = {line.procedure for line in lines}
    any_device = any(editor.code(code).device for code in codes)
    for line in lines:
        held = editor.code(line.procedure)
        needed = pairs.devices.get(line.procedure)
        lacks = held.device_procedure and not any_device
        if lacks or (needed and needed.isdisjoint(codes)):
            excuse = _excuse(line, exempt=held.device_exempt and not needed)
            if excuse:
                yield bypassed(f"modifier {excuse} on line {line.number}", line)
            else:
                yield _complaint(line)
        allowed = pairs.procedures.get(line.procedure)
        if allowed and allowed.isdisjoint(codes) and bill_of(claim) != INPATIENT_PART_B:
            yield _complaint(line)


def _excuse(line: Line, *, exempt: bool) -> str:
    for modifier in line.modifiers:
        if modifier in TERMINATED or (exempt and modifier == NO_LISTED_DEVICE):
            return modifier
    return ""


def _complaint(line: Line) -> Fail:
    return fail(line.at("procedure"), line, line=line.number, procedure=line.procedure)


@day_edit(
    id="ioce-device-procedure-missing",
    severity="warn",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("lines[].procedure", "lines[].modifiers", "lines[].service_from", "type_of_bill"),
    data=(EDITOR, BILLS, PAIRS),
    partial_data=True,
    can_bypass=True,
    status_code=("A7:507",),
    carc=("16",),
    source="I/OCE edits 71, 77, 92, 135",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} needs a device code on the claim.",
    fix="Add the device line, or the modifier for a terminated procedure.",
)
def ioce_device_procedure_missing(
    claim: Claim,
    lines: tuple[Line, ...],
    editor: OutpatientView | None,
    bills: BillTypeView | None,
    pairs: DevicePairView | None,
) -> Verdict:
    """
    A device-dependent procedure has no device, or a device has no procedure.

    A device-intensive procedure needs a device code on its day, some procedures a certain one,
    and these devices one of their procedures. A terminated procedure (52, 73, 74) needs none, nor
    one of the listed procedures with CG: no device that has a code was used.
    """
    known = opps_editor(claim, lines, editor, bills)
    if known is None or isinstance(known, NoData):
        return known or PASS
    if pairs is None:
        return no_data(PAIRS, lines[0].day)
    said = list(_said_of(claim, lines, known, pairs))
    return several(said) if said and not day_is_denied(claim, lines, known) else PASS
