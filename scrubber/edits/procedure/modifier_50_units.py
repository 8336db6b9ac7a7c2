"""A line with modifier 50 has more than one unit."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data
from scrubber.reference.outpatient_codes import UNLISTED, OutpatientView

BOTH_SIDES = 2


class UnitsOfBothSides(Params):
    """How the payer counts both sides."""

    two_units: bool = False
    """The payer wants two units beside modifier 50."""


@line_edit(
    id="modifier-50-units",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].modifiers", "lines[].units", "type", "payers[].payer_id"),
    data=("ioce",),
    partial_data=True,
    can_bypass=True,
    params=UnitsOfBothSides(),
    status_code=("A7:476", "A7:453"),
    carc=("4",),
    source="I/OCE edit 74; Medicare Claims Processing Manual ch. 12 section 40.7",
    checked=date(2026, 11, 26),
    message="Line {line}: modifier 50 needs one unit, found {units}.",
    fix="Set units to 1.",
    when=("line.modifiers",),
)
def modifier_50_units(
    claim: Claim, line: Line, table: OutpatientView | None, params: UnitsOfBothSides
) -> Verdict:
    """
    A line with modifier 50 has more than one unit.

    Modifier 50 makes one unit both sides. A hospital's bill for Medicare is returned where the
    I/OCE counts the procedure as bilateral; elsewhere a person looks, for some payers want two
    units.
    """
    units = line.units
    if "50" not in line.modifiers or units is None or units == 1:
        return PASS
    if claim.type == "institutional":
        if claim.is_inpatient:
            return PASS
        held = table.code(line.procedure) if table else UNLISTED
        if held is UNLISTED:
            return no_data("ioce", line.day)
        if not held.bilateral:
            return PASS
    if params.two_units and units == BOTH_SIDES:
        return bypassed("the payer wants two units", line)
    decides = claim.is_medicare and claim.type == "institutional"
    return fail(
        line.at("units"),
        line,
        severity=None if decides else "review",
        line=line.number,
        units=units,
    )
