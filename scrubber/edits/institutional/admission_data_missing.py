"""An institutional claim lacks admission type, source or patient status."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import kind_of_bill
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, several

TYPES = frozenset("123459")
STATUS_LENGTH = 2
NON_PATIENT = "14"  # a specimen has no source of admission


@claim_edit(
    id="admission-data-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "admission.type",
        "admission.source",
        "admission.discharge_status",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    status_code=("A7:231", "A7:229", "A7:234"),
    carc=("16",),
    source="837I 2300 CL101, CL102, CL103",
    checked=date(2026, 11, 26),
    message="Admission {field} is {problem}.",
    fix="Complete the registration data.",
)
def admission_data_missing(claim: Claim) -> Verdict:
    """
    An institutional claim lacks admission type, source or patient status.

    CL1 carries type, source and status of the patient. Medicare wants them on every bill, all
    payers on inpatient bills; elsewhere a person looks. A value that is given must be one.

    Not checked here: the admission date (`admission-date-inconsistent`).
    """
    admission = claim.admission
    kind, source, status = admission.type, admission.source, admission.discharge_status
    if kind in TYPES and source and len(status) == STATUS_LENGTH:
        return PASS
    absence: Severity | None = None if claim.is_inpatient or claim.is_medicare else "review"
    lacking = [
        (field, absence)
        for field, value in (("type", kind), ("source", source), ("discharge_status", status))
        if not value and not (field == "source" and kind_of_bill(claim) == NON_PATIENT)
    ]
    complaints = [
        fail(f"/admission/{field}", severity=severity, field=field, problem="missing")
        for field, severity in lacking
    ]
    if kind and kind not in TYPES:
        complaints.append(fail("/admission/type", field="type", problem="not 1 to 5 or 9"))
    if status and len(status) != STATUS_LENGTH:
        complaints.append(
            fail(
                "/admission/discharge_status",
                field="discharge_status",
                problem="not two characters",
            )
        )
    return several(complaints)
