"""Clean claims, one builder a claim type."""

from dataclasses import dataclass
from datetime import date
from random import Random

from scrubber.synthetic.encounters import (
    ADULTS,
    ANCILLARIES,
    DENTAL,
    OUTPATIENT,
    PROFESSIONAL,
    ROOM,
    STAYS,
    Encounter,
    Service,
)
from scrubber.synthetic.payers import WORKING_AGED, adjudicate, cents, money, payer
from scrubber.synthetic.people import Json, Practice, member, npi, person, pick, practices

INPATIENT_SHARE = 0.35
SECONDARY_SHARE = 0.15
DEPENDENT_SHARE = 0.2
#: Who pays second after whom.
_NEXT_PAYER = {"medicare": "blue", "commercial": "medicare"}


@dataclass(frozen=True, slots=True)
class Period:
    """The days between which claims are submitted; services lie 5 to 30 days before."""

    first: date
    last: date


#: All services lie in the third quarter of 2024, which every dated table of NCCI 2024Q3 covers.
PERIOD = Period(date(2024, 8, 20), date(2024, 9, 25))


@dataclass(frozen=True, slots=True)
class Needs:
    """What a planted defect needs of its claim; empty means as it comes."""

    encounter: str = ""
    payer: str = ""
    period: Period = PERIOD
    single_payer: bool = False


class Community:
    """The practices, hospitals and dentists of one seed."""

    def __init__(self, rng: Random) -> None:
        """Fill the directory."""
        self.clinics = practices(rng, "EXAMPLE CLINIC", 24)
        self.hospitals = practices(rng, "EXAMPLE HOSPITAL", 8)
        self.dentists = practices(rng, "EXAMPLE DENTAL", 8)


def _weighted(encounters: tuple[Encounter, ...]) -> tuple[Encounter, ...]:
    return tuple(encounter for encounter in encounters for _ in range(encounter.weight))


_DRAWN = {
    "professional": _weighted(PROFESSIONAL),
    "outpatient": _weighted(OUTPATIENT),
    "dental": _weighted(DENTAL),
}
_NAMED = {encounter.name: encounter for encounter in PROFESSIONAL}


@dataclass(slots=True)
class Draft:
    """A claim in the making, with the day it is submitted and the (last) day of service."""

    claim: Json
    submitted: date
    served: date


def _days(rng: Random, period: Period, *, paid_before: bool) -> tuple[date, date]:
    """The day of submission and of service; a claim that was paid before is two weeks older."""
    first, last = period.first.toordinal(), period.last.toordinal()
    submitted = first + int(rng.random() * (last - first + 1))
    least = 16 if paid_before else 5
    served = submitted - least - int(rng.random() * (31 - least))
    return date.fromordinal(submitted), date.fromordinal(served)


def _start(
    rng: Random, claim_type: str, kinds: tuple[str, ...], needs: Needs, number: int
) -> Draft:
    """The head of a claim: days, payers, patient; totals and lines follow."""
    kind = needs.payer or pick(rng, kinds)
    follower = _NEXT_PAYER.get(kind, "")
    secondary = not needs.single_payer and follower in kinds and rng.random() < SECONDARY_SHARE
    submitted, served = _days(rng, needs.period, paid_before=secondary)
    senior = kind in ("medicare", "advantage") or (secondary and follower == "medicare")
    insured = member(rng, served, senior=senior)
    primary = payer(rng, kind, claim_type, insured)
    claim: Json = {
        "type": claim_type,
        "patient_control_number": f"SYN{number:08d}",
        "claim_frequency_code": "1",
        "accept_assignment": "A",
        "release_of_information": "Y",
        "benefits_assigned": "Y",
        "payers": [primary],
    }
    if secondary:
        second = payer(rng, follower, claim_type, insured)
        second["responsibility"] = "S"
        second["destination"] = True
        if follower == "medicare":
            second["insurance_type_code"] = WORKING_AGED
        claim["payers"].append(second)
    elif kind in ("commercial", "blue") and rng.random() < DEPENDENT_SHARE:
        primary["relationship"] = pick(rng, ("01", "53"))
        claim["patient"] = member(rng, served, senior=False)
    return Draft(claim, submitted, served)


