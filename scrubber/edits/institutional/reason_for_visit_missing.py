"""An unscheduled outpatient claim has no reason-for-visit diagnosis."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import kind_of_bill, revenue_code
from scrubber.edits.verdict import PASS, Verdict, fail

BILLS = frozenset(("13", "78", "85"))
UNSCHEDULED = frozenset("125")  # emergency, urgent, trauma
VISITS = ("045", "0516", "0762")  # emergency room, urgent care clinic, observation


@claim_edit(
    id="reason-for-visit-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("diagnoses[].role", "admission.type", "lines[].revenue_code", "type_of_bill"),
    status_code=("A6:673",),
    carc=("16",),
    source=(
        "837I 2300 HI*APR situational rule; Medicare Claims Processing Manual ch. 25 section 75.5"
    ),
    checked=date(2026, 11, 26),
    message="The patient's reason for visit is missing.",
    fix="Add the diagnosis code of the complaint.",
)
def reason_for_visit_missing(claim: Claim) -> Verdict:
    """
    An unscheduled outpatient claim has no reason-for-visit diagnosis.

    Why the patient came, where nobody had planned it: with admission type 1, 2 or 5 and an
    emergency room, urgent care or observation line.
    """
    if claim.admission.type not in UNSCHEDULED or kind_of_bill(claim) not in BILLS:
        return PASS
    for diagnosis in claim.diagnoses:
        if diagnosis.role == "reason_for_visit":
            return PASS
    if not any(revenue_code(line).startswith(VISITS) for line in claim.lines):
        return PASS
    return fail("/diagnoses")
