"""The attending provider of an institutional claim."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, bypassed, fail

AMBULANCE = "054"  # revenue codes 0540 to 0549
REVENUE_CODE_DIGITS = 4


class Waiver(Params):
    """Payers that do without."""

    waived: bool = False
    """Take claims without an attending provider (roster billing)."""


def _is_transport(claim: Claim) -> bool:
    return bool(claim.lines) and all(
        line.revenue_code.zfill(REVENUE_CODE_DIGITS).startswith(AMBULANCE) for line in claim.lines
    )


@claim_edit(
    id="attending-provider-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "attending_provider.npi",
        "attending_provider.last_name",
        "lines[].revenue_code",
        "payers[].filing_indicator",
    ),
    can_bypass=True,
    params=Waiver(),
    status_code=("A6:562:71",),
    carc=("16",),
    source="837I 2310A situational rule",
    checked=date(2026, 11, 26),
    message="The attending provider is missing.",
    fix="Add the NPI of the practitioner with overall responsibility for the care.",
)
def attending_provider_missing(claim: Claim, params: Waiver) -> Verdict:
    """
    An institutional claim has no attending provider.

    Somebody has overall responsibility for the care, unless it was a transport only. One who is
    named without NPI is not enough for Medicare; for other payers a person looks.

    Not checked here: an NPI that is not valid (`facility-provider-npi-invalid`).
    """
    attending = claim.attending_provider
    if attending.npi:
        return PASS
    if params.waived:
        return bypassed("the payer does without an attending provider")
    if _is_transport(claim):
        return bypassed("every line is a transport")
    if not attending.last_name:
        return fail("/attending_provider")
    severity: Severity | None = None if claim.is_medicare else "review"
    return fail("/attending_provider/npi", severity=severity)