def _line(number: int, service: Service, day: str, fee_level: int) -> Json:
    line: Json = {"number": number}
    if service.revenue_code:
        line["revenue_code"] = service.revenue_code
    if service.procedure:
        line["procedure"] = service.procedure
        line["qualifier"] = "HC"
        line["modifiers"] = list(service.modifiers)
    line["charge"] = money(service.charge * fee_level)  # dollars at percent: cents
    line["units"] = service.units
    line["unit_type"] = "UN"
    line["service_from"] = line["service_to"] = day
    if service.drug:
        drug = service.drug
        line["ndc"] = {"code": drug.code, "quantity": drug.quantity, "unit": drug.unit}
    if service.teeth:
        line["teeth"] = [
            {"number": tooth, "surfaces": list(surfaces)} for tooth, surfaces in service.teeth
        ]
    return line


def _lines(rng: Random, encounter: Encounter, served: date, fee_level: int) -> list[Json]:
    day = served.isoformat()
    lines: list[Json] = []
    for service in encounter.services:
        if service.share == 1.0 or rng.random() < service.share:
            if encounter.daily:
                day = date.fromordinal(served.toordinal() + len(lines)).isoformat()
            lines.append(_line(len(lines) + 1, service, day, fee_level))
    return lines


def _diagnoses(codes: tuple[str, ...]) -> list[Json]:
    return [
        {"code": code, "role": "other" if position else "principal"}
        for position, code in enumerate(codes)
    ]


def total(claim: Json) -> None:
    """The claim's total becomes the sum of its lines."""
    claim["total_charge"] = money(sum([cents(line["charge"]) for line in claim["lines"]]))


def _finish(rng: Random, draft: Draft, *, by_line: bool = True) -> Draft:
    total(draft.claim)
    if len(draft.claim["payers"]) > 1:
        remitted = date.fromordinal(draft.submitted.toordinal() - 2 - int(rng.random() * 3))
        adjudicate(rng, draft.claim, remitted.isoformat(), by_line=by_line)
    return draft


def professional(rng: Random, community: Community, needs: Needs, number: int) -> Draft:
    """A claim of a practice, an ambulance or a clinic (837P)."""
    encounter = _NAMED[needs.encounter] if needs.encounter else pick(rng, _DRAWN["professional"])
    draft = _start(rng, "professional", encounter.payers, needs, number)
    claim = draft.claim
    practice: Practice = pick(rng, community.clinics)
    billing, rendering = encounter.taxonomies
    claim["place_of_service"] = encounter.place_of_service
    claim["billing_provider"] = practice.billing(billing)
    if rendering:
        claim["rendering_provider"] = {**practice.clinician(rng), "taxonomy": rendering}
    if encounter.ordered:
        claim["ordering_provider"] = practice.clinician(rng)
        claim["clia_number"] = practice.clia_number
    served = draft.served
    if encounter.daily:
        served = date.fromordinal(served.toordinal() - 2)  # the three days end on the day drawn
        claim["admission"] = {"date": date.fromordinal(served.toordinal() - 1).isoformat()}
    if encounter.place_of_service in ("21", "23"):
        claim["service_facility"] = pick(rng, community.hospitals).facility()
    claim["diagnoses"] = _diagnoses(pick(rng, encounter.diagnoses))
    claim["lines"] = _lines(rng, encounter, served, practice.fee_level)
    _point(rng, claim)
    return _finish(rng, draft)


def dental(rng: Random, community: Community, needs: Needs, number: int) -> Draft:
    """A claim of a dentist (837D)."""
    encounter = pick(rng, _DRAWN["dental"])
    draft = _start(rng, "dental", ADULTS, needs, number)
    claim = draft.claim
    practice: Practice = pick(rng, community.dentists)
    billing, rendering = encounter.taxonomies
    claim["place_of_service"] = encounter.place_of_service
    claim["billing_provider"] = practice.billing(billing)
    claim["rendering_provider"] = {**practice.clinician(rng), "taxonomy": rendering}
    claim["diagnoses"] = _diagnoses(pick(rng, encounter.diagnoses))
    claim["lines"] = _lines(rng, encounter, draft.served, practice.fee_level)
    for line in claim["lines"]:
        line["qualifier"] = "AD"
    _point(rng, claim)
    return _finish(rng, draft)


