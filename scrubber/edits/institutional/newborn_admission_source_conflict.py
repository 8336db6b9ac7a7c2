"""Newborn admission type and source do not agree."""

from datetime import date, timedelta

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several

NEWBORN = "4"
SOURCES = ("5", "6")  # born inside this hospital, born outside
NEWBORN_DAYS = timedelta(days=28)


@claim_edit(
    id="newborn-admission-source-conflict",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("admission.type", "admission.source", "admission.date", "patient.birth_date"),
    status_code=("A8:231", "A8:229"),
    source="837I 2300 CL101, CL102 (NUBC code structure for newborns)",
    checked=date(2026, 11, 26),
    message="Admission type 4 with source {source} is not consistent.",
    fix="Use source 5 (born inside) or 6 (born outside) for newborns, another type otherwise.",
    when=("claim.is_inpatient",),
)
def newborn_admission_source_conflict(claim: Claim) -> Verdict:
    """
    Newborn admission type and source do not agree.

    With admission type 4 the source has meanings of its own, 5 and 6. A patient of more than 28
    days is no newborn: that is a note, for the type may be wrong, or the birth date.
    """
    admission = claim.admission
    if admission.type != NEWBORN or not claim.is_inpatient:
        return PASS
    complaints = []
    if admission.source and admission.source not in SOURCES:
        complaints.append(fail("/admission/source", source=admission.source))
    born = claim.patient.birth_date
    if born and admission.date and admission.date - born > NEWBORN_DAYS:
        source = admission.source or "missing"
        complaints.append(fail("/admission/type", severity="warn", source=source))
    return several(complaints)
