"""
The defects that are planted: one a defective claim, each named by the edit that must find it.

Not here, since no single claim without history or configuration shows them: a redelivered event,
a duplicate claim, an unreadable event, a missing edition, a quality sample.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from scrubber.synthetic.claims import PERIOD, Needs, Period, total
from scrubber.synthetic.payers import cents, money
from scrubber.synthetic.people import Json, npi, pick

#: The coverage articles at hand are of autumn 2026.
COVERAGE_PERIOD = Period(date(2026, 11, 4), date(2026, 11, 10))

_ANY_CLAIM = Needs(single_payer=True)


@dataclass(frozen=True, slots=True)
class Defect:
    """One way to spoil a clean claim."""

    edit: str
    disposition: Literal["rejected", "review"]
    plant: Callable[[Json, Random], None]
    """Spoils the event in place."""
    claim_types: tuple[str, ...] = ("professional",)
    needs: Needs = _ANY_CLAIM
    in_coding: bool = False
    """Planted after the codes have their provenance, not before."""


def _total_off_by_one(event: Json, _rng: Random) -> None:
    claim = event["claim"]
    claim["total_charge"] = money(cents(claim["total_charge"]) + 100)


def _negative_charge(event: Json, _rng: Random) -> None:
    line = event["claim"]["lines"][1]
    line["charge"] = money(-cents(line["charge"]))
    total(event["claim"])


def _no_units(event: Json, _rng: Random) -> None:
    event["claim"]["lines"][-1]["units"] = "0"


def _no_service_date(event: Json, _rng: Random) -> None:
    line = event["claim"]["lines"][-1]
    del line["service_from"], line["service_to"]


def _future_date(event: Json, _rng: Random) -> None:
    received = date.fromisoformat(event["submitted_at"][:10])
    line = event["claim"]["lines"][-1]
    line["service_from"] = line["service_to"] = (received + timedelta(days=9)).isoformat()


def _reversed_dates(event: Json, _rng: Random) -> None:
    line = event["claim"]["lines"][-1]
    line["service_to"] = (date.fromisoformat(line["service_from"]) - timedelta(days=3)).isoformat()


def _filed_late(event: Json, _rng: Random) -> None:
    for line in event["claim"]["lines"]:
        served = date.fromisoformat(line["service_from"]) - timedelta(days=400)
        line["service_from"] = line["service_to"] = served.isoformat()


def _no_diagnosis(event: Json, _rng: Random) -> None:
    claim = event["claim"]
    claim["diagnoses"] = []
    for line in claim["lines"]:
        line["diagnosis_pointers"] = []


def _no_principal(event: Json, _rng: Random) -> None:
    event["claim"]["diagnoses"][0]["role"] = "other"


def _further_diagnosis(*codes: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, rng: Random) -> None:
        claim = event["claim"]
        diagnosis = {"code": pick(rng, codes), "role": "other"}
        if claim.get("type_of_bill", "").startswith("011"):
            diagnosis["present_on_admission"] = "Y"
        claim["diagnoses"].append(diagnosis)

    return plant


def _no_pointer(event: Json, _rng: Random) -> None:
    event["claim"]["lines"][-1]["diagnosis_pointers"] = []


def _pointer_beyond(event: Json, _rng: Random) -> None:
    event["claim"]["lines"][-1]["diagnosis_pointers"] = [9]


def _external_cause_first(event: Json, _rng: Random) -> None:
    claim = event["claim"]
    claim["diagnoses"] = [
        {"code": "W19.XXXA", "role": "principal"},
        {"code": "S20.01XA", "role": "other"},
    ]
    _point_all(claim, 2)


def _manifestation_first(event: Json, _rng: Random) -> None:
    claim = event["claim"]
    claim["diagnoses"] = [
        {"code": "F02.80", "role": "principal"},
        {"code": "G30.9", "role": "other"},
    ]
    _point_all(claim, 2)


def _point_all(claim: Json, pointer: int) -> None:
    for line in claim["lines"]:
        line["diagnosis_pointers"] = [pointer]


def _no_billing_npi(event: Json, _rng: Random) -> None:
    del event["claim"]["billing_provider"]["npi"]


def _wrong_check_digit(role: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, rng: Random) -> None:
        valid = npi(rng)
        wrong = (int(valid[-1]) + 1 + int(rng.random() * 9)) % 10
        event["claim"][role]["npi"] = valid[:-1] + str(wrong)

    return plant


def _five_digit_zip(event: Json, _rng: Random) -> None:
    address = event["claim"]["billing_provider"]["address"]
    address["zip"] = address["zip"][:5]


def _no_member_id(event: Json, _rng: Random) -> None:
    del event["claim"]["payers"][0]["subscriber"]["member_id"]


def _letter_that_no_mbi_has(event: Json, _rng: Random) -> None:
    subscriber = event["claim"]["payers"][0]["subscriber"]
    subscriber["member_id"] = subscriber["member_id"][0] + "S" + subscriber["member_id"][2:]


def _billing(**fields: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, _rng: Random) -> None:
        event["claim"]["billing_provider"].update(fields)

    return plant


def _billing_address(**fields: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, _rng: Random) -> None:
        event["claim"]["billing_provider"]["address"].update(fields)

    return plant


def _patient_without(*fields: str) -> Callable[[Json, Random], None]:
    """The patient record, or else the subscriber, lacks one of the fields."""

    def plant(event: Json, rng: Random) -> None:
        claim = event["claim"]
        patient = claim.get("patient") or claim["payers"][0]["subscriber"]
        del patient[pick(rng, fields)]

    return plant


def _payer(**fields: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, _rng: Random) -> None:
        event["claim"]["payers"][0].update(fields)

    return plant


def _without(field: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, _rng: Random) -> None:
        del event["claim"][field]

    return plant


def _yes_for_assigned(event: Json, _rng: Random) -> None:
    event["claim"]["accept_assignment"] = "Y"


def _test_that_nobody_ordered(event: Json, _rng: Random) -> None:
    claim = event["claim"]
    del claim["ordering_provider"]
    claim["lines"][1]["procedure"] = "82306"


def _no_primary_payer(event: Json, _rng: Random) -> None:
    event["claim"]["payers"][0]["responsibility"] = "S"


def _frequency(code: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, _rng: Random) -> None:
        event["claim"]["claim_frequency_code"] = code

    return plant


def _only_lines(claim: Json, *lines: Json) -> None:
    claim["lines"] = list(lines)
    for number, line in enumerate(lines, 1):
        line["number"] = number
    total(claim)


def _without_line(position: int) -> Callable[[Json, Random], None]:
    def plant(event: Json, _rng: Random) -> None:
        lines = event["claim"]["lines"]
        _only_lines(event["claim"], *lines[:position], *lines[position + 1 :])

    return plant


def _pair(first: tuple[str, str], second: tuple[str, str]) -> Callable[[Json, Random], None]:
    """Two lines alone, each a procedure and its charge, on the day of the first."""

    def plant(event: Json, _rng: Random) -> None:
        claim = event["claim"]
        lines = claim["lines"][:2]
        for line, (procedure, charge) in zip(lines, (first, second), strict=True):
            line.update(procedure=procedure, charge=charge, units="1")
        _only_lines(claim, *lines)

    return plant


def _visit_without_modifier(event: Json, _rng: Random) -> None:
    event["claim"]["lines"][0]["modifiers"] = []


def _units(position: int, units: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, _rng: Random) -> None:
        event["claim"]["lines"][position]["units"] = units

    return plant


def _procedure(position: int, *codes: str) -> Callable[[Json, Random], None]:
    def plant(event: Json, rng: Random) -> None:
        event["claim"]["lines"][position]["procedure"] = pick(rng, codes)

    return plant


def _drug(code: str) -> Callable[[Json, Random], None]:
    """The last line becomes one unit of another drug code."""

    def plant(event: Json, _rng: Random) -> None:
        event["claim"]["lines"][-1].update(procedure=code, units="1", modifiers=[])

    return plant


def _long_modifier(event: Json, _rng: Random) -> None:
    event["claim"]["lines"][0]["modifiers"] = ["025"]


def _place(event: Json, _rng: Random) -> None:
    event["claim"]["place_of_service"] = "97"


def _no_place(event: Json, _rng: Random) -> None:
    del event["claim"]["place_of_service"]


def _wrong_shape(event: Json, rng: Random) -> None:
    claim = event["claim"]
    match int(rng.random() * 4):
        case 0:
            claim["total_charge"] = "1,250.00"
        case 1:
            claim["lines"][0]["service_from"] = "2024-02-30"
        case 2:
            claim["lines"][0]["units"] = "two"
        case _:
            claim["payers"] = claim["payers"][0]


def _bad_control_number(event: Json, rng: Random) -> None:
    claim = event["claim"]
    claim["patient_control_number"] = pick(rng, ("", claim["patient_control_number"] * 4))


def _no_model_version(event: Json, _rng: Random) -> None:
    del event["claim"]["coding"]["codes"][0]["model_version"]


def _low_confidence(event: Json, rng: Random) -> None:
    code = event["claim"]["coding"]["codes"][0]
    code["confidence"] = round(0.5 + rng.random() * 0.35, 3)


def _documents_missing(event: Json, rng: Random) -> None:
    missing = pick(rng, ("operative_note", "signature", "progress_note"))
    event["claim"]["coding"]["documentation"] = {"complete": False, "missing": [missing]}


def _experimental(event: Json, _rng: Random) -> None:
    event["claim"]["coding"]["experimental"] = True


def _in_massachusetts(claim: Json) -> None:
    claim["billing_provider"]["address"].update(city="BOSTON", state="MA", zip="021081234")


def _unsupported_drug(event: Json, _rng: Random) -> None:
    """A52421 covers the drug for bone disease, not for what the claim says."""
    claim = event["claim"]
    _in_massachusetts(claim)
    line = claim["lines"][-1]
    line.update(procedure="J1740", units="3", modifiers=["JZ"])
    line["ndc"] = {"code": "99999000901", "quantity": "3", "unit": "ML"}
    _only_lines(claim, line)


def _excluded_knee(event: Json, _rng: Random) -> None:
    """A52369 lists osteoarthritis of the knee as not covered for the arthroscopy."""
    claim = event["claim"]
    _in_massachusetts(claim)
    claim["diagnoses"] = [{"code": "M17.11", "role": "principal"}]
    claim["place_of_service"] = "24"
    claim["service_facility"] = {
        "npi": claim["billing_provider"]["npi"],
        "organization_name": claim["billing_provider"]["organization_name"],
        "address": {**claim["billing_provider"]["address"], "line1": "9 SURGERY CT"},
    }
    line = claim["lines"][1]
    line.update(procedure="29877", modifiers=["RT"], charge="2200.00", diagnosis_pointers=[1])
    _only_lines(claim, line)


def _bill_of_a_replacement(event: Json, _rng: Random) -> None:
    claim = event["claim"]
    claim["type_of_bill"] = f"{claim['type_of_bill'][:-1]}7"


def _unknown_admission_type(event: Json, _rng: Random) -> None:
    event["claim"]["admission"]["type"] = "7"


def _long_condition_code(event: Json, _rng: Random) -> None:
    event["claim"]["condition_codes"] = ["440"]


_PERSONS = ("professional", "dental")
_MEDICAL = ("professional", "institutional")
_ANY = ("professional", "institutional", "dental")


def _at(encounter: str = "", payer: str = "", period: Period = PERIOD) -> Needs:
    return Needs(encounter, payer, period, single_payer=True)


_OFFICE = _at("office")
_MEDICARE = _at("", "medicare")
_COMMERCIAL = _at("", "commercial")
_UNKNOWN_DIAGNOSES = ("E11.Q", "I10.Z", "J45.Q")
_HEADINGS = ("J45", "M17.1", "M25.51")
#: In force from 2024-10-01, after every service of the period.
_LATER_DIAGNOSES = ("G40.841", "E74.820")

DEFECTS = (
    Defect("line-charges-not-balanced", "rejected", _total_off_by_one, _ANY),
    Defect("charge-negative", "rejected", _negative_charge, needs=_OFFICE),
    Defect("units-missing-or-invalid", "rejected", _no_units, needs=_OFFICE),
    Defect("service-date-missing", "rejected", _no_service_date, needs=_OFFICE),
    Defect("service-date-in-future", "rejected", _future_date, needs=_OFFICE),
    Defect("service-date-range-reversed", "rejected", _reversed_dates, needs=_OFFICE),
    Defect("timely-filing-exceeded", "review", _filed_late, needs=_at("office", "medicare")),
    Defect("principal-diagnosis-missing", "rejected", _no_diagnosis, needs=_OFFICE),
    Defect("principal-diagnosis-missing", "rejected", _no_principal, ("institutional",)),
    Defect("diagnosis-code-unknown", "rejected", _further_diagnosis(*_UNKNOWN_DIAGNOSES), _MEDICAL),
    Defect("diagnosis-not-billable", "rejected", _further_diagnosis(*_HEADINGS), _MEDICAL),
    Defect(
        "diagnosis-not-valid-on-date", "rejected", _further_diagnosis(*_LATER_DIAGNOSES), _MEDICAL
    ),
    Defect("wrong-surgery-reported", "review", _further_diagnosis("Y65.53"), _MEDICAL),
    Defect(
        "type-of-bill-frequency-mismatch", "rejected", _bill_of_a_replacement, ("institutional",)
    ),
    Defect("admission-data-missing", "rejected", _unknown_admission_type, ("institutional",)),
    Defect(
        "condition-occurrence-value-code-invalid",
        "rejected",
        _long_condition_code,
        ("institutional",),
    ),
    Defect("diagnosis-pointer-missing", "rejected", _no_pointer),
    Defect("diagnosis-pointer-out-of-range", "rejected", _pointer_beyond),
    Defect("external-cause-as-principal", "rejected", _external_cause_first, needs=_OFFICE),
    Defect("manifestation-as-principal", "rejected", _manifestation_first, needs=_OFFICE),
    Defect("billing-npi-missing", "rejected", _no_billing_npi, _MEDICAL, _MEDICARE),
    Defect("billing-npi-invalid", "rejected", _wrong_check_digit("billing_provider"), _ANY),
    Defect(
        "rendering-npi-invalid",
        "rejected",
        _wrong_check_digit("rendering_provider"),
        _PERSONS,
        _OFFICE,
    ),
    Defect(
        "referring-ordering-npi-invalid",
        "rejected",
        _wrong_check_digit("ordering_provider"),
        needs=_OFFICE,
    ),
    Defect(
        "facility-provider-npi-invalid",
        "rejected",
        _wrong_check_digit("attending_provider"),
        ("institutional",),
    ),
    Defect(
        "attending-provider-missing", "rejected", _without("attending_provider"), ("institutional",)
    ),
    Defect(
        "ordering-provider-missing",
        "review",
        _test_that_nobody_ordered,
        needs=_at("office", "medicare"),
    ),
    Defect("taxonomy-code-invalid", "rejected", _billing(taxonomy="207Q00000"), _ANY),
    Defect("billing-tax-id-invalid", "rejected", _billing(tax_id="12-34567"), _ANY),
    Defect("billing-name-missing", "rejected", _billing(organization_name=""), _ANY),
    Defect("billing-address-po-box", "rejected", _billing_address(line1="P.O. BOX 12"), _ANY),
    Defect("address-state-invalid", "rejected", _billing_address(state="ZQ"), _ANY),
    Defect("billing-zip-not-nine-digits", "rejected", _five_digit_zip, _ANY),
    Defect("subscriber-id-missing", "rejected", _no_member_id, _ANY),
    Defect("mbi-format-invalid", "rejected", _letter_that_no_mbi_has, _MEDICAL, _MEDICARE),
    Defect("payer-sequence-invalid", "rejected", _no_primary_payer, _ANY, _COMMERCIAL),
    Defect("member-name-missing", "rejected", _patient_without("last_name"), _ANY),
    Defect(
        "member-birth-date-sex-missing", "rejected", _patient_without("birth_date", "sex"), _ANY
    ),
    Defect("patient-address-missing", "rejected", _patient_without("address"), _ANY),
    Defect("relationship-inconsistent", "rejected", _payer(relationship="01"), _MEDICAL, _MEDICARE),
    Defect("payer-id-missing", "rejected", _payer(payer_id=""), _ANY, _COMMERCIAL),
    Defect(
        "filing-indicator-invalid", "rejected", _payer(filing_indicator="09"), _ANY, _COMMERCIAL
    ),
    Defect("assignment-release-codes-invalid", "rejected", _yes_for_assigned, _ANY),
    Defect("frequency-code-invalid", "rejected", _frequency("6"), _PERSONS),
    Defect("original-reference-missing", "rejected", _frequency("7"), _PERSONS, _COMMERCIAL),
    Defect(
        "ncci-ptp-conflict",
        "rejected",
        _pair(("G0439", "175.00"), ("G0402", "220.00")),
        needs=_at("wellness", "medicare"),
    ),
    Defect(
        "ncci-ptp-modifier-required",
        "rejected",
        _pair(("G0447", "32.00"), ("G0473", "18.00")),
        needs=_at("wellness", "medicare"),
    ),
    Defect(
        "ncci-ptp-modifier-required",
        "rejected",
        _visit_without_modifier,
        needs=_at("injection", "medicare"),
    ),
    Defect("mue-exceeded", "rejected", _units(0, "2"), needs=_at("wellness", "medicare")),
    Defect("mue-exceeded-clinical", "review", _units(-1, "20"), needs=_at("joint", "medicare")),
    Defect("add-on-without-primary", "rejected", _without_line(1), needs=_at("skin", "medicare")),
    Defect(
        "add-on-without-primary", "rejected", _without_line(1), needs=_at("navigation", "medicare")
    ),
    Defect("procedure-code-missing", "rejected", _procedure(-1, ""), _PERSONS, _OFFICE),
    Defect(
        "procedure-code-format-invalid",
        "rejected",
        _procedure(0, "9921425", "992I4", "9921"),
        needs=_at("office", "medicare"),
    ),
    Defect("procedure-code-unknown", "rejected", _drug("J0009"), needs=_at("joint", "medicare")),
    Defect(
        "procedure-code-not-valid-on-date",
        "rejected",
        _drug("J1030"),
        needs=_at("joint", "medicare"),
    ),
    Defect("modifier-format-invalid", "rejected", _long_modifier, needs=_OFFICE),
    Defect("place-of-service-missing", "rejected", _no_place, _PERSONS, _OFFICE),
    Defect("place-of-service-invalid", "rejected", _place, needs=_OFFICE),
    Defect("claim-schema-invalid", "rejected", _wrong_shape, _ANY),
    Defect("patient-control-number-invalid", "rejected", _bad_control_number, _ANY),
    Defect("ai-provenance-missing", "review", _no_model_version, _ANY, in_coding=True),
    Defect("ai-confidence-below-threshold", "review", _low_confidence, _ANY, in_coding=True),
    Defect("documentation-incomplete", "review", _documents_missing, _ANY, in_coding=True),
    Defect("experimental-service-review", "review", _experimental, _MEDICAL, in_coding=True),
    Defect(
        "lcd-diagnosis-not-supporting",
        "review",
        _unsupported_drug,
        needs=_at("joint", "medicare", COVERAGE_PERIOD),
    ),
    Defect(
        "lcd-diagnosis-excluded",
        "review",
        _excluded_knee,
        needs=_at("joint", "medicare", COVERAGE_PERIOD),
    ),
)

BY_TYPE = {
    claim_type: tuple(defect for defect in DEFECTS if claim_type in defect.claim_types)
    for claim_type in _ANY
}
