"""835 files give what payers made of claims; whatever does not balance is told where it is."""

import io
from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.contracts.remittance import RemittanceEvent
from scrubber.synthetic import generate
from scrubber.x12.paid_claims import PaidClaim, Payment, Read, read_paid_claims
from scrubber.x12.read import X12Fault, read_claims
from tests.remittances import (
    Advice,
    add_claim,
    add_line,
    alike,
    amounts_of,
    begin,
    plainly,
    random_advice,
    written,
)
from tests.x12.test_replies import accepted_by_pyx12

Json = dict[str, Any]
FIXTURE = (Path(__file__).parent / "fixtures" / "remittance.835").read_bytes()
CENT = Decimal("0.01")


def read(raw: bytes) -> tuple[list[Json], list[X12Fault], list[Payment]]:
    """Return the events, faults and payments of a file."""
    got: list[Read] = list(read_paid_claims(io.BytesIO(raw)))
    return (
        [one.event for one in got if isinstance(one, PaidClaim)],
        [one for one in got if isinstance(one, X12Fault)],
        [one for one in got if isinstance(one, Payment)],
    )


def of(control: str) -> list[Json]:
    """Return the events of the fixture with a patient control number."""
    return [one for one in read(FIXTURE)[0] if one["patient_control_number"] == control]


def changed(old: str, new: str) -> bytes:
    """Return the fixture with one change."""
    assert FIXTURE.count(old.encode()) == 1
    return FIXTURE.replace(old.encode(), new.encode())


@cache
def claims() -> list[Json]:
    """Return made-up claims of all types."""
    return [one.event["claim"] for one in generate(60, 5) if one.defect is None]


def test_a_claim_is_read_to_its_last_element() -> None:
    """Payer, amounts, both kinds of remarks, lines with codes, days, numbers and what was allowed."""
    assert of("A-1") == [
        {
            "schema_version": 1,
            "remittance_id": "9303ec04e01f0a6bb9423886ca8e10a9",
            "received_at": "2024-09-20T06:00:00Z",
            "remittance_date": "2024-09-18",
            "payer_id": "9912345",
            "submission_id": None,
            "patient_control_number": "A-1",
            "payer_claim_control_number": "ICN-1",
            "claim_status": "1",
            "reversal": False,
            "claim_type": "",
            "total_charge": "250.00",
            "paid": "72.00",
            "patient_responsibility": "18.00",
            "adjustments": [],
            "remarks": ["MA01", "MA18"],
            "lines": [
                {
                    "number": None,
                    "procedure": "99213",
                    "modifiers": ["25"],
                    "units": "1",
                    "charge": "150.00",
                    "paid": "72.00",
                    "adjustments": [
                        {"group": "CO", "reason": "45", "amount": "60.00"},
                        {"group": "PR", "reason": "2", "amount": "18.00"},
                    ],
                    "remarks": [],
                    "qualifier": "HC",
                    "service_from": "2024-08-14",
                    "service_to": "2024-08-14",
                    "control_number": "L-1",
                    "allowed": "90.00",
                },
                {
                    "number": None,
                    "procedure": "J1885",
                    "modifiers": [],
                    "units": "0",
                    "charge": "100.00",
                    "paid": "0.00",
                    "adjustments": [{"group": "CO", "reason": "50", "amount": "100.00"}],
                    "remarks": ["N115"],
                    "qualifier": "HC",
                    "submitted_units": "4",
                    "service_from": "2024-08-14",
                    "service_to": "2024-08-14",
                },
            ],
            "test": False,
            "trace_number": "EFT-1001",
            "claim_frequency_code": "1",
            "rendering_npi": "1245319599",
        }
    ]


