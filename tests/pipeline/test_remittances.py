"""An 835 claim finds the claim that was submitted, or is told to have found none, or several."""

import io
import logging
from copy import deepcopy
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from scrubber.claim import history as patient_history
from scrubber.claim.compile import compile_claim
from scrubber.claim.history import EMPTY, PastClaim, PatientHistory
from scrubber.claim.prior import Prior
from scrubber.contracts.decode import SchemaInvalid, Undecodable, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.contracts.remittance import RemittanceEvent
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.remittances import (
    NoSuchClaimError,
    SentClaims,
    remittance_event,
    unusual_codes,
)
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings
from scrubber.reference.shelf import Shelf
from scrubber.synthetic import generate
from scrubber.x12.paid_claims import PaidClaim, read_paid_claims
from scrubber.x12.read import ClaimRecord, read_claims
from tests.conftest import ROOT
from tests.remittances import Advice, add_claim, add_line, begin, random_advice, written

Json = dict[str, Any]
SECRET = b"sixteen bytes or more"
CLAIM: Json = {
    "type": "professional",
    "patient_control_number": "Pcn-1",
    "claim_frequency_code": "1",
    "total_charge": "250.00",
    "billing_provider": {"npi": "1234567893", "tax_id": "123456789"},
    "payers": [
        {
            "responsibility": "P",
            "payer_id": "05102",
            "subscriber": {"member_id": "1EG4TE5MK73", "last_name": "SAMPLE", "first_name": "PAT", "birth_date": "1950-02-11"},
        }
    ],
    "lines": [
        {"number": 1, "procedure": "99213", "modifiers": ["25"], "charge": "150.00", "service_from": "2026-07-01"},
        {"number": 2, "procedure": "G0108", "charge": "100.00", "service_from": "2026-07-01"},
    ],
}  # fmt: skip


def event(submission_id: str = "s-1", claim: Json | None = None, **changes: Any) -> bytes:
    """Return a claim event of the claim, with other values at the top of it."""
    return orjson.dumps(
        {
            "schema_version": 1,
            "submission_id": submission_id,
            "submitted_at": "2026-07-02T14:03:00Z",
            "submitter_id": "c",
            "claim": (claim or CLAIM) | changes,
        }
    )


def advice_of(claim: Json = CLAIM, status: str = "1", **more: str) -> Advice:
    """Return an 835 that pays a claim in full."""
    advice = begin(payer=more.pop("payer", "05102"), npi=more.pop("npi", "1234567893"))
    add_claim(advice, claim, status, paid=claim["total_charge"], **more)
    for line in claim["lines"]:
        add_line(advice, line, line["charge"])
    advice.settle()
    return advice


def paid(*advice: Advice) -> list[PaidClaim]:
    """Return the claims of 835s."""
    got = list(read_paid_claims(io.BytesIO(written(advice))))
    assert not [one for one in got if not isinstance(one, PaidClaim) and hasattr(one, "error")]
    return [one for one in got if isinstance(one, PaidClaim)]


def sent(*events: bytes) -> SentClaims:
    """Return the claims that were submitted."""
    claims = SentClaims(["PCN-1"], SECRET)
    for one in events:
        claims.add(one)
    return claims


def found(advice: Advice, *events: bytes) -> str:
    """Return the submission that a result is of."""
    return sent(*events).find(paid(advice)[0]).submission_id


def test_a_result_is_of_the_claim_with_its_number_and_payee() -> None:
    """Submission, key, type, payer as the claim has it, and the lines by their numbers."""
    (one,) = paid(advice_of(CLAIM | {"patient_control_number": "PCN-1"}))
    claim = sent(event()).find(one)
    assert claim.key == patient_key(decode_claim_event(event()).event, SECRET)
    made = remittance_event(one, claim)
    RemittanceEvent.model_validate_json(orjson.dumps(made))
    assert (made["submission_id"], made["claim_type"], made["payer_id"]) == ("s-1", "professional", "05102")  # fmt: skip
    assert made["patient_control_number"] == "Pcn-1"  # as it was sent: payers write in capitals
    assert [line["number"] for line in made["lines"]] == [1, 2]
    assert made["received_at"] == "2026-07-20T06:00:00Z"
    again = remittance_event(one, claim, "2026-07-21T08:00:00Z")
    assert again == made | {"received_at": "2026-07-21T08:00:00Z"}


