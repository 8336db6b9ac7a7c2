"""The procedure does not fit the patient's sex (retired)."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data
from scrubber.reference.outpatient_codes import OutpatientView

AMBIGUOUS_SEX = "45"


@line_edit(
    id="procedure-sex-conflict",
    severity="info",
    status="retired",
    added="next",
    until=date(2024, 9, 30),
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].modifiers", "condition_codes", "patient.sex"),
    data=("ioce",),
    partial_data=True,
    can_bypass=True,
    carc=("7",),
    source="I/OCE edit 8; MCE sex conflict deactivated 2024-10-01",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {procedure} was limited by sex under the edit in force until 2024-09-30."
    ),
    fix="Nothing.",
)
def procedure_sex_conflict(claim: Claim, line: Line, table: OutpatientView | None) -> Verdict:
    """
    The procedure does not fit the patient's sex (retired).

    The I/OCE and the MCE gave the edit up on 2024-10-01; the tables of today name no sex, and so
    say nothing of older dates either. Condition code 45 and modifier KX told of a patient whom the
    limit did not fit.
    """
    sex = claim.patient.sex
    if not sex or not line.procedure:
        return PASS
    limits = table.limits(line.procedure) if table else None
    if limits is None or not limits.sex:
        return no_data("ioce", line.day)
    if limits.sex == sex:
        return PASS
    if AMBIGUOUS_SEX in claim.condition_codes:
        return bypassed("condition code 45", line)
    if "KX" in line.modifiers:
        return bypassed("modifier KX", line)
    return fail(line.at("procedure"), line, line=line.number, procedure=line.procedure)