def test_a_hospital_bill_that_was_passed_on() -> None:
    """Claim adjustments, six reasons in a CAS, revenue codes, MIA, the next payer, another member."""
    (event,) = of("H-7")
    assert event["adjustments"] == [{"group": "CO", "reason": "253", "amount": "20.00"}]
    assert event["remarks"] == ["MA07", "M15"]
    assert (event["claim_status"], event["forwarded_to"]) == ("19", "OP1")
    assert event["corrected_member_id"] == "1EG4TE5MK75"
    assert event["patient_responsibility"] == "0.00"
    room, scan = event["lines"]
    assert (room["qualifier"], room["procedure"], room["paid"]) == ("NU", "0120", "1000.00")
    assert [(one["reason"], one["amount"]) for one in room["adjustments"]] == [
        ("45", "1000.00"), ("16", "900.00"), ("96", "50.00"), ("97", "25.00"), ("204", "15.00"), ("151", "10.00"),
    ]  # fmt: skip
    assert (room["service_from"], room["service_to"]) == ("2024-08-01", "2024-08-03")
    assert (scan["procedure"], scan["revenue_code"]) == ("70450", "0350")
    assert (scan["service_from"], scan["service_to"]) == ("2024-08-02", "2024-08-03")


def test_a_bundled_line_keeps_the_code_that_was_billed() -> None:
    """SVC06 and SVC07; what was bundled in is paid with a negative adjustment."""
    first, second = of("B-1")[0]["lines"]
    assert (first["procedure"], first["submitted_procedure"]) == ("80048", "82947")
    assert first["adjustments"] == [{"group": "CO", "reason": "94", "amount": "-20.00"}]
    assert (second["submitted_procedure"], second["submitted_units"]) == ("82565", "1")


def test_a_reversal_and_its_correction_are_two_results() -> None:
    """All amounts of the first are negative; the second names the claim that it corrects."""
    back, again = of("C-1")
    assert (back["reversal"], back["total_charge"], back["paid"]) == (True, "-150.00", "-72.00")
    assert back["patient_responsibility"] == "-18.00"  # by its PR adjustments: CLP05 is left out
    assert back["lines"][0]["units"] == "-1"
    assert (again["reversal"], again["paid"]) == (False, "0.00")
    assert again["original_claim_control_number"] == "ICN-9"
    assert again["lines"][0]["units"] == "1"  # what an absent SVC05 means
    assert back["remittance_id"] != again["remittance_id"]


def test_payments_say_what_was_withheld_from_the_provider() -> None:
    """A positive PLB amount lessens the payment, a negative one adds to it."""
    assert read(FIXTURE)[1:] == (
        [],
        [
            Payment(
                "EFT-1001", "2024-09-18", Decimal("1177.40"), 3, Decimal(1172),
                {"WO": Decimal("-10.4"), "L6": Decimal(5), "72": Decimal(0)},
            ),
            Payment("NOPAY-1", "2024-09-18", Decimal(0), 4, Decimal(-72), {"FB": Decimal(-72)}),
        ],
    )  # fmt: skip


def test_which_results_are_denials() -> None:
    """By the adjustments; CLP02 4 is but for a patient whom the payer does not know."""
    denied = {}
    for event in read(FIXTURE)[0]:
        model = RemittanceEvent.model_validate(event | {"claim_type": "professional"})
        assert model.balanced
        denied[model.patient_control_number, model.claim_status] = model.denied
    assert denied == {
        ("A-1", "1"): False,
        ("H-7", "19"): False,
        ("B-1", "1"): False,
        ("C-1", "22"): False,
        ("C-1", "1"): True,
        ("C-2", "4"): True,
        ("C-3", "25"): False,
    }
    (unknown,) = of("C-2")
    shared = [{"group": "CO", "reason": "45", "amount": "90.00"}]
    for status, expected in (("4", True), ("1", False)):
        changes = {"claim_type": "dental", "claim_status": status, "adjustments": shared}
        assert RemittanceEvent.model_validate(unknown | changes).denied is expected