def test_the_payee_is_the_billing_provider_by_npi_or_tax_id() -> None:
    """A group is paid under another NPI, but its own tax id."""
    assert found(advice_of(npi="1245319599"), event()) == "s-1"
    other = event(billing_provider={"npi": "1234567893"})
    assert found(advice_of(), other) == "s-1"
    with pytest.raises(
        NoSuchClaimError, match=r"^no submitted claim has its number, payee, and member or charge$"
    ):
        found(advice_of(npi="1245319599"), other)


def test_what_was_not_submitted_is_not_guessed() -> None:
    """Another number, another provider, or two claims that nothing tells apart."""
    for other in (event(patient_control_number="PCN-2"), event(billing_provider={"npi": "1245319599"})):  # fmt: skip
        with pytest.raises(NoSuchClaimError, match="no submitted claim") as none:
            found(advice_of(), other)
        assert not none.value.several
    with pytest.raises(NoSuchClaimError, match=r"^2 submitted claims are alike") as two:
        found(advice_of(), event("s-1"), event("s-2"))
    assert two.value.several
    assert found(advice_of(), event("s-1"), event("s-1")) == "s-1"


def test_a_number_that_was_given_twice_is_no_proof() -> None:
    """Another member is believed where charge and days agree; another charge where the member does."""
    member = [CLAIM["payers"][0] | {"subscriber": {"member_id": "1EG4TE5MK74"}}]
    days = [line | {"service_from": "2026-07-02"} for line in CLAIM["lines"]]
    assert found(advice_of(), event(payers=member)) == "s-1"
    assert found(advice_of(), event(total_charge="400.00", lines=days)) == "s-1"
    unlined = advice_of()
    unlined.segments = [one for one in unlined.segments if one[0] not in ("SVC", "DTM")]
    unlined.settle()
    assert found(unlined, event(payers=member)) == "s-1"
    for other in (
        event(payers=member, total_charge="251.00"),
        event(payers=member, lines=days),
    ):
        with pytest.raises(NoSuchClaimError, match="and member or charge"):
            found(advice_of(), other)


def _payers(**changes: Any) -> list[Json]:
    return [CLAIM["payers"][0] | changes]


@pytest.mark.parametrize(
    ("other", "more"),
    [
        ({"payers": _payers(payer_id="05202")}, {}),
        ({"payers": _payers(subscriber={"member_id": "1EG4TE5MK74"})}, {}),
        ({"payers": _payers(responsibility="S")}, {}),
        ({"claim_frequency_code": "7", "payer_claim_control_number": "ICN-0"}, {}),
        ({"payer_claim_control_number": "ICN-1"}, {}),
        ({"total_charge": "251.00"}, {}),
        ({"lines": [line | {"service_from": "2026-07-02"} for line in CLAIM["lines"]]}, {}),
    ],
)
def test_what_both_say_tells_claims_apart(other: Json, more: dict[str, str]) -> None:
    """Payer, member, order of payers, frequency, payer's number, charge and days."""
    for order in (1, -1):
        assert found(advice_of(**more), *[event("s-1"), event("s-2", **other)][::order]) == "s-1"


def test_a_reversal_and_its_correction_find_the_same_claim() -> None:
    """A negative charge is the charge."""
    advice = advice_of(status="22")
    for segment in advice.segments:
        if segment[0] in ("CLP", "SVC"):
            at = (3, 4) if segment[0] == "CLP" else (2, 3)
            for position in at:
                segment[position] = f"-{segment[position]}"
    advice.settle(("FB", "-250.00"))
    claims = sent(event("s-1"), event("s-2", total_charge="251.00"))
    (one,) = paid(advice)
    assert claims.find(one).submission_id == "s-1"
    made = remittance_event(one, claims.find(one))
    assert [line["number"] for line in made["lines"]] == [1, 2]


SECONDARY: Json = CLAIM | {
    "payers": [
        CLAIM["payers"][0] | {"destination": True},
        CLAIM["payers"][0] | {"responsibility": "S", "payer_id": "OP1"},
    ]
}


