"""What earlier payers did with a claim: their results, claim by claim and line by line."""

from collections.abc import Iterator
from decimal import Decimal

from scrubber.claim.model import Adjustment, Claim, Line, LineAdjudication

ZERO = Decimal(0)


def adjudications(claim: Claim, responsibility: str) -> Iterator[tuple[Line, LineAdjudication]]:
    """Yield what a payer decided of each line; a payer that split a line has several for it."""
    for line in claim.lines:
        for one in line.payer_adjudications:
            if one.responsibility == responsibility:
                yield line, one


def total(adjustments: tuple[Adjustment, ...]) -> Decimal:
    """Return the sum of all groups; a negative adjustment raises what is paid."""
    return sum([one.amount for one in adjustments if one.amount is not None], ZERO)
