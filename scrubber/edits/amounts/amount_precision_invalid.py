"""An amount has more than two decimals or is too large."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, several

LARGEST = Decimal("99999999.99")
OF_MONEY, OF_UNITS = 2, 3  # decimals
NO_CENTS = Decimal("0.00")


def _is_money(amount: Decimal) -> bool:
    return -LARGEST <= amount <= LARGEST and _decimals(amount) <= OF_MONEY


def _decimals(value: Decimal) -> int:
    """Return how many decimals a value has without zeros at its end, however long it is."""
    return len(f"{value:f}".partition(".")[2].rstrip("0"))


def _complaints(claim: Claim) -> Iterator[Fail]:
    places = {"total_charge": claim.total_charge, "patient_amount_paid": claim.patient_amount_paid}
    places |= {line.at("charge")[1:]: line.charge for line in claim.lines}
    places |= {payer.at("paid_amount")[1:]: payer.paid_amount for payer in claim.payers}
    places |= {f"value_codes/{i}/amount": value for i, (_, value) in enumerate(claim.value_codes)}
    for place, amount in places.items():
        if amount is not None and not _is_money(amount):
            yield fail(f"/{place}", field=place, value=amount)
    for line in claim.lines:
        if line.units is not None and _decimals(line.units) > OF_UNITS:
            at = line.at("units")
            yield fail(at, field=at[1:], value=line.units)


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
    stated = [claim.total_charge, claim.patient_amount_paid]
    for line in claim.lines:
        stated += (line.charge, line.units)
    for payer in claim.payers:
        stated.append(payer.paid_amount)
    for _, amount in claim.value_codes:
        stated.append(amount)
    # A sum has the decimals of the addend with the most: if it is money, so is each of them.
    total = sum(map(abs, filter(None, stated)), NO_CENTS)
    if total <= LARGEST and total.same_quantum(NO_CENTS):
        return PASS
    return several(_complaints(claim))
