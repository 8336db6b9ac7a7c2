"""The patient's age is outside the range of the procedure."""

from datetime import date

from scrubber.claim.calendar import completed_years
from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._code_system import code_system
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.outpatient_codes import OLDEST, OutpatientView


@line_edit(
    id="procedure-age-conflict",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "patient.birth_date",
        "payers[].subscriber.birth_date",
        "payers[].relationship",
    ),
    data=("ioce",),
    partial_data=True,
    status_code=("A7:475",),
    carc=("6",),
    source="I/OCE edit 7 (line item rejection)",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} is for ages {lo} to {hi}.",
    fix="Check the birth date and the code (age-banded vaccines and preventive visits).",
)
def procedure_age_conflict(claim: Claim, line: Line, table: OutpatientView | None) -> Verdict:
    """
    The patient's age is outside the range of the procedure.

    Vaccines, preventive visits and other codes are for an age, in completed years. The ranges are
    published for hospital outpatients, so a person looks.
    """
    born, day = claim.patient.birth_date, line.service_from
    if born is None or day is None:
        return PASS
    limits = table.limits(line.procedure) if table else None
    if limits is None:
        return no_data("ioce", line.day) if code_system(line) in ("cpt", "hcpcs") else PASS
    lo, hi = limits.lo_age, limits.hi_age
    # Most codes have no limit.
    if (not lo and hi == OLDEST) or lo <= completed_years(born, day) <= hi:
        return PASS
    return fail(
        line.at("procedure"), line, line=line.number, procedure=line.procedure, lo=lo, hi=hi
    )
