"""The remittance event: what a payer made of one claim (from an 835), on `remittances`."""

from decimal import Decimal
from typing import Literal

from scrubber.contracts.outcome import Event, Money
from scrubber.contracts.values import Day, Moment


class PaidLess(Event):
    """One adjustment: group and reason (CARC) of the difference."""

    group: str
    reason: str
    amount: Money


class PaidLine(Event):
    """The payer's result for one line; `number` is null when the payer names none."""

    number: int | None
    procedure: str
    modifiers: list[str]
    units: Money
    charge: Money
    paid: Money
    adjustments: list[PaidLess]
    remarks: list[str]
    service_from: Day | None = None


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

    @property
    def balanced(self) -> bool:
        """The charge is what was paid and what was adjusted, on the claim and on its lines."""
        parts = (self.adjustments, *(line.adjustments for line in self.lines))
        adjusted = (Decimal(one.amount) for part in parts for one in part)
        return Decimal(self.total_charge) == sum(adjusted, Decimal(self.paid))
