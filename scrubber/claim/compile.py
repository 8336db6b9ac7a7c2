"""Turn a validated claim event into the structs the edits read, with every derived value."""

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from functools import lru_cache

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

Span = tuple[date | None, date | None]
LATEST_ZONE = timedelta(hours=14)  # Kiribati; a visit there is dated a day ahead of UTC
INPATIENT_BILLS = frozenset(("11", "18", "21", "41"))
#: Payer ids of the DME MACs: jurisdictions A, B, C and D.
DME_CONTRACTORS = frozenset(("16013", "17013", "18003", "19003"))
ASSIGNED_BY_AI = frozenset(("ai", "ai_accepted", "ai_modified"))
MEDICARE_INDICATORS = frozenset(("MA", "MB"))
RESPONSIBILITY_ORDER = "PSTABCDEFGHU"


def compile_claim(event: wire.ClaimEvent, *, is_plain: bool = False) -> Claim:
    """
    Return the claim of an event, ready for the edits.

    Text is trimmed, codes are upper-cased, ICD codes lose their dots, pointer letters become
    numbers. The event's own structs of persons are trimmed in place and carried on.
    """
    doc = event.claim
    submitted = event.submitted_at.astimezone(UTC)
    received = submitted.date()
    payers = tuple([_payer(i, payer) for i, payer in enumerate(doc.payers)])
    destination = _destination(payers, doc.lines)
    type_of_bill = _code(doc.type_of_bill)
    bill_type = type_of_bill.zfill(4) if len(type_of_bill) in (3, 4) else ""
    is_inpatient = doc.type == "institutional" and bill_type[1:3] in INPATIENT_BILLS
    day = _claim_day(doc, received, is_inpatient=is_inpatient)
    billing = _provider(doc.billing_provider)
    rendering = _provider(doc.rendering_provider)
    claim_npi = rendering.npi or billing.npi
    place_of_service = _code(doc.place_of_service)
    lines = tuple(
        [
            _line(
                i,
                line,
                place_of_service,
                claim_npi,
                day if is_inpatient else line.service_from or day,
            )
            for i, line in enumerate(doc.lines)
        ]
    )
    coding = doc.coding or NO_CODING
    diagnoses = _diagnoses(doc, lines, is_inpatient=is_inpatient)
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
        destination.payer_id in DME_CONTRACTORS,
        _is_adjudicated(doc),
        is_plain,
        doc.patient_control_number.strip(),
        _code(doc.claim_frequency_code),
        doc.payer_claim_control_number.strip(),
        place_of_service,
        type_of_bill,
        bill_type,
        _code(doc.claim_or_encounter),
        doc.predetermination,
        _code(doc.delay_reason_code),
        _code(doc.clia_number),
        doc.previous_submission or NO_PREVIOUS,
        doc.total_charge,
        doc.patient_amount_paid,
        _code(doc.accept_assignment),
        _code(doc.release_of_information),
        _code(doc.benefits_assigned),
        _codes(doc.related_causes),
        doc.accident_date,
        _code(doc.accident_state),
        _code(doc.accident_country),
        doc.onset_date,
        _admission(doc.admission),
        doc.statement_from,
        doc.statement_to,
        _code(doc.drg),
        billing,
        rendering,
        _provider(doc.referring_provider),
        _provider(doc.ordering_provider),
        _provider(doc.supervising_provider),
        _provider(doc.attending_provider),
        _provider(doc.operating_provider),
        _provider(doc.service_facility),
        _address(doc.pay_to_address.address if doc.pay_to_address else None) or NO_ADDRESS,
        payers,
        destination,
        _patient_of(doc.patient) or _patient(payers, destination),
        diagnoses,
        _principal(doc.type, diagnoses),
        tuple([(_icd(procedure.code), procedure.date) for procedure in doc.procedures]),
        _codes(doc.condition_codes),
        tuple([(_code(occurrence.code), occurrence.date) for occurrence in doc.occurrence_codes]),
        tuple([(_code(span.code), span.from_, span.to) for span in doc.occurrence_spans]),
        tuple([(_code(value.code), value.amount) for value in doc.value_codes]),
        lines,
        _by_day(lines),
        coding,
        any(one.origin in ASSIGNED_BY_AI for one in coding.codes),
    )


# Codes are few and come again and again; a look-up costs less than two new strings.
@lru_cache(maxsize=65536)
def _code(text: str) -> str:
    return text.strip().upper()


@lru_cache(maxsize=65536)
def _icd(code: str) -> str:
    return code.strip().upper().replace(".", "")


def _codes(codes: list[str]) -> tuple[str, ...]:
    return tuple([_code(code) for code in codes]) if codes else ()


def _address(address: wire.Address | None) -> wire.Address | None:
    if address is not None:
        address.line1 = address.line1.strip()
        address.city = address.city.strip()
        address.state = _code(address.state)
        address.zip = address.zip.strip()
        address.country = _code(address.country)
    return address


def _provider(provider: wire.Provider | None) -> wire.Provider:
    if provider is None:
        return NO_PROVIDER
    provider.npi = provider.npi.strip()
    provider.taxonomy = _code(provider.taxonomy)
    provider.tax_id = provider.tax_id.strip()
    provider.tax_id_type = _code(provider.tax_id_type)
    provider.organization_name = provider.organization_name.strip()
    provider.last_name = provider.last_name.strip()
    provider.first_name = provider.first_name.strip()
    _address(provider.address)
    return provider


def _patient_of(patient: wire.Patient | None) -> wire.Patient | None:
    if patient is not None:
        patient.last_name = patient.last_name.strip()
        patient.first_name = patient.first_name.strip()
        patient.sex = _code(patient.sex)
        _address(patient.address)
    return patient


