"""The claim total is zero."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, bypassed, fail

ENCOUNTER = "RP"  # CLM: reporting, not chargeable
WITHOUT_CHARGE = ("0", "8", "A", "B", "C", "D", "E")  # no-pay, void, notices


class ZeroTotal(Params):
    """What a payer does with a claim for nothing."""

    refused: bool = False
    """The payer returns it: the finding rejects."""


def _only_reports(procedure: str) -> bool:
    """Tell whether a code measures and is never paid: category II, or a quality code."""
    return (
        procedure[-1:] == "F" or "G8000" <= procedure <= "G9999" or "M1000" <= procedure <= "M1999"
    )


@claim_edit(
    id="total-charge-zero",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "total_charge",
        "claim_frequency_code",
        "lines[].procedure",
        "payers[].payer_id",
    ),
    can_bypass=True,
    params=ZeroTotal(),
    status_code=("A7:402", "A7:178"),
    source="837P/837I 2300 CLM02 (zero is allowed by the guide); payer companion guides",
    checked=date(2026, 11, 26),
    message="The total charge is zero.",
    fix="Enter the charges, or mark the submission as an encounter.",
)
def total_charge_zero(claim: Claim, params: ZeroTotal) -> Verdict:
    """
    The claim total is zero.

    The guide allows it: encounters of a capitated plan, notices and no-pay bills ask for
    nothing. Any other claim for nothing has most often lost its charges.
    """
    if claim.total_charge != 0:
        return PASS
    if claim.claim_or_encounter == ENCOUNTER:
        return bypassed("the submission reports an encounter")
    if claim.claim_frequency_code in WITHOUT_CHARGE:
        return bypassed(f"frequency {claim.claim_frequency_code} asks for no payment")
    if claim.lines and all(_only_reports(line.procedure) for line in claim.lines):
        return bypassed("every line reports a measure")
    severity: Severity | None = "reject" if params.refused else None
    return fail("/total_charge", severity=severity)
