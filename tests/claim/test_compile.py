"""Every derived value is the one that the catalogue's index defines."""

from datetime import date
from typing import Any

import orjson
import pytest

from scrubber.claim.compile import compile_claim
from scrubber.claim.model import NO_PATIENT, NO_PAYER, NO_PROVIDER, Claim
from scrubber.contracts.decode import decode_claim_event
from tests.twins import base_claim


def claim(
    base: str = "professional", submitted: str = "2024-08-20T12:00:00Z", **changes: Any
) -> Claim:
    """Return a base claim, changed and compiled."""
    document = orjson.loads(base_claim(base)) | changes
    event = {
        "schema_version": 1,
        "submission_id": "c-1",
        "submitted_at": submitted,
        "claim": document,
    }
    return compile_claim(decode_claim_event(orjson.dumps(event)).event)


def payer(responsibility: str, **more: Any) -> dict[str, Any]:
    """Return a payer."""
    return {"responsibility": responsibility, "payer_id": f"id-{responsibility}"} | more


@pytest.mark.parametrize(
    ("payers", "destination"),
    [
        ([payer("P"), payer("S", destination=True)], "S"),
        ([payer("S"), payer("P")], "P"),
        ([payer("P", paid_amount="0.00"), payer("S")], "S"),
        ([payer("P", remittance_date="2024-08-15"), payer("S"), payer("T")], "S"),
        ([payer("P", paid_amount="1"), payer("S", paid_amount="1")], "S"),
        ([payer("T"), payer("A"), payer("S", paid_amount="1"), payer("P", paid_amount="1")], "T"),
        ([payer("U"), payer("H", paid_amount="1")], "U"),
    ],
)
def test_the_destination_is_marked_or_the_first_without_a_result(
    payers: list[dict[str, Any]], destination: str
) -> None:
    """In the order P, S, T, A to H, U; the last when all have one."""
    assert claim(payers=payers).destination.responsibility == destination


def test_a_line_result_counts_as_a_result() -> None:
    """The primary that adjudicated a line is done."""
    lines = orjson.loads(base_claim("professional"))["lines"]
    lines[0]["payer_adjudications"] = [{"responsibility": "p", "paid_amount": "10"}]
    found = claim(payers=[payer("P"), payer("S")], lines=lines)
    assert found.destination.responsibility == "S"
    assert found.lines[0].payer_adjudications[0].responsibility == "P"


def test_without_payers_there_is_no_destination() -> None:
    """And no patient is invented."""
    found = claim(payers=[])
    assert found.destination is NO_PAYER
    assert found.patient is NO_PATIENT
    assert not found.is_medicare


def test_the_patient_is_named_or_the_subscriber_who_is_the_patient() -> None:
    """The destination's with relationship 18, else the first with 18."""
    assert claim(patient={"first_name": " JO "}).patient.first_name == "JO"
    both = [
        payer("P", relationship="18", paid_amount="1", subscriber={"first_name": "A"}),
        payer("S", relationship="01", subscriber={"first_name": "B"}),
    ]
    assert claim(payers=both).patient.first_name == "A"
    both[1]["relationship"] = "18"
    assert claim(payers=both).patient.first_name == "B"


@pytest.mark.parametrize(("indicator", "medicare"), [("MA", True), ("mb", True), ("16", False)])
def test_medicare_is_a_filing_indicator(indicator: str, *, medicare: bool) -> None:
    """MA or MB of the destination."""
    assert claim(payers=[payer("P", filing_indicator=indicator)]).is_medicare is medicare


def test_received_is_the_day_of_submission_never_the_clock() -> None:
    """In UTC, and in the latest zone of the earth."""
    found = claim(submitted="2024-08-20T23:30:00-05:00")
    assert (found.received, found.received_latest) == (date(2024, 8, 21), date(2024, 8, 21))
    assert claim(submitted="2024-08-20T10:00:00Z").received_latest == date(2024, 8, 21)
    assert claim(submitted="2024-08-20T09:59:59Z").received_latest == date(2024, 8, 20)


@pytest.mark.parametrize(
    ("type_of_bill", "bill_type", "inpatient"),
    [("131", "0131", False), ("0111", "0111", True), ("18x", "018X", True), ("13", "", False)],
)
def test_a_bill_type_has_four_characters(
    type_of_bill: str, bill_type: str, *, inpatient: bool
) -> None:
    """11x, 18x, 21x and 41x are inpatient."""
    found = claim("institutional", type_of_bill=type_of_bill)
    assert (found.bill_type, found.is_inpatient) == (bill_type, inpatient)


