"""Turn a validated claim event into the structs the edits read, with every derived value."""

from datetime import UTC, date, timedelta
from decimal import Decimal

from scrubber.claim.model import (
    NO_ADDRESS,
    NO_ADMISSION,
    NO_CODING,
    NO_PATIENT,
    NO_PAYER,
    NO_PREVIOUS,
    NO_PROVIDER,
    NO_SUBSCRIBER,
    Adjustment,
    Claim,
    Diagnosis,
    Line,
    LineAdjudication,
    Ndc,
    Payer,
)
from scrubber.contracts import claim as wire

LATEST_ZONE = timedelta(hours=14)  # Kiribati; a visit there is dated a day ahead of UTC
INPATIENT_BILLS = frozenset(("11", "18", "21", "41"))
MEDICARE_INDICATORS = frozenset(("MA", "MB"))
RESPONSIBILITY_ORDER = "PSTABCDEFGHU"


def compile_claim(event: wire.ClaimEvent) -> Claim:
    """
    Return the claim of an event, ready for the edits.

    Codes lose their dots, money and units become `Decimal`, pointer letters become numbers.
    """
    doc = event.claim
    submitted = event.submitted_at.astimezone(UTC)
    received = submitted.date()
    payers = tuple(_payer(i, payer) for i, payer in enumerate(doc.payers))
    destination = _destination(payers, doc.lines)
    bill_type = doc.type_of_bill.zfill(4) if len(doc.type_of_bill) in (3, 4) else ""
    is_inpatient = doc.type == "institutional" and bill_type[1:3] in INPATIENT_BILLS
    day = _claim_day(doc, received, is_inpatient=is_inpatient)
    billing = doc.billing_provider or NO_PROVIDER
    rendering = doc.rendering_provider or NO_PROVIDER
    claim_npi = rendering.npi or billing.npi
    lines = tuple(
        _line(
            i,
            line,
            doc.place_of_service,
            claim_npi,
            day if is_inpatient else line.service_from or day,
        )
        for i, line in enumerate(doc.lines)
    )
    return Claim(
        event.submission_id,
        event.submitter_id,
        received,
        (submitted + LATEST_ZONE).date(),
        event.test,
        doc.type,
        day,
        is_inpatient,
        destination.filing_indicator in MEDICARE_INDICATORS,
        doc.patient_control_number,
        doc.claim_frequency_code,
        doc.payer_claim_control_number,
        doc.place_of_service,
        doc.type_of_bill,
        bill_type,
        doc.claim_or_encounter,
        doc.predetermination,
        doc.delay_reason_code,
        doc.clia_number,
        doc.previous_submission or NO_PREVIOUS,
        _decimal(doc.total_charge),
        _decimal(doc.patient_amount_paid),
        doc.accept_assignment,
        doc.release_of_information,
        doc.benefits_assigned,
        tuple(doc.related_causes),
        doc.accident_date,
        doc.accident_state,
        doc.accident_country,
        doc.onset_date,
        doc.admission or NO_ADMISSION,
        doc.statement_from,
        doc.statement_to,
        doc.drg,
        billing,
        rendering,
        doc.referring_provider or NO_PROVIDER,
        doc.ordering_provider or NO_PROVIDER,
        doc.supervising_provider or NO_PROVIDER,
        doc.attending_provider or NO_PROVIDER,
        doc.operating_provider or NO_PROVIDER,
        doc.service_facility or NO_PROVIDER,
        (doc.pay_to_address and doc.pay_to_address.address) or NO_ADDRESS,
        payers,
        destination,
        doc.patient or _patient(payers, destination),
        _diagnoses(doc, lines, is_inpatient=is_inpatient),
        tuple((procedure.code.replace(".", ""), procedure.date) for procedure in doc.procedures),
        tuple(doc.condition_codes),
        tuple((occurrence.code, occurrence.date) for occurrence in doc.occurrence_codes),
        tuple((span.code, span.from_, span.to) for span in doc.occurrence_spans),
        tuple((value.code, _decimal(value.amount)) for value in doc.value_codes),
        lines,
        _by_day(lines),
        doc.coding or NO_CODING,
    )


def _decimal(amount: str | float | None) -> Decimal | None:
    if amount.__class__ is str:
        return Decimal(amount)
    return None if amount is None else Decimal(repr(amount))


