"""A charge, unit or paid amount is negative."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, fail

ZERO = Decimal(0)


def _negative(line: Line, path: str, name: str, value: Decimal) -> Fail:
    return fail(line.at(path), line, field=f"The {name} of line {line.number}", value=value)


@claim_edit(
    id="charge-negative",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "total_charge",
        "lines[].charge",
        "lines[].units",
        "lines[].ndc.quantity",
        "patient_amount_paid",
        "payers[].paid_amount",
    ),
    status_code=("A7:693", "A7:178"),
    source="837P/837I 2300 CLM02, 2400 SV102/SV203",
    checked=date(2026, 11, 24),
    message="{field} is {value}; it must not be negative.",
    fix="Bill credits as a replacement claim, not as a negative line.",
)
def charge_negative(claim: Claim) -> Verdict:
    """
    A charge, unit or paid amount is negative.

    Credits are replacement claims, not negative lines. A prior payer's negative payment is a
    reversal, which a person looks at.
    """
    complaints = []
    total, paid = claim.total_charge, claim.patient_amount_paid
    if total is not None and total < ZERO:
        complaints.append(fail("/total_charge", field="The total charge", value=total))
    if paid is not None and paid < ZERO:
        field = "The amount paid by the patient"
        complaints.append(fail("/patient_amount_paid", field=field, value=paid))
    for line in claim.lines:
        charge, units, ndc = line.charge, line.units, line.ndc
        if charge is not None and charge < ZERO:
            complaints.append(_negative(line, "charge", "charge", charge))
        if units is not None and units < ZERO:
            complaints.append(_negative(line, "units", "unit count", units))
        if ndc is not None and ndc.quantity is not None and ndc.quantity < ZERO:
            complaints.append(_negative(line, "ndc/quantity", "drug quantity", ndc.quantity))
    for payer in claim.payers:
        paid = payer.paid_amount
        if paid is not None and paid < ZERO:
            field = f"The amount paid by payer {payer.index + 1}"
            at = payer.at("paid_amount")
            complaints.append(fail(at, severity="review", field=field, value=paid))
    return tuple(complaints) or PASS
