"""The line charges do not add up to the claim total."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

TOTAL_REVENUE_CODE = "0001"
ZERO = Decimal(0)


@claim_edit(
    id="line-charges-not-balanced",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("total_charge", "lines[].charge", "lines[].revenue_code"),
    status_code=("A7:400", "A7:178"),
    carc=("16",),
    source="837P/837I 2300 CLM02 balances to 2400 SV102/SV203",
    checked=date(2026, 11, 24),
    message="Total charge {total} is not the sum of the lines {sum} (difference {difference}).",
    fix="Correct the line or the total.",
)
def line_charges_not_balanced(claim: Claim) -> Verdict:
    """
    The line charges do not add up to the claim total.

    Exact to the cent. A line charge already includes its units, and a line with revenue code
    0001 is the total itself.
    """
    total = ZERO
    for line in claim.lines:
        if line.charge is not None and line.revenue_code != TOTAL_REVENUE_CODE:
            total += line.charge
    stated = claim.total_charge
    if stated == total:
        return PASS
    return fail(
        "/total_charge",
        total="missing" if stated is None else stated,
        sum=total,
        difference=(ZERO if stated is None else stated) - total,
    )
