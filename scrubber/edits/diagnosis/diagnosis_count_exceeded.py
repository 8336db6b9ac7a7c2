"""The claim has more diagnoses than the form holds."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several

#: 837P and 837D repeat one segment, whatever the roles.
MOST = {"professional": 12, "dental": 4}
#: 837I has a segment for each role.
MOST_OF_ROLE = {
    "principal": 1,
    "other": 24,
    "external_cause": 12,
    "reason_for_visit": 3,
    "admitting": 1,
}


@claim_edit(
    id="diagnosis-count-exceeded",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("diagnoses[].role", "type"),
    status_code=("A7:255",),
    source="837P 2300 HI (12), 837D 2300 HI (4), 837I 2300 HI segments (1 + 24, 12, 3, 1)",
    checked=date(2026, 11, 26),
    message="{count} diagnoses of role {role}; at most {limit} can be sent.",
    fix="Keep the most relevant; every code a line points to must stay.",
)
def diagnosis_count_exceeded(claim: Claim) -> Verdict:
    """
    The claim has more diagnoses than the form holds.

    On institutional claims each role has its own room; an entry without a role is an other
    diagnosis.
    """
    count = len(claim.diagnoses)
    if count <= 1:
        return PASS
    if claim.type != "institutional":
        limit = MOST[claim.type]
        return PASS if count <= limit else fail("/diagnoses", count=count, role="any", limit=limit)
    roles = [one.role or "other" for one in claim.diagnoses]
    complaints = []
    for role, limit in MOST_OF_ROLE.items():
        count = roles.count(role)
        if count > limit:
            shown = role.replace("_", " ")
            complaints.append(fail("/diagnoses", count=count, role=shown, limit=limit))
    return several(complaints)
