"""The claim is above the amount that needs a person."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data, several


class Amounts(Params):
    """From which amount on a person looks."""

    professional: Decimal = Decimal(10000)
    """Dollars, of professional and dental claims and of each of their lines."""
    institutional: Decimal = Decimal(100000)
    """Dollars, of institutional claims and of each of their lines."""
    line_multiple: Decimal = Decimal(10)
    """How many times the usual charge a line may have."""
    medians: dict[str, Decimal] = Field(default_factory=dict)
    """The usual charge by procedure code, in dollars; where there are none, none is asked for."""


def _complaint(line: Line, charge: Decimal, limit: Decimal) -> Fail:
    field = f"The charge of line {line.number}"
    return fail(line.at("charge"), line, field=field, amount=charge, limit=limit)


@claim_edit(
    id="high-dollar-claim",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("total_charge", "lines[].charge", "lines[].procedure", "type"),
    params=Amounts(),
    source="Mission (complex cases go to people); payer high-dollar review practice",
    checked=date(2026, 11, 26),
    message="{field} {amount} is at or above the review limit {limit}.",
    fix="Check units, charge and codes; release if right.",
)
def high_dollar_claim(claim: Claim, params: Amounts) -> Verdict:
    """
    The claim is above the amount that needs a person.

    A slip of a digit is dearest where the amount is high. A claim at the limit is one finding;
    below it a line at the limit is, beside which stand credits, and one far above the usual
    charge for its code, where a pack states it.
    """
    limit = params.institutional if claim.type == "institutional" else params.professional
    total = claim.total_charge
    if total is not None and total >= limit:
        return fail("/total_charge", field="The total charge", amount=total, limit=limit)
    medians = params.medians
    said: list[Fail | NoData] = []
    for line in claim.lines:
        charge = line.charge
        if charge is None:
            continue
        if charge >= limit:
            said.append(_complaint(line, charge, limit))
        elif medians and line.procedure:
            median = medians.get(line.procedure)
            if median is None:
                said.append(no_data("charge-medians", line.day))
            elif charge > median * params.line_multiple:
                said.append(_complaint(line, charge, median * params.line_multiple))
    return several(said)