def test_text_is_trimmed_and_codes_are_upper_case() -> None:
    """ICD codes lose their dot, pointer letters become numbers, blanks are absent."""
    lines = orjson.loads(base_claim("professional"))["lines"]
    lines[0] |= {"procedure": " j1885 ", "modifiers": [" xs"], "diagnosis_pointers": ["b", 1]}
    del lines[0]["number"]
    found = claim(
        lines=lines,
        diagnoses=[{"code": " e11.9 "}],
        service_facility={"npi": " 1 ", "address": {"state": " ne "}},
        pay_to_address={"address": {"city": " OMAHA "}},
        admission={"type": " a "},
    )
    line = found.lines[0]
    assert (line.procedure, line.modifiers, line.diagnosis_pointers) == ("J1885", ("XS",), (2, 1))
    assert line.number == 1
    assert found.diagnoses[0].code == "E119"
    assert found.service_facility.npi == "1"
    assert found.service_facility.address is not None
    assert found.service_facility.address.state == "NE"
    assert (found.pay_to_address.city, found.admission.type) == ("OMAHA", "A")


def test_the_rendering_npi_is_the_lines_the_claims_or_the_billing_providers() -> None:
    """In this order; a place of service likewise."""
    lines = orjson.loads(base_claim("professional"))["lines"]
    lines[0] |= {"rendering_provider": {"npi": "1740293877"}, "place_of_service": "22"}
    first, second = claim(lines=lines).lines
    assert (first.rendering_npi, second.rendering_npi) == ("1740293877", "1245319599")
    assert (first.place_of_service, second.place_of_service) == ("22", "11")
    assert second.rendering_provider is NO_PROVIDER
    assert claim(rendering_provider=None).lines[0].rendering_npi == "1234567893"


def test_a_diagnosis_has_the_days_of_the_lines_that_point_to_it() -> None:
    """Of any line when none points to it."""
    lines = orjson.loads(base_claim("professional"))["lines"]
    lines[0] |= {
        "service_from": "2024-08-01",
        "service_to": "2024-08-03",
        "diagnosis_pointers": [1],
    }
    lines[1] |= {
        "service_from": "2024-08-05",
        "service_to": "2024-08-06",
        "diagnosis_pointers": [1],
    }
    first, second = claim(lines=lines).diagnoses
    assert (first.first_day, first.last_day) == (date(2024, 8, 1), date(2024, 8, 6))
    assert (second.first_day, second.last_day) == (date(2024, 8, 1), date(2024, 8, 6))
    lines[1]["diagnosis_pointers"] = [2]
    first, second = claim(lines=lines).diagnoses
    assert (first.first_day, first.last_day) == (date(2024, 8, 1), date(2024, 8, 3))
    assert (second.first_day, second.last_day) == (date(2024, 8, 5), date(2024, 8, 6))


@pytest.mark.parametrize(
    ("bill", "first"), [("0131", date(2024, 8, 1)), ("0111", date(2024, 8, 5))]
)
def test_a_hospital_diagnosis_has_the_days_of_the_statement(bill: str, first: date) -> None:
    """Both ends when outpatient, the discharge when inpatient."""
    found = claim(
        "institutional", type_of_bill=bill, statement_from="2024-08-01", statement_to="2024-08-05"
    )
    assert (found.diagnoses[0].first_day, found.diagnoses[0].last_day) == (first, date(2024, 8, 5))
    assert found.day == (date(2024, 8, 5) if bill == "0111" else date(2024, 8, 14))


def test_the_lines_of_a_claim_lie_by_day() -> None:
    """In the order of the days; a line without date has the claim's."""
    lines = orjson.loads(base_claim("professional"))["lines"]
    lines[0]["service_from"] = "2024-08-16"
    del lines[1]["service_from"], lines[1]["service_to"]
    found = claim(lines=[*lines, lines[0] | {"service_from": "2024-08-15"}])
    assert [(day, [line.index for line in group]) for day, group in found.by_day] == [
        (date(2024, 8, 15), [1, 2]),
        (date(2024, 8, 16), [0]),
    ]
    assert not found.lines[1].one_day
    assert claim(lines=[]).by_day == ()
    assert claim(lines=[]).day == date(2024, 8, 20)
