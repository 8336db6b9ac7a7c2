"""Clean synthetic claims fit the contract, balance to the cent and carry valid identifiers."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from scrubber.contracts.decode import decode_claim_event
from scrubber.synthetic import SyntheticClaim, generate

Json = dict[str, Any]
MBI = re.compile(
    "[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]"
    "[AC-HJKMNP-RT-Y]{2}[0-9]{2}"
)


@pytest.fixture(scope="module")
def claims() -> list[SyntheticClaim]:
    """The clean ones of two thousand claims."""
    return [claim for claim in generate(2_000, 3) if claim.defect is None]


@pytest.fixture(scope="module")
def documents(claims: list[SyntheticClaim]) -> list[Json]:
    """Their claim documents."""
    return [claim.event["claim"] for claim in claims]


def npis(value: object) -> list[str]:
    """Every NPI anywhere in a document."""
    if isinstance(value, dict):
        own = [value["npi"]] if "npi" in value else []
        return own + [npi for part in value.values() for npi in npis(part)]
    if isinstance(value, list):
        return [npi for part in value for npi in npis(part)]
    return []


def luhn_sum(digits: str) -> int:
    """The Luhn sum as ISO/IEC 7812 writes it: double every second digit from the right."""
    return sum(
        sum(map(int, str(int(digit) * 2))) if place % 2 else int(digit)
        for place, digit in enumerate(reversed(digits))
    )


def balance(adjudication: Json) -> Decimal:
    """What a payer paid and adjusted, together."""
    return Decimal(adjudication["paid_amount"]) + sum(
        Decimal(adjustment["amount"]) for adjustment in adjudication.get("adjustments", [])
    )


def test_every_claim_decodes(claims: list[SyntheticClaim]) -> None:
    """The contract's own decoder takes each event."""
    for claim in claims:
        decoded = decode_claim_event(orjson.dumps(claim.event)).event
        assert decoded.submission_id == claim.event["submission_id"]


def test_every_field_is_one_of_the_contract(claims: list[SyntheticClaim]) -> None:
    """What is written is what is read: no field is misspelt and passed through unseen."""

    def fields_of(kind: object, value: Json) -> None:
        for name, part in value.items():
            assert hasattr(kind, name), f"{name} is not a field of {type(kind).__name__}"
            read = getattr(kind, name)
            if isinstance(part, dict):
                fields_of(read, part)
            elif isinstance(part, list):
                for one, other in zip(read, part, strict=True):
                    if isinstance(other, dict):
                        fields_of(one, other)

    for claim in claims[:400]:
        fields_of(decode_claim_event(orjson.dumps(claim.event)).event, claim.event)


def test_totals_are_the_sum_of_the_lines(documents: list[Json]) -> None:
    """Each claim balances exactly, and asks for money."""
    for claim in documents:
        lines = sum(Decimal(line["charge"]) for line in claim["lines"])
        assert Decimal(claim["total_charge"]) == lines > 0


def test_every_npi_passes_the_check_digit(documents: list[Json]) -> None:
    """By a formula of its own: the Luhn sum over 80840 and the ten digits ends in 0."""
    for claim in documents:
        assert npis(claim)
        for npi in npis(claim):
            assert re.fullmatch("[12][0-9]{9}", npi)
            assert luhn_sum("80840" + npi) % 10 == 0


def test_medicare_numbers_have_the_mbi_format(documents: list[Json]) -> None:
    """And only Medicare's members have one."""
    for payer in (payer for claim in documents for payer in claim["payers"]):
        is_mbi = MBI.fullmatch(payer["subscriber"]["member_id"]) is not None
        assert is_mbi == (payer["filing_indicator"] in {"MA", "MB"})


def test_billing_zip_codes_have_nine_digits(documents: list[Json]) -> None:
    """Real towns, and no filler in the last four."""
    for claim in documents:
        zip_code = claim["billing_provider"]["address"]["zip"]
        assert re.fullmatch("[0-9]{9}", zip_code)
        assert zip_code[5:] not in {"0000", "9998", "9999"}


def test_secondary_claims_balance_for_the_payer_before(documents: list[Json]) -> None:
    """Line by line, or over the claim: charged is paid plus adjusted."""
    secondary = [claim for claim in documents if len(claim["payers"]) > 1]
    assert len(secondary) > 50
    by_claim = 0
    for claim in secondary:
        primary, destination = claim["payers"]
        assert destination["destination"] is True
        assert "paid_amount" not in destination
        if "adjustments" in primary:
            by_claim += 1
            assert balance(primary) == Decimal(claim["total_charge"])
            continue
        results = [line["payer_adjudications"][0] for line in claim["lines"]]
        for line, result in zip(claim["lines"], results, strict=True):
            assert balance(result) == Decimal(line["charge"])
        paid = sum(Decimal(result["paid_amount"]) for result in results)
        assert paid == Decimal(primary["paid_amount"])
    assert by_claim > 0


