"""The remittance event: what a payer made of one claim (from an 835), on `remittances`."""

from decimal import Decimal
from typing import Final, Literal

from scrubber.contracts.outcome import Event, Money
from scrubber.contracts.values import Day, Moment

NOT_RECOGNISED: Final = "4"
"""835 CLP02 of a claim whose patient the payer does not know (X12 RFI 1423); nothing else is it."""

NO_PAYMENT_DUE: Final = ("22", "25")
"""A reversal takes back, a predetermination only estimates: neither is a denial."""

SHARED: Final = frozenset(
    (("CO", "45"), ("CO", "253"), ("OA", "23"), ("PR", "1"), ("PR", "2"), ("PR", "3"))
)
"""Adjustments that share the charge of a covered service out: contract, sequestration, patient."""


class PaidLess(Event):
    """One adjustment: group and reason (CARC) of the difference."""

    group: str
    reason: str
    amount: Money


class PaidLine(Event):
    """The payer's result for one line; `number` is null when the payer names none."""

    number: int | None
    procedure: str
    """As adjudicated; `submitted_procedure` is the one that was billed, where it is another."""
    modifiers: list[str]
    units: Money
    """Units paid."""
    charge: Money
    paid: Money
    adjustments: list[PaidLess]
    remarks: list[str]
    service_from: Day | None = None
    service_to: Day | None = None
    qualifier: str | None = None
    """835 SVC01-1: what kind of code `procedure` is."""
    revenue_code: str | None = None
    submitted_procedure: str | None = None
    submitted_modifiers: list[str] | None = None
    submitted_units: Money | None = None
    allowed: Money | None = None
    control_number: str | None = None
    """The provider's own number of the line (REF 6R)."""

    @property
    def denied(self) -> bool:
        """Nothing was paid, and not only because the charge was shared out."""
        return Decimal(self.paid) == 0 and _refused(self.adjustments)


class RemittanceEvent(Event):
    """One claim of an 835; charge = paid + adjustments, else it is counted as unbalanced."""

    schema_version: Literal[1]
    remittance_id: str
    received_at: Moment
    remittance_date: Day
    payer_id: str
    submission_id: str | None = None
    patient_control_number: str
    payer_claim_control_number: str
    claim_status: str
    """835 CLP02."""
    reversal: bool
    claim_type: Literal["professional", "institutional", "dental"]
    total_charge: Money
    paid: Money
    patient_responsibility: Money
    adjustments: list[PaidLess]
    remarks: list[str]
    lines: list[PaidLine]
    test: bool
    trace_number: str | None = None
    """Number of the payment, of a check or transfer (TRN02)."""
    claim_frequency_code: str | None = None
    original_claim_control_number: str | None = None
    """The payer's number of the claim that this one corrects (REF F8)."""
    forwarded_to: str | None = None
    """Identifier of the payer that the claim was passed on to (NM1 TT)."""
    corrected_member_id: str | None = None
    rendering_npi: str | None = None

    @property
    def balanced(self) -> bool:
        """The charge is what was paid and what was adjusted, on the claim and on its lines."""
        parts = (self.adjustments, *(line.adjustments for line in self.lines))
        adjusted = (Decimal(one.amount) for part in parts for one in part)
        return Decimal(self.total_charge) == sum(adjusted, Decimal(self.paid))

    @property
    def denied(self) -> bool:
        """
        Nothing of the claim was covered.

        A payer that knows the patient has "processed" a claim (CLP02 1, 2, 3) even where it pays
        nothing; the adjustments say whether it was denied (X12 RFI 1423).
        """
        if self.claim_status == NOT_RECOGNISED:
            return True
        if self.claim_status in NO_PAYMENT_DUE or Decimal(self.paid) != 0:
            return False
        if _refused(self.adjustments):
            return True
        return bool(self.lines) and all(line.denied for line in self.lines)


def _refused(adjustments: list[PaidLess]) -> bool:
    return any(
        (one.group, one.reason) not in SHARED and Decimal(one.amount) > 0 for one in adjustments
    )
