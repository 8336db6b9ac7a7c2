"""
The claim event: what a clearinghouse publishes to `claims-submitted`, or writes into a file.

Only `type` and `lines` of a claim are required here: a value that is missing but needed is an
edit's business and yields a finding. Unknown fields are ignored here and travel along untouched.
Field names and meanings: the contract; elements are those of the 005010 837 guides.
"""

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StringConstraints
from pydantic.dataclasses import dataclass

from scrubber.contracts.values import WIRE, Amount, Code, Day, Moment, SubmissionId, Text

SCHEMA_VERSION = 1

ClaimType = Literal["professional", "institutional", "dental"]
PointerLetter = Annotated[str, StringConstraints(pattern="^[A-La-l]$")]


@dataclass(slots=True, config=WIRE)
class Address:
    """A postal address (N3, N4); `zip` as sent, with or without a hyphen."""

    line1: Text = ""
    line2: Text = ""
    city: Text = ""
    state: Code = ""
    zip: Text = ""
    country: Code = ""


@dataclass(slots=True, config=WIRE)
class Provider:
    """A person or organization of the claim (NM1, PRV, REF*EI/SY, N3, N4)."""

    npi: Text = ""
    taxonomy: Code = ""
    tax_id: Text = ""
    tax_id_type: Code = ""
    """EI (employer) or SY (social security)."""
    organization_name: Text = ""
    last_name: Text = ""
    first_name: Text = ""
    address: Address | None = None


@dataclass(slots=True, config=WIRE)
class PayToAddress:
    """Where payments go when not to the billing address (2010AB)."""

    address: Address | None = None


@dataclass(slots=True, config=WIRE)
class Patient:
    """The treated person, when not the subscriber (2010CA)."""

    last_name: Text = ""
    first_name: Text = ""
    birth_date: Day | None = None
    death_date: Day | None = None
    sex: Code = ""
    address: Address | None = None


@dataclass(slots=True, config=WIRE)
class Subscriber:
    """The insured of one payer (2010BA, 2330A)."""

    member_id: Text = ""
    organization_name: Text = ""
    last_name: Text = ""
    first_name: Text = ""
    birth_date: Day | None = None
    death_date: Day | None = None
    sex: Code = ""
    address: Address | None = None


@dataclass(slots=True, config=WIRE)
class Adjustment:
    """A CAS trio: why a payer paid less than charged."""

    group: Code = ""
    reason: Code = ""
    amount: Amount | None = None


@dataclass(slots=True, config=WIRE)
class Payer:
    """One payer of the claim, in the order of responsibility (2000B/2010BB, 2320/2330)."""

    responsibility: Code = ""
    destination: StrictBool = False
    """True on the payer to whom this claim goes."""
    payer_id: Text = ""
    name: Text = ""
    filing_indicator: Code = ""
    insurance_type_code: Code = ""
    claim_number: Text = ""
    relationship: Code = ""
    """18 when the patient is the subscriber."""
    subscriber: Subscriber | None = None
    group_number: Text = ""
    prior_authorization: Text = ""
    referral_number: Text = ""
    paid_amount: Amount | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    remittance_date: Day | None = None


@dataclass(slots=True, config=WIRE)
class PreviousSubmission:
    """What became of an earlier submission of this claim."""

    submission_id: Text = ""
    payer_status: Text = ""


@dataclass(slots=True, config=WIRE)
class Admission:
    """The stay of an institutional claim (DTP*435, CL1)."""

    date: Day | None = None
    type: Code = ""
    source: Code = ""
    discharge_status: Code = ""


@dataclass(slots=True, config=WIRE)
class Diagnosis:
    """One diagnosis (HI); the first of a professional claim is the principal, role or not."""

    code: Code = ""
    code_system: Text = ""
    """ICD-10-CM unless said."""
    role: Text = ""
    """principal, admitting, reason_for_visit, external_cause or other."""
    present_on_admission: Code = ""


@dataclass(slots=True, config=WIRE)
class InpatientProcedure:
    """An ICD-10-PCS procedure (HI*BBR, BBQ)."""

    code: Code = ""
    date: Day | None = None


@dataclass(slots=True, config=WIRE)
class OccurrenceCode:
    """An occurrence code with its date (HI*BH)."""

    code: Code = ""
    date: Day | None = None


@dataclass(slots=True, config=WIRE)
class ValueCode:
    """A value code with its amount (HI*BE)."""

    code: Code = ""
    amount: Amount | None = None


@dataclass(slots=True, config=WIRE)
class Ndc:
    """The drug of a line (LIN*N4, CTP)."""

    code: Text = ""
    quantity: Amount | None = None
    unit: Code = ""


@dataclass(slots=True, config=WIRE)
class LineAdjudication:
    """A prior payer's result for one line (2430)."""

    responsibility: Code = ""
    paid_amount: Amount | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    remittance_date: Day | None = None
    bundled_into: StrictInt | None = None