def test_a_payer_that_the_claim_was_passed_on_to_answers_for_itself() -> None:
    """Its result is of that payer, and no answer to the submission; unnamed it is not guessed."""
    claims = sent(event(claim=SECONDARY))
    (one,) = paid(advice_of(status="2", payer="OP1"))
    made = remittance_event(one, claims.find(one))
    assert (made["payer_id"], made["submission_id"]) == ("OP1", None)
    (own,) = paid(advice_of(status="2"))
    assert remittance_event(own, claims.find(own))["submission_id"] == "s-1"
    (unnamed,) = paid(advice_of(status="2", payer="99999"))
    with pytest.raises(NoSuchClaimError, match="another payer than its claim was sent to"):
        remittance_event(unnamed, claims.find(unnamed))
    (first,) = paid(advice_of(status="1", payer="99999"))
    assert remittance_event(first, claims.find(first))["payer_id"] == "05102"
    (only,) = paid(advice_of(status="2", payer="99999"))
    assert remittance_event(only, sent(event()).find(only))["submission_id"] == "s-1"


def test_a_claim_without_payers_keeps_the_835s() -> None:
    """There is no other id to name."""
    (one,) = paid(advice_of())
    made = remittance_event(one, sent(event(payers=[])).find(one))
    assert (made["payer_id"], made["submission_id"]) == ("05102", "s-1")


def line_numbers(claim: Json, advice: Advice) -> list[int | None]:
    """Return the numbers of the lines of a result."""
    (one,) = paid(advice)
    return [line["number"] for line in remittance_event(one, sent(event(claim=claim)).find(one))["lines"]]  # fmt: skip


def test_lines_are_known_by_code_modifiers_charge_and_day() -> None:
    """Whatever their order; two that are alike are not told apart; an unknown one has no number."""
    turned = CLAIM | {"lines": CLAIM["lines"][::-1]}
    assert line_numbers(CLAIM, advice_of(turned)) == [2, 1]
    twice = CLAIM | {"total_charge": "200.00", "lines": [CLAIM["lines"][1], CLAIM["lines"][1] | {"number": 3}]}  # fmt: skip
    assert line_numbers(twice, advice_of(twice)) == [None, None]
    for changes in ({"procedure": "99214"}, {"modifiers": ["59"]}, {"service_from": "2026-07-02"}):
        other = CLAIM | {"lines": [CLAIM["lines"][0] | changes, CLAIM["lines"][1]]}
        assert line_numbers(CLAIM, advice_of(other)) == [None, 2]
    charges = [CLAIM["lines"][0] | {"charge": "140.00"}, CLAIM["lines"][1] | {"charge": "110.00"}]
    assert line_numbers(CLAIM, advice_of(CLAIM | {"lines": charges})) == [None, None]
    undated = CLAIM | {"lines": [{"number": 1, "procedure": "99213", "modifiers": ["25"], "charge": "150.00"}, CLAIM["lines"][1]]}  # fmt: skip
    assert line_numbers(undated, advice_of()) == [1, 2]


def test_a_bundled_line_is_known_by_the_code_that_was_billed() -> None:
    """SVC06, with its modifiers."""
    advice = advice_of()
    svc = next(one for one in advice.segments if one[0] == "SVC")
    svc += ["HC:99213:25"]
    svc[1] = "HC:99499"
    assert line_numbers(CLAIM, advice) == [1, 2]


def test_a_hospital_line_is_known_by_its_revenue_code() -> None:
    """Where no procedure was billed; a result without any code is of no line."""
    room = {"number": 1, "revenue_code": "0120", "procedure": "0120", "charge": "250.00"}
    claim = CLAIM | {"type": "institutional", "lines": [room | {"procedure": "", "service_from": "2026-07-01"}]}  # fmt: skip
    billed = CLAIM | {"lines": [room | {"service_from": "2026-07-01"}]}
    advice = advice_of(billed)
    assert line_numbers(claim, advice) == [1]
    next(one for one in advice.segments if one[0] == "SVC")[1] = "NU"
    assert line_numbers(claim, advice) == [None]