def _adjustments(adjustments: list[wire.Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(a.group, a.reason, _decimal(a.amount)) for a in adjustments)


def _payer(index: int, payer: wire.Payer) -> Payer:
    return Payer(
        index,
        payer.responsibility,
        payer.destination,
        payer.payer_id,
        payer.name,
        payer.filing_indicator,
        payer.insurance_type_code,
        payer.claim_number,
        payer.relationship,
        payer.subscriber or NO_SUBSCRIBER,
        payer.group_number,
        payer.prior_authorization,
        payer.referral_number,
        _decimal(payer.paid_amount),
        _adjustments(payer.adjustments),
        payer.remittance_date,
    )


def _destination(payers: tuple[Payer, ...], lines: list[wire.ServiceLine]) -> Payer:
    """Return the payer the claim goes to (catalogue index, *Derived values*)."""
    if len(payers) == 1:
        return payers[0]
    if not payers:
        return NO_PAYER
    for payer in payers:
        if payer.marked_destination:
            return payer
    adjudicated = {a.responsibility for line in lines for a in line.payer_adjudications}
    ordered = sorted(payers, key=lambda payer: RESPONSIBILITY_ORDER.find(payer.responsibility) % 99)
    for payer in ordered:
        if (
            payer.paid_amount is None
            and payer.remittance_date is None
            and payer.responsibility not in adjudicated
        ):
            return payer
    return ordered[-1]


def _patient(payers: tuple[Payer, ...], destination: Payer) -> wire.Patient | wire.Subscriber:
    for payer in (destination, *payers):
        if payer.relationship == "18":
            return payer.subscriber
    return NO_PATIENT


def _claim_day(doc: wire.ClaimDocument, received: date, *, is_inpatient: bool) -> date:
    if is_inpatient and doc.statement_to:
        return doc.statement_to
    first: date | None = None
    for line in doc.lines:
        start = line.service_from
        if start and (first is None or start < first):
            first = start
    return first or doc.statement_from or doc.statement_to or received


def _line(
    index: int, line: wire.ServiceLine, place_of_service: str, claim_npi: str, day: date
) -> Line:
    own_rendering = line.rendering_provider or NO_PROVIDER
    start = line.service_from
    ndc = line.ndc
    return Line(
        index,
        index + 1 if line.number is None else line.number,
        line.procedure,
        line.qualifier,
        tuple(line.modifiers),
        line.revenue_code,
        _decimal(line.charge),
        _decimal(line.units),
        line.unit_type,
        start,
        line.service_to or start,
        line.place_of_service or place_of_service,
        tuple(
            pointer if pointer.__class__ is int else ord(str(pointer).upper()) - 64
            for pointer in line.diagnosis_pointers
        ),
        own_rendering,
        own_rendering.npi or claim_npi,
        line.ordering_provider or NO_PROVIDER,
        ndc and Ndc(ndc.code, _decimal(ndc.quantity), ndc.unit),
        line.prior_authorization,
        tuple(
            LineAdjudication(
                a.responsibility,
                _decimal(a.paid_amount),
                _adjustments(a.adjustments),
                a.remittance_date,
                a.bundled_into,
            )
            for a in line.payer_adjudications
        )
        if line.payer_adjudications
        else (),
        line.clia_number,
        tuple(line.teeth),
        tuple(line.oral_cavity),
        line.description,
        day,
    )


def _diagnoses(
    doc: wire.ClaimDocument, lines: tuple[Line, ...], *, is_inpatient: bool
) -> tuple[Diagnosis, ...]:
    if doc.type == "institutional":
        last = doc.statement_to
        first = last if is_inpatient else doc.statement_from or last
        spans = dict.fromkeys(range(1, len(doc.diagnoses) + 1), (first, last or first))
    else:
        spans = _pointed_days(doc.diagnoses, lines)
    return tuple(
        Diagnosis(
            i,
            diagnosis.code.replace(".", ""),
            diagnosis.code_system,
            diagnosis.role,
            diagnosis.present_on_admission,
            *spans[i + 1],
        )
        for i, diagnosis in enumerate(doc.diagnoses)
    )


def _pointed_days(
    diagnoses: list[wire.Diagnosis], lines: tuple[Line, ...]
) -> dict[int, tuple[date | None, date | None]]:
    """Return first and last day of the lines that point to each position, else of any line."""
    starts = [line.service_from for line in lines if line.service_from]
    ends = [line.service_to for line in lines if line.service_to]
    whole = (min(starts, default=None), max(ends, default=None))
    if whole[0] == whole[1]:  # one day for all: the common case needs no look at the pointers
        return dict.fromkeys(range(1, len(diagnoses) + 1), whole)
    spans: dict[int, tuple[date | None, date | None]] = {}
    for position in range(1, len(diagnoses) + 1):
        pointing = [line for line in lines if position in line.diagnosis_pointers]
        starts = [line.service_from for line in pointing if line.service_from]
        ends = [line.service_to for line in pointing if line.service_to]
        spans[position] = (min(starts), max(ends)) if starts else whole
    return spans


def _by_day(lines: tuple[Line, ...]) -> tuple[tuple[date, tuple[Line, ...]], ...]:
    if not lines:
        return ()
    day = lines[0].day
    for line in lines:
        if line.day != day:
            break
    else:
        return ((day, lines),)
    days = sorted({line.day for line in lines})
    return tuple((day, tuple(line for line in lines if line.day == day)) for day in days)
