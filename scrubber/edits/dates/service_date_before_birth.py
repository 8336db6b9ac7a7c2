"""A service date is before the patient was born."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@claim_edit(
    id="service-date-before-birth",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].service_from",
        "statement_from",
        "patient.birth_date",
        "payers[].subscriber.birth_date",
        "payers[].relationship",
    ),
    status_code=("A8:187", "A8:158:QC"),
    carc=("14",),
    source="CARC 14; 837 2010CA DMG02",
    checked=date(2026, 11, 26),
    message="Line {line} has a service date before the patient's birth.",
    fix="Check that the claim is filed under the right family member.",
)
def service_date_before_birth(claim: Claim) -> Verdict:
    """
    A service date is before the patient was born.

    The birth date is that of the patient, not of the parent who is insured. One complaint says
    it for all lines: it is one person who is wrong.
    """
    born = claim.patient.birth_date
    if born is None:
        return PASS
    for line in claim.lines:
        if line.service_from is not None and line.service_from < born:
            return fail(line.at("service_from"), line, line=line.number)
    start = claim.statement_from
    if start is not None and start < born and claim.type == "institutional":
        return fail("/statement_from", line=f"1 to {len(claim.lines)}")
    return PASS
