"""The codes for assignment, benefits and release of information."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, Severity, Verdict, fail, several

ASSIGNMENT = ("A", "C", "B")
DENTAL_ASSIGNMENT = (*ASSIGNMENT, "P")
BENEFITS = ("Y", "N", "W")
RELEASE = ("Y", "I")


@claim_edit(
    id="assignment-release-codes-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("accept_assignment", "benefits_assigned", "release_of_information"),
    status_code=("A7:589", "A7:360", "A7:333"),
    source="837P/837I 2300 CLM07, CLM08, CLM09",
    checked=date(2026, 11, 26),
    message="{field} has the value {value}, which is not allowed.",
    fix="Set the value from the patient's signed forms and the provider's participation.",
)
def assignment_release_codes_invalid(claim: Claim) -> Verdict:
    """
    An assignment, benefits or release code is missing or unknown.

    Assigned is A, for laboratory services only B, not assigned C: the paper form's yes and no
    are not these codes. Where one is missing Medicare refuses the claim; for other payers a
    person looks. Dental claims go without.
    """
    assignment = claim.accept_assignment
    benefits = claim.benefits_assigned
    release = claim.release_of_information
    if assignment in ASSIGNMENT and benefits in BENEFITS and release in RELEASE:
        return PASS
    absent: Severity | None = None if claim.is_medicare else "review"
    assignments: tuple[str, ...] = ASSIGNMENT
    if claim.type == "dental":
        absent, assignments = "warn", DENTAL_ASSIGNMENT
    complaints: list[Fail] = []
    for field, value, allowed in (
        ("accept_assignment", assignment, assignments),
        ("benefits_assigned", benefits, BENEFITS),
        ("release_of_information", release, RELEASE),
    ):
        if value not in allowed:
            severity = None if value else absent
            shown = value or "missing"
            complaints.append(fail(f"/{field}", severity=severity, field=field, value=shown))
    return several(complaints)