def test_the_providers_own_line_numbers_come_first() -> None:
    """REF 6R of the 837, kept verbatim, comes back in the 835."""
    raw = (ROOT / "tests" / "x12" / "fixtures" / "professional.837").read_bytes()
    (record,) = [one for one in read_claims(io.BytesIO(raw)) if isinstance(one, ClaimRecord)][:1]
    claim = deepcopy(record.event["claim"])
    same = {"procedure": "99213", "charge": "100.00", "service_from": "2024-08-14"}
    claim["lines"] = [{"number": 1, **same}, {"number": 2, **same}]
    claim["total_charge"] = "200.00"
    kept = claim["x12"]["segments"]
    claim["x12"]["segments"] = [one for one in kept if not one["segment"].startswith("REF*6R")] + [
        {"loop": "2400", "segment": f"REF*6R*L-{line}", "line": line} for line in (1, 2)
    ]
    advice = begin()
    add_claim(advice, claim, paid="200.00")
    for number in ("L-2", "L-1"):
        add_line(advice, same, "100.00")
        advice.put("REF", "6R", number)
    add_line(advice, same | {"charge": "0"}, "0")
    advice.put("REF", "6R", "L-9")
    advice.settle()
    claims = SentClaims([claim["patient_control_number"]])
    claims.add(orjson.dumps(record.event | {"claim": claim}))
    (one,) = paid(advice)
    made = remittance_event(one, claims.find(one))
    assert [line["number"] for line in made["lines"]] == [2, 1, None]


def test_what_can_be_taken_in() -> None:
    """Claim events, outcomes with and without a key; what is neither is told."""
    claims = SentClaims(["PCN-1"])
    outcome = {"schema_version": 1, "outcome_id": "0" * 32, "submission_id": "s-1", "claim": CLAIM}
    claims.add(orjson.dumps(outcome), "k" * 32)
    assert claims.find(paid(advice_of())[0]).key == "k" * 32
    claims.add(event(patient_control_number=None))
    claims.add(event(patient_control_number="PCN-2", lines={}))
    for raw, error in ((b"{", Undecodable), (b"[]", Undecodable), (event(lines={}), SchemaInvalid)):
        with pytest.raises(error):
            claims.add(raw)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """Return a shelf with a few reason codes."""
    rows: list[dict[str, object]] = [{"code": "45"}, {"code": "50"}, {"code": "17", "expires": "2009-06-30"}]  # fmt: skip
    return Shelf.of_rows({"carc": rows}, effective=date(2024, 1, 1))


def test_codes_that_are_in_no_list_are_said_and_go_on(shelf: Shelf) -> None:
    """Status, group, reason; a reason that is not in force any more; nothing without the list."""
    made: Json = {
        "claim_status": "99",
        "reversal": True,
        "total_charge": "10.00",
        "remittance_date": "2026-07-18",
        "adjustments": [{"group": "XX", "reason": "17"}, {"group": "CO", "reason": "45"}],
        "lines": [{"adjustments": [{"group": "PR", "reason": "SAMPLE"}, {"group": "XX", "reason": "50"}]}],
    }  # fmt: skip
    said = [
        "99 is no claim status of an 835",
        "a reversal states a positive charge",
        "XX is no adjustment group of an 835",
    ]
    assert list(unusual_codes(made, Shelf([]))) == said
    assert list(unusual_codes(made, shelf)) == [
        *said,
        "17 is no adjustment reason in force on 2026-07-18 (carc@2024-01-01)",
        "(6 characters) is no adjustment reason in force on 2026-07-18 (carc@2024-01-01)",
    ]
    right = made | {"claim_status": "22", "total_charge": "-10.00", "adjustments": [], "lines": []}
    assert list(unusual_codes(right, shelf)) == []


# From claim to payment and back to the next claim.


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    """Return a scrubber with the bundled tables."""
    return build_scrubber(read_settings({}))


def scrubbed(scrubber: Scrubber, raw: bytes, history: PatientHistory) -> tuple[Json, PatientHistory]:  # fmt: skip
    """Return the outcome of a claim, and the history with it."""
    outcome = scrubber.answer(raw, Prior(history, date(2010, 1, 1)))
    body = orjson.loads(outcome.encode())
    after = patient_history.remember(
        history,
        compile_claim(decode_claim_event(raw).event),
        outcome_id=body["outcome_id"],
        disposition="clean",
        failing=(),
        versions=b"v",
    )
    return body, after


def screening(day: str, control: str) -> bytes:
    """Return a claim for a wellness visit, which Medicare covers once in twelve months."""
    raw = orjson.loads((ROOT / "samples" / "claims.jsonl").read_bytes().splitlines()[0])
    claim = raw["claim"]
    line = claim["lines"][0] | {"procedure": "G0439", "charge": "170.00", "units": "1", "modifiers": [], "service_from": day, "service_to": day}  # fmt: skip
    claim |= {"patient_control_number": control, "total_charge": "170.00", "lines": [line]}
    claim["payers"][0] |= {"filing_indicator": "MB", "payer_id": "05102"}
    claim["billing_provider"] |= {"npi": "1234567893"}
    return orjson.dumps(raw | {"submission_id": control, "test": False, "submitted_at": f"{day}T12:00:00Z"})  # fmt: skip


