"""An amount has more than two decimals or is too large."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import Verdict, fail, several

LARGEST = Decimal("99999999.99")
CENT, THOUSANDTH = Decimal("0.01"), Decimal("0.001")
ZERO = Decimal(0)


def _values(claim: Claim) -> Iterator[tuple[Decimal | None, Decimal, str]]:
    """Yield each amount with its smallest step and its place."""
    yield claim.total_charge, CENT, "/total_charge"
    yield claim.patient_amount_paid, CENT, "/patient_amount_paid"
    for line in claim.lines:
        yield line.charge, CENT, line.at("charge")
        yield line.units, THOUSANDTH, line.at("units")
    for payer in claim.payers:
        yield payer.paid_amount, CENT, payer.at("paid_amount")
    for i, (_, amount) in enumerate(claim.value_codes):
        yield amount, CENT, f"/value_codes/{i}/amount"


# The same few amounts come again and again.
@lru_cache(maxsize=16384)
def _fits(amount: Decimal | None, step: Decimal) -> bool:
    if amount is None:
        return True
    return amount % step == ZERO and (abs(amount) <= LARGEST or step != CENT)


@claim_edit(
    id="amount-precision-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "total_charge",
        "patient_amount_paid",
        "lines[].charge",
        "lines[].units",
        "payers[].paid_amount",
        "value_codes[].amount",
    ),
    status_code=("A7:697", "A7:512"),
    source="837 TR3 appendix (R data element), Medicare front-end amount limits",
    checked=date(2026, 11, 26),
    message="{field} {value} has the wrong precision or size.",
    fix="Round to cents.",
)
def amount_precision_invalid(claim: Claim) -> Verdict:
    """
    An amount has more than two decimals or is too large.

    Units may have three decimals. Zeros at the end are no decimals.
    """
    return several(
        [
            fail(at, field=at.strip("/"), value=amount)
            for amount, step, at in _values(claim)
            if amount is not None and not _fits(amount, step)
        ]
    )
