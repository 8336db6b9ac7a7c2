"""A professional or dental line has no procedure code."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail

QUALIFIERS = {
    "professional": ("HC", "", "ER", "IV", "WK"),
    "dental": ("AD", "", "ER"),
}


@line_edit(
    id="procedure-code-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "dental"),
    fields=("lines[].procedure", "lines[].qualifier", "type"),
    status_code=("A6:454",),
    carc=("16",),
    source="837P 2400 SV101-1, SV101-2; 837D 2400 SV301",
    checked=date(2026, 11, 24),
    message="Line {line} has no procedure code.",
    fix="Add the HCPCS, CPT or CDT code.",
)
def procedure_code_missing(claim: Claim, line: Line) -> Verdict:
    """
    A professional or dental line has no procedure code.

    Workers' compensation states have codes of their own under qualifier ER.
    """
    if line.procedure and line.qualifier in QUALIFIERS[claim.type]:
        return PASS
    if line.procedure and line.qualifier == "N4":
        return fail(line.at("qualifier"), line, severity="warn", line=line.number)
    at = line.at("qualifier" if line.procedure else "procedure")
    return fail(at, line, line=line.number)
