"""Which lines of a hospital's day are visits, as the outpatient editor counts them."""

from typing import NamedTuple

from scrubber.claim.model import Claim, Line
from scrubber.edits.outpatient import bill_of, has_status
from scrubber.reference.outpatient_codes import OutpatientView

OBSERVATION = "G0378"
OBSERVATION_HOURS = 8
#: Condition codes of programs that have rules of their own: partial hospitalization, opioid
#: treatment, intensive outpatient.
PROGRAMS = frozenset(("41", "89", "92"))
#: Condition code with which a 12x bill is edited like an outpatient one.
REBILLED = "W2"


class Visit(NamedTuple):
    """A visit's line; it is not `certain` where the visit may become part of a package."""

    line: Line
    certain: bool


def visits(claim: Claim, lines: tuple[Line, ...], editor: OutpatientView) -> list[Visit]:
    """
    Return the visits of a day.

    Status V is a visit, and so is J2 where comprehensive payment can be made, save critical
    care. Beside a comprehensive procedure (J1) V is packaged and no visit; whether J2 is one
    there, or beside eight hours of observation, is settled by the payment.
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
            if not packaged:
                result.append(Visit(line, certain=True))
        elif comprehensive and not held.critical_care:
            result.append(Visit(line, certain=not (packaged or observed)))
    return result


def pays_comprehensively(claim: Claim) -> bool:
    """Tell whether the bill is one for which comprehensive payment (J1, J2) is made."""
    return bill_of(claim) == "13" or REBILLED in claim.condition_codes