def _subscriber(subscriber: wire.Subscriber | None) -> wire.Subscriber:
    if subscriber is None:
        return NO_SUBSCRIBER
    subscriber.member_id = subscriber.member_id.strip()
    subscriber.organization_name = subscriber.organization_name.strip()
    subscriber.last_name = subscriber.last_name.strip()
    subscriber.first_name = subscriber.first_name.strip()
    subscriber.sex = _code(subscriber.sex)
    _address(subscriber.address)
    return subscriber


def _admission(admission: wire.Admission | None) -> wire.Admission:
    if admission is None:
        return NO_ADMISSION
    admission.type = _code(admission.type)
    admission.source = _code(admission.source)
    admission.discharge_status = _code(admission.discharge_status)
    return admission


def _adjustments(adjustments: list[wire.Adjustment]) -> tuple[Adjustment, ...]:
    return (
        tuple([Adjustment(_code(a.group), _code(a.reason), a.amount) for a in adjustments])
        if adjustments
        else ()
    )


def _payer(index: int, payer: wire.Payer) -> Payer:
    return Payer(
        index,
        _code(payer.responsibility),
        payer.destination,
        payer.payer_id.strip(),
        payer.name.strip(),
        _code(payer.filing_indicator),
        _code(payer.insurance_type_code),
        payer.claim_number.strip(),
        _code(payer.relationship),
        _subscriber(payer.subscriber),
        payer.group_number.strip(),
        payer.prior_authorization.strip(),
        payer.referral_number.strip(),
        payer.paid_amount,
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
    adjudicated = {_code(a.responsibility) for line in lines for a in line.payer_adjudications}
    ordered = sorted(payers, key=lambda payer: RESPONSIBILITY_ORDER.find(payer.responsibility) % 99)
    for payer in ordered:
        if (
            payer.paid_amount is None
            and payer.remittance_date is None
            and payer.responsibility not in adjudicated
        ):
            return payer
    return ordered[-1]


def _is_adjudicated(doc: wire.ClaimDocument) -> bool:
    for payer in doc.payers:
        if payer.paid_amount is not None or payer.adjustments:
            return True
    for line in doc.lines:  # noqa: SIM110 (a generator costs more than the rest)
        if line.payer_adjudications:
            return True
    return False


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
    own_rendering = _provider(line.rendering_provider) if line.rendering_provider else NO_PROVIDER
    start = line.service_from
    ndc = line.ndc
    return Line(
        index,
        index + 1 if line.number is None else line.number,
        _code(line.procedure),
        _code(line.qualifier),
        _codes(line.modifiers),
        _code(line.revenue_code),
        line.charge,
        line.units,
        _code(line.unit_type),
        start,
        line.service_to or start,
        _code(line.place_of_service) or place_of_service,
        tuple(
            [
                pointer if pointer.__class__ is int else ord(str(pointer).upper()) - 64
                for pointer in line.diagnosis_pointers
            ]
        ),
        own_rendering,
        own_rendering.npi or claim_npi,
        _provider(line.ordering_provider) if line.ordering_provider else NO_PROVIDER,
        None if ndc is None else Ndc(ndc.code.strip(), ndc.quantity, _code(ndc.unit)),
        line.prior_authorization.strip(),
        tuple(
            LineAdjudication(
                _code(a.responsibility),
                a.paid_amount,
                _adjustments(a.adjustments),
                a.remittance_date,
                a.bundled_into,
            )
            for a in line.payer_adjudications
        )
        if line.payer_adjudications
        else (),
        _code(line.clia_number),
        tuple(line.teeth),
        _codes(line.oral_cavity),
        line.description.strip(),
        day,
    )


def _diagnoses(
    doc: wire.ClaimDocument, lines: tuple[Line, ...], *, is_inpatient: bool
) -> tuple[Diagnosis, ...]:
    if doc.type == "institutional":
        last = doc.statement_to
        first = last if is_inpatient else doc.statement_from or last
        spans = [(first, last or first)] * len(doc.diagnoses)
    else:
        spans = _pointed_days(len(doc.diagnoses), lines)
    return tuple(
        [
            Diagnosis(
                i,
                _icd(diagnosis.code),
                _code(diagnosis.code_system),
                diagnosis.role.strip(),
                _code(diagnosis.present_on_admission),
                *spans[i],
            )
            for i, diagnosis in enumerate(doc.diagnoses)
        ]
    )


def _principal(claim_type: str, diagnoses: tuple[Diagnosis, ...]) -> Diagnosis | None:
    for diagnosis in diagnoses:
        if diagnosis.role == "principal":
            return diagnosis
    return diagnoses[0] if diagnoses and claim_type != "institutional" else None


def _pointed_days(count: int, lines: Sequence[Line]) -> list[Span]:
    """Return first and last day of the lines that point to each diagnosis, else of any line."""
    whole = _span(lines)
    if whole[0] == whole[1]:  # one day for all: the common case needs no look at the pointers
        return [whole] * count
    spans = []
    for position in range(1, count + 1):
        span = _span([line for line in lines if position in line.diagnosis_pointers])
        spans.append(span if span[0] else whole)
    return spans


def _span(lines: Sequence[Line]) -> Span:
    """Return the first and last day of lines; a line that began has an end."""
    first: date | None = None
    last: date | None = None
    for line in lines:
        start, end = line.service_from, line.service_to
        if start and (first is None or start < first):
            first = start
        if end and (last is None or end > last):
            last = end
    return first, last


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
