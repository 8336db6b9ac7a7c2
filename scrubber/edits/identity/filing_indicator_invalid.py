"""What kind of payer a claim says it goes to."""

from datetime import date

from scrubber.claim.model import Claim, Payer
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

INDICATORS = frozenset((
    "11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS", "FI", "HM", "LM",
    "MA", "MB", "MC", "OF", "TV", "VA", "WC", "ZZ",
))  # fmt: skip
PART_A, PART_B = "MA", "MB"
HOSPITAL_INPATIENT = ("11", "21")


def _fault(claim: Claim, payer: Payer) -> tuple[bool, Severity | None]:
    """Return whether the payer's indicator is at fault, and how much it weighs."""
    indicator = payer.filing_indicator
    is_destination = payer is claim.destination
    if not indicator:
        return True, None if is_destination else "warn"
    if indicator not in INDICATORS:
        return True, None
    if not is_destination:
        return False, None
    if claim.type == "professional":
        return indicator == PART_A, None
    inpatient = claim.type == "institutional" and claim.bill_type[1:3] in HOSPITAL_INPATIENT
    return inpatient and indicator == PART_B, "review"


@claim_edit(
    id="filing-indicator-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("payers[].filing_indicator", "type", "type_of_bill"),
    status_code=("A7:480:PR",),
    source="837 2000B/2320 SBR09",
    checked=date(2026, 11, 26),
    message="Filing indicator {value} is not valid for this claim.",
    fix=(
        "MB is Medicare Part B, MA is Part A, MC Medicaid, 16 Medicare Advantage, CI "
        "commercial, BL Blue plans."
    ),
)
def filing_indicator_invalid(claim: Claim) -> Verdict:
    """
    The claim filing indicator is missing or unknown.

    It decides which payer's rules hold: a Medicare Advantage plan is 16 (or HM), not MA. Part A
    takes no professional claims; Part B on an inpatient bill is for a person to look at.
    """
    complaints: list[Fail] = []
    for payer in claim.payers:
        wrong, severity = _fault(claim, payer)
        if wrong:
            value = payer.filing_indicator or "missing"
            complaints.append(fail(payer.at("filing_indicator"), severity=severity, value=value))
    return several(complaints)
