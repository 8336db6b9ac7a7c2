"""A prior payer's line does not balance."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Line
from scrubber.edits.amounts._payers import ZERO, total
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, several


def _complaints(line: Line, charge: Decimal) -> list[Fail]:
    paid: dict[str, Decimal] = {}
    adjusted: dict[str, Decimal] = {}
    for one in line.payer_adjudications:
        payer = one.responsibility
        paid[payer] = paid.get(payer, ZERO) + (one.paid_amount or ZERO)
        adjusted[payer] = adjusted.get(payer, ZERO) + total(one.adjustments)
    return [
        fail(
            line.at("payer_adjudications"),
            line,
            line=line.number,
            charge=charge,
            paid=paid[payer],
            adjustments=adjusted[payer],
            responsibility=payer[:1],
        )
        for payer in paid
        if charge != paid[payer] + adjusted[payer]
    ]


@claim_edit(
    id="cob-line-not-balanced",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].charge",
        "lines[].payer_adjudications[].paid_amount",
        "lines[].payer_adjudications[].adjustments[].amount",
        "lines[].payer_adjudications[].responsibility",
    ),
    status_code=("A7:672", "A7:710"),
    carc=("129",),
    source="837P/837I 2400 SV102/SV203 = 2430 SVD02 + sum of 2430 CAS amounts",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: charge {charge} is not paid {paid} plus adjustments {adjustments} of the "
        "{responsibility} payer."
    ),
    fix="Post the remittance again; a missing CO or PR adjustment is the usual cause.",
    when=("claim.is_adjudicated",),
)
def cob_line_not_balanced(claim: Claim) -> Verdict:
    """
    A prior payer's line does not balance.

    What was charged is what was paid and what was adjusted, over all entries of the payer. The
    amounts of a line that was bundled into another one may stand there.
    """
    adjudicated = [line for line in claim.lines if line.payer_adjudications]
    if not adjudicated:
        return PASS
    bundled = {
        number
        for line in adjudicated
        for one in line.payer_adjudications
        if one.bundled_into is not None
        for number in (line.number, one.bundled_into)
    }
    return several(
        [
            complaint
            for line in adjudicated
            if line.charge is not None and line.number not in bundled
            for complaint in _complaints(line, line.charge)
        ]
    )