def _point(rng: Random, claim: Json) -> None:
    count = len(claim["diagnoses"])
    for line in claim["lines"]:
        line["diagnosis_pointers"] = list(range(1, 2 + int(rng.random() * count)))


def institutional(rng: Random, community: Community, needs: Needs, number: int) -> Draft:
    """A claim of a hospital (837I), inpatient or outpatient."""
    if rng.random() < INPATIENT_SHARE:
        return _inpatient(rng, community, needs, number)
    encounter = pick(rng, _DRAWN["outpatient"])
    draft = _start(rng, "institutional", encounter.payers, needs, number)
    claim = draft.claim
    hospital = _hospital(rng, community, claim, encounter.taxonomies)
    day = draft.served.isoformat()
    claim["type_of_bill"] = "0131"
    claim["statement_from"] = claim["statement_to"] = day
    urgency = "1" if encounter.emergency else "3"
    claim["admission"] = {"type": urgency, "source": "1", "discharge_status": "01"}
    claim["diagnoses"] = _diagnoses(pick(rng, encounter.diagnoses))
    if encounter.emergency:
        reason = claim["diagnoses"][0]["code"]
        claim["diagnoses"].append({"code": reason, "role": "reason_for_visit"})
    claim["lines"] = _lines(rng, encounter, draft.served, hospital.fee_level)
    return _finish(rng, draft)


def _hospital(
    rng: Random, community: Community, claim: Json, taxonomies: tuple[str, str]
) -> Practice:
    hospital: Practice = pick(rng, community.hospitals)
    claim["billing_provider"] = hospital.billing(taxonomies[0])
    claim["attending_provider"] = {**hospital.clinician(rng), "taxonomy": taxonomies[1]}
    return hospital


def _inpatient(rng: Random, community: Community, needs: Needs, number: int) -> Draft:
    stay = pick(rng, STAYS)
    kinds = ("medicare", "medicare", "medicare", "advantage", "commercial", "blue", "medicaid")
    draft = _start(rng, "institutional", kinds, needs, number)
    claim = draft.claim
    hospital = _hospital(rng, community, claim, ("282N00000X", "207R00000X"))
    nights = 2 + int(rng.random() * 5)
    admitted = date.fromordinal(draft.served.toordinal() - nights).isoformat()
    claim["type_of_bill"] = "0111"
    claim["statement_from"], claim["statement_to"] = admitted, draft.served.isoformat()
    claim["admission"] = {
        "date": admitted,
        "type": "1",
        "source": "1",
        "discharge_status": pick(rng, ("01", "01", "03", "06")),
    }
    claim["drg"] = stay.drg
    claim["value_codes"] = [{"code": "80", "amount": str(nights)}]
    claim["diagnoses"] = [
        {**diagnosis, "present_on_admission": "Y"} for diagnosis in _diagnoses(stay.diagnoses)
    ]
    claim["diagnoses"].append({"code": stay.admitting, "role": "admitting"})
    if stay.operation:
        claim["procedures"] = [{"code": stay.operation, "date": admitted}]
        claim["operating_provider"] = {"npi": npi(rng), **person(rng)}
    code, charge = ROOM
    lines = [_stay_line(1, code, charge * nights * hospital.fee_level, nights, "DA")]
    for code, charge in ANCILLARIES:
        charged = charge * nights * hospital.fee_level
        lines.append(_stay_line(len(lines) + 1, code, charged, nights * 2, "UN"))
    claim["lines"] = lines
    return _finish(rng, draft, by_line=False)


def _stay_line(number: int, revenue_code: str, charged: int, units: int, unit_type: str) -> Json:
    """A line of an inpatient bill, which needs no date of its own."""
    return {
        "number": number,
        "revenue_code": revenue_code,
        "charge": money(charged),
        "units": str(units),
        "unit_type": unit_type,
    }


BUILDERS = {"professional": professional, "institutional": institutional, "dental": dental}
