"""A prior payer's claim totals do not balance."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Payer
from scrubber.edits.amounts._payers import ZERO, adjudications, total
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import Fail, NoData, Severity, Verdict, fail, no_data, several


@claim_edit(
    id="cob-claim-not-balanced",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "total_charge",
        "payers[].paid_amount",
        "payers[].adjustments[].amount",
        "lines[].payer_adjudications[].paid_amount",
    ),
    status_code=("A7:672",),
    carc=("129",),
    source="837P/837I 2320 AMT*D = sum of 2430 SVD02 minus 2320 CAS; TR3 section 1.4.4 (balancing)",
    checked=date(2026, 11, 26),
    message="The {responsibility} payer's totals do not balance (difference {difference}).",
    fix="Copy the claim totals and adjustments from the 835.",
    when=("claim.is_adjudicated",),
)
def cob_claim_not_balanced(claim: Claim) -> Verdict:
    """
    A prior payer's claim totals do not balance.

    Adjustments of a line stand at the line and count there; those of the claim lower what the
    lines were paid. Without any adjustment the rest may be on paper: a person looks.
    """
    complaints: list[Fail | NoData] = []
    for payer in claim.payers:
        if payer.adjustments or payer.paid_amount is not None:
            answer = _answer(claim, payer)
            if answer is not None:
                complaints.append(answer)
    return several(complaints)


def _answer(claim: Claim, payer: Payer) -> Fail | NoData | None:
    if payer.paid_amount is None:
        return no_data("remittance", claim.day)
    adjusted = total(payer.adjustments)
    of_lines = [one.paid_amount or ZERO for _, one in adjudications(claim, payer.responsibility)]
    severity: Severity | None = None
    difference: Decimal
    if of_lines:
        difference = payer.paid_amount - (sum(of_lines, ZERO) - adjusted)
    elif claim.total_charge is None:
        return None
    else:
        difference = claim.total_charge - (payer.paid_amount + adjusted)
        severity = None if payer.adjustments else "review"
    if difference == 0:
        return None
    return fail(
        payer.at("paid_amount"),
        severity=severity,
        responsibility=payer.responsibility[:1],
        difference=difference,
    )