@pytest.mark.parametrize(
    ("old", "new", "segment", "record", "error"),
    [
        ("BPR*I*1177.40", "BPR*I*1177.41", "BPR", None,
         "the claims' 1172.00 less -5.40 of PLB is 1177.40; BPR02 says 1177.41 (segment 4 of the file)"),
        ("WO:ICN-0*-10.4", "WO:ICN-0*10.4", "BPR", None,
         "the claims' 1172.00 less 15.40 of PLB is 1156.60; BPR02 says 1177.40 (segment 4 of the file)"),
        ("CLP*A-1*1*250*72", "CLP*A-1*1*250*73", "CLP", 1,
         "CLP03 250.00 less all adjustments 178.00 is 72.00; CLP04 says 73.00 (segment 17 of the file)"),
        ("SVC*HC:J1885*100*0", "SVC*HC:J1885*100*1", "SVC", 1,
         "SVC02 100.00 less its adjustments 100.00 is 0.00; SVC03 says 1.00 (segment 27 of the file)"),
        ("CAS*CO*253*20", "CAS*CO*253*21", "CLP", 2,
         "CLP03 5000.00 less all adjustments 4021.00 is 979.00; CLP04 says 980.00 (segment 31 of the file)"),
        ("CAS*CO*94*-20", "CAS*CO*94*20", "SVC", 3,
         "SVC02 100.00 less its adjustments 20.00 is 80.00; SVC03 says 120.00 (segment 47 of the file)"),
        ("CAS*CO*97*80", "CAS*CO*97*8O", "CAS", 3, "CAS03 is no amount (segment 52 of the file)"),
        ("CAS*CO*97*80", "CAS*CO*97", "CAS", 3, "CAS03 is no amount (segment 52 of the file)"),
        ("CAS*CO*97*80", "CAS*CO**80", "CAS", 3, "CAS03 is an amount without group and reason (segment 52 of the file)"),
        ("CLP*B-1*1*180*120", "CLP**1*180*120", "CLP", 3, "CLP01 is empty (segment 45 of the file)"),
        ("CLP*B-1*1*180*120", "CLP*B-1*1*180*", "CLP", 3, "CLP04 is no amount (segment 45 of the file)"),
        ("LX*1~\nCLP*A-1*1", "LX*1~\nCLQ*A-1*1", "MOA", None, "MOA stands outside of a claim (segment 20 of the file)"),
        ("L6*5*72:REF", "L6*5,00*72:REF", "PLB", None, "PLB06 is no amount (segment 53 of the file)"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place(old: str, new: str, segment: str, record: int | None, error: str) -> None:  # fmt: skip
    """Claim, segment and byte; nobody's name; all other claims of the file go on."""
    raw = changed(old, new)
    events, faults, _ = read(raw)
    fault = faults[0]
    assert (fault.segment, fault.record, fault.error) == (segment, record, error)
    assert raw[fault.offset :].startswith(segment.encode() + b"*")
    lost = record is not None or segment == "MOA"  # the CLP itself was lost
    assert len(events) == 7 - lost
    assert [one.segment for one in faults[1:]] == (["BPR"] if segment == "MOA" else [])


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("BPR*I*1177.40*", "BPR*I*1.177,40*", "BPR02 is no amount"),
        ("*20240918~\nTRN*1*EFT", "*20241318~\nTRN*1*EFT", "BPR16 is no day"),
        ("TRN*1*EFT-1001", "TRN*1*", "TRN02 is empty"),
        ("TRN*1*EFT-1001", "TRM*1*EFT-1001", "no BPR or no TRN stands before the claims"),
    ],
)
def test_a_payment_without_its_header_sends_no_claim_on(old: str, new: str, error: str) -> None:
    """The other payment of the file does."""
    events, faults, payments = read(changed(old, new))
    assert [one.error for one in faults] == [
        f"{error}; none of its claims is sent on (segment 4 of the file)"
    ]
    assert len(events) == 4
    assert [one.trace for one in payments] == ["NOPAY-1"]


def test_a_second_payment_in_a_transaction_is_a_fault() -> None:
    """It cannot be both."""
    bpr = FIXTURE[FIXTURE.index(b"BPR*H") : FIXTURE.index(b"TRN*1*NOPAY")]
    twice = FIXTURE.replace(bpr, bpr + bpr).replace(b"SE*30", b"SE*31")
    events, faults, _ = read(twice)
    assert [one.error for one in faults] == ["a second BPR (segment 57 of the file)"]
    assert len(events) == 7


def test_a_transaction_that_is_not_whole_is_passed_over() -> None:
    """Cut short, of another kind, or of another guide: a fault, and the neighbours are read."""
    for old, new, error in (
        ("SE*52*0001", "SE*51*0001", "SE01 says 51 segments, the transaction has 52"),
        ("ST*835*0001", "ST*837*0001", "transaction 837 is not an 835"),
        ("ST*835*0001", "ST*835*0001*004010X091A1", "version 004010X091A1 is not read; 005010X221 is"),
    ):  # fmt: skip
        events, faults, _ = read(changed(old, new))
        assert [one.error.split(";")[0] for one in faults] == [error.split("; 005")[0]]
        assert error in faults[0].error
        assert len(events) == 4
    got = list(read_claims(io.BytesIO(FIXTURE)))
    assert [one.error.split(";")[0] for one in got if isinstance(one, X12Fault)] == [
        "transaction 835 is not an 837"
    ] * 2


def test_delimiters_line_breaks_groups_and_pipes_make_no_difference() -> None:
    """The same events, ids and all, however the file is cut; a stream that cannot seek is read."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    first, second = (random_advice(Random(seed), claims()[:9], f"T{seed}") for seed in (1, 2))
    want = read(written([first, second]))
    assert want[1] == []
    assert len(want[2]) == 2
    bars = written([first], [second], delimiters=("|", "<", "^", "'"))
    twice = written([first], control=7) + b"\r\n" + written([second], control=8)
    for raw in (bars, twice, b"\xef\xbb\xbf" + bars):
        assert read(raw) == want
    got = list(read_paid_claims(Pipe(bars)))
    assert [one.event for one in got if isinstance(one, PaidClaim)] == want[0]


def test_test_files_and_moments_without_a_clock() -> None:
    """ISA15 tells a test; a group without a time leaves the day of the payment."""
    advice = random_advice(Random(1), claims()[:2])
    assert all(one["test"] for one in read(written([advice], usage="T"))[0])
    raw = written([advice]).replace(b"*20260720*0600*", b"*20260720*2560*")
    assert {one["received_at"] for one in read(raw)[0]} == {"2026-07-18T00:00:00Z"}


@given(st.integers(0, 1 << 32), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_what_payers_send_is_read_as_by_the_plainest_reader(seed: int, count: int) -> None:
    """No fault in files that balance, and each claim, line, adjustment and remark as it stands."""
    rng = Random(seed)
    some = rng.sample(claims(), count)
    raw = written([random_advice(rng, some[:4], "A"), random_advice(rng, some[4:], "B")])
    events, faults, payments = read(raw)
    assert faults == []
    assert [alike(one) for one in events] == plainly(raw)
    assert sum(one.claims for one in payments) == len(events)
    assert len({one["remittance_id"] for one in events}) == len(events)
    for event in events:
        model = RemittanceEvent.model_validate_json(orjson.dumps(event | {"claim_type": "dental"}))
        assert model.balanced
        assert not model.model_extra
    assert read(raw)[0] == events


def test_pyx12_takes_what_the_tests_are_made_of() -> None:
    """The fixture and random files; one with a group that is none it refuses."""
    assert accepted_by_pyx12(FIXTURE.decode())
    for seed in range(4):
        rng = Random(seed)
        raw = written([random_advice(rng, rng.sample(claims(), 8))])
        assert accepted_by_pyx12(raw.decode())
    assert not accepted_by_pyx12(changed("CAS*CO*97*80", "CAS*XX*97*80").decode())


@pytest.mark.parametrize("seed", range(6))
def test_each_amount_that_is_off_by_a_cent_is_told_where_it_is(seed: int) -> None:
    """One amount at a time: a line's is told at its SVC, a claim's at its CLP, the payment's at BPR."""
    rng = Random(seed)
    right = random_advice(rng, rng.sample(claims(), 5))
    whole = read(written([right]))[0]
    tried = 0
    place = record = 0
    in_line = False
    for at, segment in enumerate(right.segments):
        if segment[0] in ("CLP", "SVC", "PLB"):
            place, in_line = at, segment[0] == "SVC"
            record += segment[0] == "CLP"
        for position in amounts_of(segment):
            if segment[:1] == ["CLP"] and position == 5:
                continue  # says again what the adjustments say, and need not
            wrong = Advice(deepcopy(right.segments))
            wrong.segments[at][position] = str(Decimal(segment[position]) + CENT)
            events, faults, _ = read(written([wrong]))
            tried += 1
            assert len(faults) == 1
            # ISA, GS and ST stand before.
            number = int(faults[0].error.rsplit("segment ", 1)[1].split()[0]) - 4
            if segment[0] in ("BPR", "PLB"):
                assert (number, faults[0].record) == (0, None)
                assert events == whole
            else:
                assert (number, faults[0].record) == (place, record)
                assert faults[0].segment == ("SVC" if in_line else "CLP")
                others = [one["payer_claim_control_number"] for one in whole]
                assert len(events) == len(others) - 1
    assert tried > 40


def test_a_broken_line_and_a_broken_claim_are_both_told() -> None:
    """One does not hide the other."""
    raw = changed("SVC*HC:J1885*100*0", "SVC*HC:J1885*100*1").replace(
        b"CLP*A-1*1*250*72", b"CLP*A-1*1*250*70"
    )
    _, faults, _ = read(raw)
    assert [one.segment for one in faults] == ["SVC", "CLP"]


def test_damage_loses_no_readable_neighbour() -> None:
    """3,000 byte flips and cuts in the middle of three interchanges: the other two are as before."""
    line = {"procedure": "99213", "charge": "100.00", "service_from": "2024-08-01"}
    neighbours = []
    for control in (1, 3):
        advice = begin(f"T{control}")
        add_claim(advice, claims()[0] | {"total_charge": "100.00"}, paid="60.00")
        add_line(advice, line, "60.00", ("CO", "45", "40.00"))
        advice.settle(("L6", "-1.25"))
        neighbours.append(written([advice], control=control))
    first, last = neighbours
    middle = written([random_advice(Random(7), claims()[1:3])], control=2)
    before, after = read(first)[0], read(last)[0]
    rng = Random(835)
    told = 0
    for _ in range(3000):
        damaged = bytearray(middle)
        for _ in range(rng.choice((1, 1, 3))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        if rng.random() < 0.3:
            del damaged[rng.randrange(len(damaged)) :]
        events, faults, _ = read(first + bytes(damaged) + last)
        assert events[: len(before)] == before
        assert events[len(events) - len(after) :] == after
        for event in events[len(before) : len(events) - len(after)]:
            model = RemittanceEvent.model_validate_json(
                orjson.dumps(event | {"claim_type": "dental"})
            )
            assert model.balanced
        told += bool(faults)
    assert told > 1000


def test_no_fault_quotes_what_may_be_a_name() -> None:
    """Whatever text stands where an amount, a day or a segment id belongs."""
    for old in ("*250*72*18*", "*HC:99213:25*150*72*", "CAS*CO*45*60", "*-10.4*", "*1177.40*"):
        raw = changed(old, old.rsplit("*", 1)[0] + "*SAMPLEPAT" if not old.endswith("*") else "*SAMPLEPAT" * (old.count("*") - 1) + "*")  # fmt: skip
        _, faults, _ = read(raw)
        assert faults
        assert "SAMPLE" not in "".join(one.error for one in faults)
    one = next(iter(read_paid_claims(io.BytesIO(FIXTURE))))
    assert isinstance(one, PaidClaim)
    assert one.members == {"1EG4TE5MK73"}
    assert "1EG4" not in repr(one)


def test_an_amount_keeps_every_place() -> None:
    """Cents at least; more where the file has more; never a sign on nothing."""
    advice = begin()
    claim = claims()[0] | {"total_charge": "10.1255"}
    add_claim(advice, claim, paid="-0")
    add_line(advice, claim["lines"][0] | {"charge": "10.1255"}, "0", ("CO", "45", "10.1255"))
    advice.settle()
    (event,), faults, _ = read(written([advice]))
    assert faults == []
    assert (event["total_charge"], event["paid"]) == ("10.1255", "0.00")
    assert event["lines"][0]["adjustments"][0]["amount"] == "10.1255"
