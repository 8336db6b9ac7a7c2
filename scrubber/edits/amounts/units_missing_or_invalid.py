"""A line has no usable unit count."""

import re
from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, day_edit
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

ONE = Decimal(1)
UNIT_TYPES = {
    "professional": ("UN", "MJ"),
    "institutional": ("UN", "DA"),
    "dental": ("UN", "MJ", "DA"),
}
VISIT = re.compile("99[2-4][0-9]{2}")  # evaluation and management: whole visits
UNCOUNTED_REVENUE = re.compile("0001|018[0-9]|002[2-4]")


@day_edit(
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
def units_missing_or_invalid(claim: Claim, lines: tuple[Line, ...]) -> Verdict:
    """
    A line has no usable unit count.

    Professional lines count units or anesthesia minutes, institutional ones units or days; a
    dental line without a count is one. Fractions are allowed (drugs, mileage), but a visit has
    none.

    Not checked here: negative units (`charge-negative`).
    """
    allowed = UNIT_TYPES[claim.type]
    complaints = []
    for line in lines:
        units, unit_type = line.units, line.unit_type
        if unit_type and unit_type not in allowed:
            complaints.append(_complaint(line, "units" if not units else "unit_type", None))
        elif not units:
            if complaint := _uncounted(claim, line):
                complaints.append(complaint)
        elif (
            units != ONE and VISIT.fullmatch(line.procedure) and units != units.to_integral_value()
        ):
            complaints.append(_complaint(line, "units", "warn"))
    return several(complaints)


def _uncounted(claim: Claim, line: Line) -> Fail | None:
    """Return what is to be said of a line without a count."""
    if claim.type == "dental":
        return None
    if claim.type == "institutional" and (claim.is_inpatient or not line.procedure):
        if UNCOUNTED_REVENUE.fullmatch(line.revenue_code):
            return None
        return _complaint(line, "units", "warn")
    return _complaint(line, "units", None)


def _complaint(line: Line, field: str, severity: Severity | None) -> Fail:
    return fail(
        line.at(field),
        line,
        severity=severity,
        line=line.number,
        units="missing" if line.units is None else line.units,
        unit_type=line.unit_type,
    )