def answered(history: PatientHistory, raw: bytes, *adjustments: tuple[str, str, str], paid_amount: str) -> PatientHistory:  # fmt: skip
    """Return the history after the payer's 835 for a claim."""
    claim = orjson.loads(raw)["claim"]
    advice = begin()
    add_claim(advice, claim, number="ICN-77", paid=paid_amount)
    add_line(advice, claim["lines"][0], paid_amount, *adjustments)
    advice.settle()
    claims = SentClaims([claim["patient_control_number"]])
    claims.add(raw)
    (one,) = paid(advice)
    made = RemittanceEvent.model_validate(remittance_event(one, claims.find(one)))
    history, matched = patient_history.paid(history, made)
    assert matched
    return history


def edits_of(body: Json) -> set[str]:
    """Return the edits that complain."""
    return {one["edit"] for one in body["findings"]}


def test_a_denial_gives_the_benefit_back(scrubber: Scrubber) -> None:
    """A wellness visit eight months after one that was paid exceeds its limit; denied, it does not."""
    first, second = screening("2024-01-10", "V-1"), screening("2024-09-12", "V-2")
    _, history = scrubbed(scrubber, first, EMPTY)
    paid_history = answered(history, first, paid_amount="170.00")
    denied_history = answered(history, first, ("CO", "50", "170.00"), paid_amount="0")
    known = patient_history.find(denied_history, "V-1")
    assert isinstance(known, PastClaim)
    assert known.payment is not None
    assert (known.payment.denied, known.payment.paid, known.payment.status) == (True, False, "1")
    said = [edits_of(scrubbed(scrubber, second, one)[0]) for one in (history, paid_history, denied_history)]  # fmt: skip
    assert ["frequency-limit-exceeded" in one for one in said] == [True, True, False]


def test_the_payers_number_lets_a_replacement_find_its_original(scrubber: Scrubber) -> None:
    """Before the 835 came nobody knows the number; after it the original no longer counts."""
    first = screening("2024-01-10", "V-1")
    again = orjson.loads(first)
    again["submission_id"] = "V-1b"
    again["claim"] |= {"claim_frequency_code": "7", "payer_claim_control_number": "ICN-77"}
    second = orjson.dumps(again)
    _, history = scrubbed(scrubber, first, EMPTY)
    told = answered(history, first, ("CO", "45", "20.00"), paid_amount="150.00")
    ended = []
    for one in (history, told):
        _, after = scrubbed(scrubber, second, one)
        ended.append(patient_history.superseded(after.claims))
    assert ended == [{}, {"V-1": "replaced"}]


def test_every_claim_of_a_random_file_comes_home() -> None:
    """All types, from claims to 835 to events: each of its own submission, with its own lines."""
    events = [one.event for one in generate(80, 11) if one.defect is None]
    advice = [
        random_advice(Random(number), [one["claim"]], f"T{number}")
        for number, one in enumerate(events)
    ]
    for one, payment in zip(events, advice, strict=True):
        payment.segments[8][4] = one["claim"]["billing_provider"]["npi"]
        payment.segments[6][2] = one["claim"]["payers"][0]["payer_id"]
    claims = SentClaims([one["claim"]["patient_control_number"] for one in events])
    for one in events:
        claims.add(orjson.dumps(one))
    numbered = lines = 0
    for one in paid(*advice):
        made = remittance_event(one, claims.find(one))
        RemittanceEvent.model_validate(made)
        at = int(one.event["trace_number"][1:])
        assert made["patient_control_number"] == events[at]["claim"]["patient_control_number"]
        assert made["claim_type"] == events[at]["claim"]["type"]
        numbers = [line["number"] for line in made["lines"]]
        expected = [line["number"] for line in events[at]["claim"]["lines"]]
        assert all(got in (None, want) for got, want in zip(numbers, expected, strict=True))
        numbered += sum(number is not None for number in numbers)
        lines += len(numbers)
    assert numbered > 0.9 * lines


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """Reading and joining write no log line."""
    del tmp_path
    with caplog.at_level(logging.DEBUG):
        (one,) = paid(advice_of())
        remittance_event(one, sent(event()).find(one))
    assert caplog.records == []
