"""
The structs the edits read: built once by `compile_claim`, frozen, and no work for the collector.

Text that was absent is `""`, amounts and dates that were absent are `None`, persons and payers
that were absent are `NO_PROVIDER`, `NO_PATIENT`, `NO_PAYER`. Derived values (destination,
received date, rendering provider of a line ...) are defined in the catalogue's index.
"""

from datetime import date
from decimal import Decimal

import msgspec

from scrubber.contracts.claim import (
    Address,
    Admission,
    ClaimType,
    Coding,
    Patient,
    PreviousSubmission,
    Provider,
    Subscriber,
    Tooth,
)

NO_ADDRESS = Address()
NO_PROVIDER = Provider()
NO_PATIENT = Patient()
NO_SUBSCRIBER = Subscriber()
NO_ADMISSION = Admission()
NO_CODING = Coding()
NO_PREVIOUS = PreviousSubmission()


class Adjustment(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A prior payer's adjustment (CAS)."""

    group: str
    reason: str
    amount: Decimal | None


class LineAdjudication(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A prior payer's result for one line (2430)."""

    responsibility: str
    paid_amount: Decimal | None
    adjustments: tuple[Adjustment, ...]
    remittance_date: date | None
    bundled_into: int | None


class Payer(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One payer; `index` is its position in the claim, from 0."""

    index: int
    responsibility: str
    marked_destination: bool
    payer_id: str
    name: str
    filing_indicator: str
    insurance_type_code: str
    claim_number: str
    relationship: str
    subscriber: Subscriber
    group_number: str
    prior_authorization: str
    referral_number: str
    paid_amount: Decimal | None
    adjustments: tuple[Adjustment, ...]
    remittance_date: date | None

    def at(self, field: str) -> str:
        """Return the JSON Pointer of a field of this payer."""
        return f"/payers/{self.index}/{field}"


NO_PAYER = Payer(
    -1,
    "",
    False,  # noqa: FBT003 (positional, as compile_claim builds it)
    "",
    "",
    "",
    "",
    "",
    "",
    NO_SUBSCRIBER,
    "",
    "",
    "",
    None,
    (),
    None,
)


class Diagnosis(msgspec.Struct, frozen=True, eq=False, gc=False):
    """
    One diagnosis; `code` upper-case without dot, `index` from 0.

    `first_day` and `last_day` are the ends of the period for which the code must be in force:
    the dates of the lines that point to it, the discharge date of inpatient bills, the statement
    period of other institutional bills. Both are `None` when the claim states no such date.
    """

    index: int
    code: str
    code_system: str
    role: str
    present_on_admission: str
    first_day: date | None
    last_day: date | None

    def at(self, field: str) -> str:
        """Return the JSON Pointer of a field of this diagnosis."""
        return f"/diagnoses/{self.index}/{field}"


class Ndc(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The drug of a line."""

    code: str
    quantity: Decimal | None
    unit: str


class Line(msgspec.Struct, frozen=True, eq=False, gc=False):
    """
    One service line; `index` is its position from 0, `number` the one people know it by.

    `service_to` is `service_from` when it was absent. `place_of_service` and `rendering_npi` are
    the effective ones (line, else claim, else for the NPI the billing provider);
    `rendering_provider` is the line's own, or `NO_PROVIDER`. `day` is the date whose rules hold
    for the line: its first day, else the claim's; on inpatient bills always the claim's.
    """

    index: int
    number: int
    procedure: str
    qualifier: str
    modifiers: tuple[str, ...]
    revenue_code: str
    charge: Decimal | None
    units: Decimal | None
    unit_type: str
    service_from: date | None
    service_to: date | None
    place_of_service: str
    diagnosis_pointers: tuple[int, ...]
    rendering_provider: Provider
    rendering_npi: str
    ordering_provider: Provider
    ndc: Ndc | None
    prior_authorization: str
    payer_adjudications: tuple[LineAdjudication, ...]
    clia_number: str
    teeth: tuple[Tooth, ...]
    oral_cavity: tuple[str, ...]
    description: str
    day: date

    def at(self, field: str) -> str:
        """Return the JSON Pointer of a field of this line."""
        return f"/lines/{self.index}/{field}"

    @property
    def one_day(self) -> bool:
        """The line states a date and covers one day only."""
        return self.service_from is not None and self.service_from == self.service_to


class Claim(msgspec.Struct, frozen=True, eq=False, gc=False):
    """
    One claim, ready for the edits.

    `received` is the UTC date of `submitted_at`, `received_latest` the date at that moment in the
    latest time zone in use (UTC+14). `day` is the date whose rules hold for the claim as a whole:
    the through date of inpatient bills, else the earliest date of service, else the statement's,
    else the received date. `bill_type` has four characters, or is `""`. `by_day` holds the lines
    of each day, in the order of the days. `principal` is the marked diagnosis, on other than
    institutional claims else the first. `is_dme` tells that the claim goes to a contractor for
    durable medical equipment, `is_ai_coded` that software assigned a code of it.
    """

    submission_id: str
    submitter_id: str
    received: date
    received_latest: date
    test: bool
    type: ClaimType
    day: date
    is_inpatient: bool
    is_medicare: bool
    is_dme: bool
    is_adjudicated: bool
    is_plain: bool
    patient_control_number: str
    claim_frequency_code: str
    payer_claim_control_number: str
    place_of_service: str
    type_of_bill: str
    bill_type: str
    claim_or_encounter: str
    predetermination: bool
    delay_reason_code: str
    clia_number: str
    previous_submission: PreviousSubmission
    total_charge: Decimal | None
    patient_amount_paid: Decimal | None
    accept_assignment: str
    release_of_information: str
    benefits_assigned: str
    related_causes: tuple[str, ...]
    accident_date: date | None
    accident_state: str
    accident_country: str
    onset_date: date | None
    admission: Admission
    statement_from: date | None
    statement_to: date | None
    drg: str
    billing_provider: Provider
    rendering_provider: Provider
    referring_provider: Provider
    ordering_provider: Provider
    supervising_provider: Provider
    attending_provider: Provider
    operating_provider: Provider
    service_facility: Provider
    pay_to_address: Address
    payers: tuple[Payer, ...]
    destination: Payer
    patient: Patient | Subscriber
    diagnoses: tuple[Diagnosis, ...]
    principal: Diagnosis | None
    procedures: tuple[tuple[str, date | None], ...]
    condition_codes: tuple[str, ...]
    occurrence_codes: tuple[tuple[str, date | None], ...]
    occurrence_spans: tuple[tuple[str, date | None, date | None], ...]
    value_codes: tuple[tuple[str, Decimal | None], ...]
    lines: tuple[Line, ...]
    by_day: tuple[tuple[date, tuple[Line, ...]], ...]
    coding: Coding
    is_ai_coded: bool
