"""A dental line names no tooth, surface or area."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.code_lists import CodeListView


@line_edit(
    id="dental-tooth-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=("dental",),
    fields=("lines[].procedure", "lines[].teeth", "lines[].oral_cavity"),
    data=("dental-needs",),
    status_code=("A6:242",),
    carc=("16",),
    source="837D 2400 SV304, TOO",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} needs {missing}.",
    fix="Add tooth number, surface or area from the chart.",
)
def dental_tooth_missing(_claim: Claim, line: Line, needs: CodeListView) -> Verdict:
    """
    A dental line names no tooth, surface or area.

    A filling is of a tooth and its surfaces, a denture of an arch. What a code needs is the
    dentists' licensed knowledge: a list of the user says it, in the words tooth, surface, area.
    """
    needed = needs.of(line.procedure)
    if not needed:
        return PASS
    given = {
        "tooth": any(tooth.number for tooth in line.teeth),
        "surface": any(tooth.surfaces for tooth in line.teeth),
        "area": any(line.oral_cavity),
    }
    missing = tuple(need for need in needed.split() if not given.get(need))
    if not missing:
        return PASS
    at = line.at("oral_cavity" if missing == ("area",) else "teeth")
    return fail(at, line, line=line.number, procedure=line.procedure, missing=missing)
