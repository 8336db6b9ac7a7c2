"""Which lines of a hospital's day are visits, as the outpatient editor counts them."""

from typing import NamedTuple

from scrubber.claim.model import Claim, Line
from scrubber.edits.outpatient import PROGRAMS, has_status, pays_comprehensively
from scrubber.reference.outpatient_codes import OutpatientView

OBSERVATION = "G0378"
OBSERVATION_HOURS = 8
#: Packaged into what it led to, though its status is J2.
DIRECT_ADMISSION = "G0379"


class Visit(NamedTuple):
    """A visit's line; it is not `certain` where the visit may become part of a package."""

    line: Line
    certain: bool


def visits(claim: Claim, lines: tuple[Line, ...], editor: OutpatientView) -> list[Visit]:
    """
    Return the visits of a day.

    Status V is a visit, and so is J2 where comprehensive payment can be made, save critical care
    and the direct admission to observation. Beside a comprehensive procedure (J1) most of V is
    packaged and no visit; whether J2 is one there, or any is beside eight hours of observation,
    is settled by the payment.
    """
    code = editor.code
    found = [line for line in lines if code(line.procedure).status_indicator in ("V", "J2")]
    if not found or not PROGRAMS.isdisjoint(claim.condition_codes):
        return []
    comprehensive = pays_comprehensively(claim)
    packaged = comprehensive and has_status(claim.lines, editor, "J1")
    observed = any(
        line.procedure == OBSERVATION and line.units is not None and line.units >= OBSERVATION_HOURS
        for line in claim.lines
    )
    result = []
    for line in found:
        held = code(line.procedure)
        if held.status_indicator == "V":
            if not packaged or held.never_packaged:
                result.append(Visit(line, certain=not (comprehensive and observed)))
        elif comprehensive and not (held.critical_care or line.procedure == DIRECT_ADMISSION):
            result.append(Visit(line, certain=not (packaged or observed)))
    return result
