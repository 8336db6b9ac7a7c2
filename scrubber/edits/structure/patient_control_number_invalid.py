"""The provider's own claim number is missing or too long."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail

SAFE_LENGTH = 20  # X12 RFI 525: every receiver stores and returns these
LONGEST = 38  # element 1028


@claim_edit(
    id="patient-control-number-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("patient_control_number",),
    status_code=("A7:478",),
    source=(
        "837P/837I/837D 2300 CLM01 (element 1028, 38 characters; 20 must be supported by "
        "every receiver); X12 RFI 525"
    ),
    checked=date(2026, 11, 24),
    message="The claim number is {problem}; 1 to 20 characters are safe, 38 the limit.",
    fix="Send the practice system's account or claim number, at most 20 characters.",
)
def patient_control_number_invalid(claim: Claim) -> Verdict:
    """
    The provider's own claim number is missing or too long.

    Answers come back under this number. The element holds 38 characters; a receiver need return
    only the first 20 and may not reject for more.
    """
    length = len(claim.patient_control_number)
    if 0 < length <= SAFE_LENGTH:
        return PASS
    if length == 0:
        return fail("/patient_control_number", problem="missing")
    severity: Severity | None = "warn" if length <= LONGEST else None
    return fail("/patient_control_number", severity=severity, problem=f"{length} characters long")