def test_a_payer_answers_after_the_service_and_before_the_next_claim(
    claims: list[SyntheticClaim],
) -> None:
    """Remittances lie between service and submission."""
    for event in (claim.event for claim in claims):
        for payer in event["claim"]["payers"]:
            if remitted := payer.get("remittance_date"):
                served = [line.get("service_to", "") for line in event["claim"]["lines"]]
                assert max(served) < remitted < event["submitted_at"][:10]


def test_services_lie_in_the_month_before_submission(claims: list[SyntheticClaim]) -> None:
    """And in the third quarter of 2024, so that every dated table covers them."""
    for event in (claim.event for claim in claims):
        submitted = date.fromisoformat(event["submitted_at"][:10])
        claim = event["claim"]
        days = [line[end] for line in claim["lines"] for end in line if end.startswith("service_")]
        days += [claim[name] for name in ("statement_from", "statement_to") if name in claim]
        for day in map(date.fromisoformat, days):
            assert date(2024, 7, 1) <= day <= date(2024, 9, 30)
            assert 0 < (submitted - day).days <= 40


def test_medicare_patients_are_the_subscribers_and_old_enough(documents: list[Json]) -> None:
    """Medicare has no dependents; 65 is the age of entry."""
    for claim in documents:
        payers = claim["payers"]
        if any(payer["filing_indicator"] in {"MA", "MB", "16"} for payer in payers):
            assert {payer["relationship"] for payer in payers} == {"18"}
            assert payers[0]["subscriber"]["birth_date"] < "1959"


def test_dependents_come_with_a_patient_of_their_own(documents: list[Json]) -> None:
    """A patient object is there exactly when the relationship is not 18."""
    dependents = 0
    for claim in documents:
        is_dependent = claim["payers"][0]["relationship"] != "18"
        assert is_dependent == ("patient" in claim)
        dependents += is_dependent
    assert dependents > 10


def test_every_code_has_a_provenance_that_points_to_it(documents: list[Json]) -> None:
    """Targets are the claim's diagnoses and procedures, each once, none invented."""
    for claim in documents:
        codes = [f"/diagnoses/{place}/code" for place in range(len(claim["diagnoses"]))]
        codes += [f"/procedures/{place}/code" for place in range(len(claim.get("procedures", [])))]
        codes += [
            f"/lines/{place}/procedure"
            for place, line in enumerate(claim["lines"])
            if "procedure" in line
        ]
        assert [code["target"] for code in claim["coding"]["codes"]] == codes


def test_confidence_is_above_the_threshold(documents: list[Json]) -> None:
    """The default threshold is 0.9; people's codes have no confidence."""
    for code in (code for claim in documents for code in claim["coding"]["codes"]):
        if code["origin"] == "human":
            assert set(code) == {"target", "origin", "coder"}
        else:
            assert 0.9 < code["confidence"] < 1
            assert code["model_version"]


def test_pointers_and_principal_diagnosis_are_in_order(documents: list[Json]) -> None:
    """One principal diagnosis, first; every pointer meets a diagnosis."""
    for claim in documents:
        roles = [diagnosis["role"] for diagnosis in claim["diagnoses"]]
        assert roles[0] == "principal"
        assert roles.count("principal") == 1
        for line in claim["lines"]:
            pointers = line.get("diagnosis_pointers", [1])
            assert 1 <= len(pointers) <= 4
            assert set(pointers) <= set(range(1, len(roles) + 1))


def test_room_days_are_the_length_of_stay(documents: list[Json]) -> None:
    """The accommodation line of an inpatient bill counts the nights."""
    stays = [claim for claim in documents if claim.get("type_of_bill") == "0111"]
    assert stays
    for claim in stays:
        ends = (date.fromisoformat(claim[f"statement_{end}"]) for end in ("to", "from"))
        nights = next(ends) - next(ends)
        assert claim["lines"][0]["units"] == str(nights.days)
        assert claim["admission"]["date"] == claim["statement_from"]


def test_people_are_evidently_made_up(documents: list[Json]) -> None:
    """No surname that anybody has."""
    made_up = {"SAMPLE", "TESTER", "EXAMPLE", "SPECIMEN", "FIXTURE", "DUMMY", "PLACEHOLDER"}
    text = orjson.dumps(documents).decode()
    assert set(re.findall('"last_name":"([^"]*)"', text)) <= made_up
