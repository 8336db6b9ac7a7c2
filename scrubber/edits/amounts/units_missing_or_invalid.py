"""A line has no usable unit count."""

import re
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, line_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail

UNIT_TYPES = {
    "professional": ("UN", "MJ"),
    "institutional": ("UN", "DA"),
    "dental": ("UN", "MJ", "DA"),
}
VISIT = re.compile("99[2-4][0-9]{2}")  # evaluation and management: whole visits
UNCOUNTED_REVENUE = re.compile("0001|018[0-9]|002[2-4]")


@line_edit(
    id="units-missing-or-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].units",
        "lines[].unit_type",
        "lines[].procedure",
        "lines[].revenue_code",
        "type_of_bill",
        "type",
    ),
    status_code=("A7:476",),
    carc=("16",),
    source="837P 2400 SV103, SV104; 837I 2400 SV204, SV205",
    checked=date(2026, 11, 24),
    message="Line {line} has units {units} {unit_type}, which is not usable.",
    fix="Enter the number of units as the code defines the unit.",
)
def units_missing_or_invalid(claim: Claim, line: Line) -> Verdict:
    """
    A line has no usable unit count.

    Professional lines count units or anesthesia minutes, institutional ones units or days; a
    dental line without a count is one. Fractions are allowed (drugs, mileage), but a visit has
    none.

    Not checked here: negative units (`charge-negative`).
    """
    units, unit_type = line.units, line.unit_type
    allowed = UNIT_TYPES[claim.type]
    severity: Severity | None = None
    if units and (not unit_type or unit_type in allowed):
        if units == units.to_integral_value() or not VISIT.fullmatch(line.procedure):
            return PASS
        severity = "warn"
    elif not unit_type or unit_type in allowed:
        if claim.type == "dental":
            return PASS
        if claim.type == "institutional" and (claim.is_inpatient or not line.procedure):
            if UNCOUNTED_REVENUE.fullmatch(line.revenue_code):
                return PASS
            severity = "warn"
    return fail(
        line.at("units" if severity or not units else "unit_type"),
        line,
        severity=severity,
        line=line.number,
        units="missing" if units is None else units,
        unit_type=unit_type,
    )