@dataclass(slots=True, config=WIRE)
class Tooth:
    """A tooth and its surfaces (TOO)."""

    number: Code = ""
    surfaces: list[Code] = field(default_factory=list)


@dataclass(slots=True, config=WIRE)
class ServiceLine:
    """One service (2400)."""

    number: StrictInt | None = None
    procedure: Code = ""
    qualifier: Code = ""
    """HC (HCPCS), HP, AD, ER, IV, WK or N4."""
    modifiers: list[Code] = field(default_factory=list)
    revenue_code: Code = ""
    charge: Amount | None = None
    """The line's whole charge, its units included."""
    units: Amount | None = None
    unit_type: Code = ""
    """UN (units), MJ (anesthesia minutes) or DA (days)."""
    service_from: Day | None = None
    service_to: Day | None = None
    place_of_service: Code = ""
    diagnosis_pointers: list[StrictInt | PointerLetter] = field(default_factory=list)
    """Positions in `diagnoses`, from 1; the letters A to L stand for 1 to 12."""
    rendering_provider: Provider | None = None
    ordering_provider: Provider | None = None
    ndc: Ndc | None = None
    prior_authorization: Text = ""
    payer_adjudications: list[LineAdjudication] = field(default_factory=list)
    clia_number: Code = ""
    teeth: list[Tooth] = field(default_factory=list)
    oral_cavity: list[Code] = field(default_factory=list)
    description: Text = ""


@dataclass(slots=True, config=WIRE)
class CodeAssignment:
    """Who or what assigned one code of the claim."""

    target: Text = ""
    """JSON Pointer into the claim."""
    origin: Text = ""
    """ai, ai_accepted, ai_modified, human or rules."""
    model: Text = ""
    model_version: Text = ""
    confidence: StrictFloat | None = None
    coder: Text = ""
    """An opaque staff id, never a name."""


@dataclass(slots=True, config=WIRE)
class Documentation:
    """What the coding system knows of the record behind the claim."""

    complete: StrictBool | None = None
    missing: list[Text] = field(default_factory=list)


@dataclass(slots=True, config=WIRE)
class Coding:
    """The provenance of the codes."""

    codes: list[CodeAssignment] = field(default_factory=list)
    documentation: Documentation | None = None
    experimental: StrictBool | None = None
    encounter_id: Text = ""


# The wire names a span's first day `from`, which Python keeps for itself.
@dataclass(slots=True, config=WIRE)
class OccurrenceSpan:
    """An occurrence span code with its first and last day (HI*BI)."""

    code: Code = ""
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


@dataclass(slots=True, config=WIRE)
class ClaimDocument:
    """The claim itself, as the submitter states it."""

    type: ClaimType
    lines: list[ServiceLine]
    patient_control_number: Text = ""
    claim_frequency_code: Code = ""
    payer_claim_control_number: Text = ""
    place_of_service: Code = ""
    type_of_bill: Code = ""
    claim_or_encounter: Code = ""
    predetermination: StrictBool = False
    delay_reason_code: Code = ""
    clia_number: Code = ""
    previous_submission: PreviousSubmission | None = None
    total_charge: Amount | None = None
    patient_amount_paid: Amount | None = None
    accept_assignment: Code = ""
    release_of_information: Code = ""
    benefits_assigned: Code = ""
    related_causes: list[Code] = field(default_factory=list)
    accident_date: Day | None = None
    accident_state: Code = ""
    accident_country: Code = ""
    onset_date: Day | None = None
    admission: Admission | None = None
    statement_from: Day | None = None
    statement_to: Day | None = None
    drg: Code = ""
    billing_provider: Provider | None = None
    rendering_provider: Provider | None = None
    referring_provider: Provider | None = None
    ordering_provider: Provider | None = None
    supervising_provider: Provider | None = None
    attending_provider: Provider | None = None
    operating_provider: Provider | None = None
    service_facility: Provider | None = None
    pay_to_address: PayToAddress | None = None
    payers: list[Payer] = field(default_factory=list)
    patient: Patient | None = None
    diagnoses: list[Diagnosis] = field(default_factory=list)
    procedures: list[InpatientProcedure] = field(default_factory=list)
    condition_codes: list[Code] = field(default_factory=list)
    occurrence_codes: list[OccurrenceCode] = field(default_factory=list)
    occurrence_spans: list[OccurrenceSpan] = field(default_factory=list)
    value_codes: list[ValueCode] = field(default_factory=list)
    coding: Coding | None = None


@dataclass(slots=True, config=WIRE)
class ClaimEvent:
    """One submission: one record of `claims-submitted`, one line of a `.jsonl` file."""

    schema_version: StrictInt
    submission_id: SubmissionId
    submitted_at: Moment
    claim: ClaimDocument
    submitter_id: Text = ""
    test: StrictBool = False
