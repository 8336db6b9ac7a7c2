"""A procedure code does not have a possible shape."""

import re
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, line_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail

SHAPE = re.compile("[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
HIPPS = re.compile("[0-9A-Z]{5}")
HIPPS_REVENUE_CODES = ("0022", "0023", "0024")
CHECKED_QUALIFIERS = ("HC", "AD", "")
LOCAL_CODES = ("WC", "AM", "LM", "MC")


@line_edit(
    id="procedure-code-format-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].procedure",
        "lines[].qualifier",
        "lines[].revenue_code",
        "payers[].filing_indicator",
        "type",
    ),
    status_code=("A7:507",),
    carc=("16",),
    source="45 CFR 162.1002; 837 2400 SV101-2/SV202-2",
    checked=date(2026, 11, 24),
    message="Line {line}: {procedure} does not look like a procedure code.",
    fix="Check for a mistyped letter O, a missing digit or a modifier glued to the code.",
)
def procedure_code_format_invalid(claim: Claim, line: Line) -> Verdict:
    """
    A procedure code does not have a possible shape.

    Five characters: five digits, four digits and a letter, or a letter and four digits. Revenue
    codes 0022 to 0024 carry HIPPS codes. Some programs have local codes of other shapes.
    """
    procedure = line.procedure
    if not procedure or line.qualifier not in CHECKED_QUALIFIERS or SHAPE.fullmatch(procedure):
        return PASS
    if line.revenue_code in HIPPS_REVENUE_CODES and HIPPS.fullmatch(procedure):
        return PASS
    local = claim.destination.filing_indicator in LOCAL_CODES
    at = line.at("procedure")
    severity: Severity | None = "warn" if local else None
    return fail(at, line, severity=severity, line=line.number, procedure=procedure)
