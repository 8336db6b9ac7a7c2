"""Planted defects are there: each is shown by a look of its own at the claim."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from scrubber.contracts.decode import SchemaInvalid, decode_claim_event
from scrubber.synthetic import generate

Json = dict[str, Any]


@pytest.fixture(scope="module")
def defective() -> dict[str, list[Json]]:
    """The defective events of five thousand claims, by edit."""
    events: dict[str, list[Json]] = {}
    for claim in generate(5_000, 4):
        if claim.defect:
            events.setdefault(claim.defect, []).append(claim.event)
    return events


def medicare(claim: Json) -> bool:
    """Whether the only payer is Medicare."""
    return [payer["filing_indicator"] for payer in claim["payers"]] in (["MA"], ["MB"])


def patient(claim: Json) -> Json:
    """The patient record, else the subscriber of the first payer."""
    found: Json = claim.get("patient") or claim["payers"][0]["subscriber"]
    return found


def line_sum(claim: Json) -> Decimal:
    """The exact sum of the line charges."""
    return sum((Decimal(line["charge"]) for line in claim["lines"]), Decimal(0))


def received(event: Json) -> date:
    """The day the claim arrived."""
    return date.fromisoformat(event["submitted_at"][:10])


def served(event: Json) -> list[date]:
    """The first days of the lines."""
    return [date.fromisoformat(line["service_from"]) for line in event["claim"]["lines"]]


LOOKS: dict[str, Callable[[Json], bool]] = {
    "line-charges-not-balanced": lambda event: (
        line_sum(event["claim"]) != Decimal(event["claim"]["total_charge"])
    ),
    "charge-negative": lambda event: (
        min(Decimal(line["charge"]) for line in event["claim"]["lines"]) < 0
        and line_sum(event["claim"]) == Decimal(event["claim"]["total_charge"]) > 0
    ),
    "units-missing-or-invalid": lambda event: "0" in [x["units"] for x in event["claim"]["lines"]],
    "service-date-missing": lambda event: "service_from" not in event["claim"]["lines"][-1],
    "service-date-in-future": lambda event: max(served(event)) > received(event) + timedelta(1),
    "service-date-range-reversed": lambda event: any(
        line["service_to"] < line["service_from"] for line in event["claim"]["lines"]
    ),
    "timely-filing-exceeded": lambda event: (
        medicare(event["claim"]) and min(served(event)) < received(event) - timedelta(366)
    ),
    "principal-diagnosis-missing": lambda event: (
        "principal" not in [diagnosis["role"] for diagnosis in event["claim"]["diagnoses"]]
    ),
    "diagnosis-pointer-missing": lambda event: (
        [] in [line["diagnosis_pointers"] for line in event["claim"]["lines"]]
    ),
    "diagnosis-pointer-out-of-range": lambda event: any(
        max(line["diagnosis_pointers"]) > len(event["claim"]["diagnoses"])
        for line in event["claim"]["lines"]
    ),
    "billing-npi-missing": lambda event: (
        medicare(event["claim"]) and "npi" not in event["claim"]["billing_provider"]
    ),
    "attending-provider-missing": lambda event: (
        event["claim"]["type"] == "institutional" and "attending_provider" not in event["claim"]
    ),
    "ordering-provider-missing": lambda event: (
        medicare(event["claim"])
        and "82306" in [line["procedure"] for line in event["claim"]["lines"]]
        and "ordering_provider" not in event["claim"]
    ),
    "taxonomy-code-invalid": lambda event: (
        len(event["claim"]["billing_provider"]["taxonomy"]) != 10
    ),
    "billing-tax-id-invalid": lambda event: (
        not re.fullmatch("[0-9]{9}", event["claim"]["billing_provider"]["tax_id"])
    ),
    "billing-name-missing": lambda event: (
        not event["claim"]["billing_provider"]["organization_name"]
    ),
    "billing-address-po-box": lambda event: (
        "BOX" in event["claim"]["billing_provider"]["address"]["line1"]
    ),
    "address-state-invalid": lambda event: (
        event["claim"]["billing_provider"]["address"]["state"] == "ZQ"
    ),
    "member-name-missing": lambda event: "last_name" not in patient(event["claim"]),
    "member-birth-date-sex-missing": lambda event: (
        not {"birth_date", "sex"} <= set(patient(event["claim"]))
    ),
    "patient-address-missing": lambda event: "address" not in patient(event["claim"]),
    "relationship-inconsistent": lambda event: (
        medicare(event["claim"]) and event["claim"]["payers"][0]["relationship"] != "18"
    ),
    "payer-id-missing": lambda event: not event["claim"]["payers"][0]["payer_id"],
    "filing-indicator-invalid": lambda event: (
        event["claim"]["payers"][0]["filing_indicator"] == "09"
    ),
    "assignment-release-codes-invalid": lambda event: (
        event["claim"]["accept_assignment"] not in {"A", "B", "C"}
    ),
    "billing-zip-not-nine-digits": lambda event: (
        len(event["claim"]["billing_provider"]["address"]["zip"]) == 5
    ),
    "subscriber-id-missing": lambda event: (
        "member_id" not in event["claim"]["payers"][0]["subscriber"]
    ),
    "mbi-format-invalid": lambda event: (
        medicare(event["claim"]) and "S" in event["claim"]["payers"][0]["subscriber"]["member_id"]
    ),
    "payer-sequence-invalid": lambda event: (
        "P" not in [payer["responsibility"] for payer in event["claim"]["payers"]]
    ),
    "frequency-code-invalid": lambda event: event["claim"]["claim_frequency_code"] == "6",
    "original-reference-missing": lambda event: (
        event["claim"]["claim_frequency_code"] == "7"
        and "payer_claim_control_number" not in event["claim"]
    ),
    "procedure-code-missing": lambda event: (
        "" in [line["procedure"] for line in event["claim"]["lines"]]
    ),
    "place-of-service-missing": lambda event: "place_of_service" not in event["claim"],
    "modifier-format-invalid": lambda event: any(
        len(modifier) != 2 for line in event["claim"]["lines"] for modifier in line["modifiers"]
    ),
    "patient-control-number-invalid": lambda event: (
        not 1 <= len(event["claim"]["patient_control_number"]) <= 38
    ),
    "ai-provenance-missing": lambda event: any(
        code["origin"].startswith("ai") and "model_version" not in code
        for code in event["claim"]["coding"]["codes"]
    ),
    "ai-confidence-below-threshold": lambda event: any(
        code["origin"] == "ai" and code["confidence"] < 0.9
        for code in event["claim"]["coding"]["codes"]
    ),
    "documentation-incomplete": lambda event: (
        event["claim"]["coding"]["documentation"]["complete"] is False
    ),
    "experimental-service-review": lambda event: event["claim"]["coding"]["experimental"] is True,
    "lcd-diagnosis-not-supporting": lambda event: (
        event["claim"]["lines"][0]["procedure"] == "J1740"
        and event["claim"]["billing_provider"]["address"]["state"] == "MA"
    ),
    "lcd-diagnosis-excluded": lambda event: (
        event["claim"]["diagnoses"][0]["code"] == "M17.11"
        and event["claim"]["lines"][0]["procedure"] == "29877"
    ),
}


@pytest.mark.parametrize("edit", LOOKS)
def test_the_defect_is_in_every_claim_it_is_listed_for(
    defective: dict[str, list[Json]], edit: str
) -> None:
    """And some claim is listed for it."""
    assert defective[edit]
    assert all(LOOKS[edit](event) for event in defective[edit])


@pytest.mark.parametrize("edit", LOOKS)
def test_the_defect_is_in_no_other_professional_claim(
    defective: dict[str, list[Json]], edit: str
) -> None:
    """One defect a claim: the look finds nothing in claims planted with another."""
    others = set(defective) - {edit, "claim-schema-invalid"}
    if edit == "diagnosis-pointer-missing":
        others.remove("principal-diagnosis-missing")  # without diagnoses there is no pointer
    for event in (event for other in others for event in defective[other]):
        if event["claim"]["type"] == "professional":
            assert not looks(edit, event), event["submission_id"]


def looks(edit: str, event: Json) -> bool:
    """The look; nothing is seen where the planted defect took the field away."""
    try:
        return LOOKS[edit](event)
    except (LookupError, ValueError):
        return False


def test_wrong_check_digits_are_wrong(defective: dict[str, list[Json]]) -> None:
    """The Luhn sum over 80840 and the number does not end in 0."""
    for edit, role in (
        ("billing-npi-invalid", "billing_provider"),
        ("rendering-npi-invalid", "rendering_provider"),
        ("referring-ordering-npi-invalid", "ordering_provider"),
        ("facility-provider-npi-invalid", "attending_provider"),
    ):
        for event in defective[edit]:
            digits = [int(digit) for digit in "80840" + event["claim"][role]["npi"]]
            doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
            assert (sum(digits[-1::-2]) + sum(doubled)) % 10 != 0


def test_claims_of_the_wrong_shape_are_refused_with_one_fault(
    defective: dict[str, list[Json]],
) -> None:
    """The decoder names the one field; every other defect decodes."""
    for edit, events in defective.items():
        for event in events:
            raw = orjson.dumps(event)
            if edit != "claim-schema-invalid":
                decode_claim_event(raw)
                continue
            with pytest.raises(SchemaInvalid) as refused:
                decode_claim_event(raw)
            assert len(refused.value.faults) == 1
