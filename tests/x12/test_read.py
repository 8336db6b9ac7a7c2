"""837 files give the claims that they hold, whole transactions only, and say what is wrong."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.contracts.decode import decode_claim_event
from scrubber.x12.read import ClaimRecord, X12Fault, is_x12, read_claims

FIXTURES = Path(__file__).parent / "fixtures"


def text_of(name: str) -> bytes:
    """Return the bytes of a fixture."""
    return (FIXTURES / f"{name}.837").read_bytes()


PROFESSIONAL = text_of("professional")


def read(raw: bytes) -> tuple[list[ClaimRecord], list[X12Fault]]:
    """Return the claims and the faults of a file."""
    got = list(read_claims(io.BytesIO(raw)))
    return (
        [one for one in got if isinstance(one, ClaimRecord)],
        [one for one in got if isinstance(one, X12Fault)],
    )


def claims_of(name: str) -> list[dict[str, Any]]:
    """Return the claims of a fixture, without faults and as the contract has them."""
    records, faults = read(text_of(name))
    assert faults == []
    for record in records:
        decode_claim_event(orjson.dumps(record.event))
    return [record.event["claim"] for record in records]


def test_a_professional_claim_is_read_to_its_last_element() -> None:
    """Providers, payers in order, line providers, drugs, adjudications; the rest is kept."""
    claim = claims_of("professional")[0]
    kept = claim.pop("x12")
    assert claim == {
        "type": "professional",
        "patient_control_number": "A-1",
        "total_charge": "250",
        "claim_frequency_code": "1",
        "place_of_service": "11",
        "accept_assignment": "A",
        "benefits_assigned": "Y",
        "release_of_information": "Y",
        "claim_or_encounter": "CH",
        "related_causes": ["AA"],
        "accident_state": "NE",
        "accident_date": "2024-08-01",
        "patient_amount_paid": "10",
        "clia_number": "12D4567890",
        "billing_provider": {
            "npi": "1234567893",
            "taxonomy": "207Q00000X",
            "organization_name": "EXAMPLE CLINIC",
            "tax_id": "123456789",
            "tax_id_type": "EI",
            "address": {"line1": "1 MAIN ST", "city": "OMAHA", "state": "NE", "zip": "681021234"},
        },
        "referring_provider": {"last_name": "EXAMPLE", "first_name": "KIM", "npi": "1245319599"},
        "rendering_provider": {
            "last_name": "EXAMPLE",
            "first_name": "ALEX",
            "npi": "1245319599",
            "taxonomy": "207R00000X",
        },
        "payers": [
            {
                "responsibility": "P",
                "destination": True,
                "relationship": "18",
                "group_number": "GRP1",
                "filing_indicator": "MB",
                "name": "MEDICARE",
                "payer_id": "05102",
                "prior_authorization": "AUTH1",
                "subscriber": {
                    "last_name": "SAMPLE",
                    "first_name": "PAT",
                    "member_id": "1EG4TE5MK73",
                    "birth_date": "1950-02-11",
                    "sex": "F",
                    "address": {
                        "line1": "2 OAK ST",
                        "city": "OMAHA",
                        "state": "NE",
                        "zip": "68102",
                    },
                },
            },
            {
                "responsibility": "S",
                "relationship": "18",
                "filing_indicator": "CI",
                "name": "OTHER PLAN",
                "payer_id": "OP1",
                "paid_amount": "100",
                "adjustments": [
                    {"group": "PR", "reason": "1", "amount": "20"},
                    {"group": "PR", "reason": "2", "amount": "5"},
                ],
                "subscriber": {"last_name": "SAMPLE", "first_name": "PAT", "member_id": "XYZ1"},
            },
        ],
        "diagnoses": [{"code": "E119", "role": "principal"}, {"code": "I10", "role": "other"}],
        "lines": [
            {
                "number": 1,
                "qualifier": "HC",
                "procedure": "99213",
                "modifiers": ["25"],
                "description": "VISIT",
                "charge": "150",
                "unit_type": "UN",
                "units": "1",
                "place_of_service": "11",
                "diagnosis_pointers": [1, 2],
                "service_from": "2024-08-14",
                "service_to": "2024-08-14",
                "payer_adjudications": [
                    {
                        "responsibility": "S",
                        "paid_amount": "60",
                        "remittance_date": "2024-08-18",
                        "adjustments": [{"group": "CO", "reason": "45", "amount": "90"}],
                    }
                ],
            },
            {
                "number": 2,
                "qualifier": "HC",
                "procedure": "J1885",
                "charge": "100",
                "unit_type": "UN",
                "units": "2",
                "diagnosis_pointers": [1],
                "service_from": "2024-08-14",
                "service_to": "2024-08-15",
                "ndc": {"code": "00409379501", "quantity": "2", "unit": "ML"},
                "rendering_provider": {
                    "last_name": "EXAMPLE",
                    "first_name": "ROBIN",
                    "npi": "1740293877",
                },
            },
        ],
    }
    segments = [one["segment"] for one in kept]
    assert "PWK*OZ*BM***AC*DMN0012" in segments
    assert "NTE*ADD*SECOND OPINION" in segments
    assert "OI***Y*P**Y" in segments
    assert {"loop": "2400", "segment": "REF*6R*LINE2", "line": 2} in kept


def test_a_dependent_is_the_patient() -> None:
    """The second subscriber's child; nothing of the first subscriber leaks into it."""
    claim = claims_of("professional")[1]
    assert claim["patient"] == {
        "last_name": "SAMPLE",
        "first_name": "JO",
        "birth_date": "2015-01-02",
        "sex": "M",
    }
    assert claim["payers"] == [
        {
            "responsibility": "P",
            "destination": True,
            "filing_indicator": "CI",
            "relationship": "19",
            "name": "PLAN",
            "payer_id": "PLN1",
            "subscriber": {"last_name": "SAMPLE", "first_name": "DREW", "member_id": "ABC22"},
        }
    ]
    assert claim["billing_provider"]["npi"] == "1234567893"


def test_an_institutional_claim_has_its_coded_facts() -> None:
    """Bill type, stay, present-on-admission, procedures, occurrences, values, revenue lines."""
    claim = claims_of("institutional")[0]
    assert claim["type_of_bill"] == "111"
    assert claim["claim_or_encounter"] == "RP"
    assert claim["admission"] == {
        "date": "2024-08-10",
        "type": "1",
        "source": "7",
        "discharge_status": "01",
    }
    assert (claim["statement_from"], claim["statement_to"]) == ("2024-08-10", "2024-08-14")
    assert [(d["code"], d["role"], d.get("present_on_admission")) for d in claim["diagnoses"]] == [
        ("J189", "principal", "Y"),
        ("R05", "admitting", None),
        ("I10", "other", "N"),
        ("E119", "other", "U"),
        ("R05", "reason_for_visit", None),
        ("W19XXXA", "external_cause", None),
    ]
    assert claim["procedures"] == [
        {"code": "0W9G30Z", "date": "2024-08-11"},
        {"code": "0W9G3ZZ", "date": "2024-08-12"},
    ]
    assert claim["occurrence_spans"] == [{"code": "70", "from": "2024-01-01", "to": "2024-01-05"}]
    assert claim["occurrence_codes"] == [{"code": "11", "date": "2024-08-10"}]
    assert claim["value_codes"] == [
        {"code": "80", "amount": "4"},
        {"code": "A1", "amount": "1068.5"},
    ]
    assert (claim["condition_codes"], claim["drg"]) == (["09"], "193")
    assert claim["payer_claim_control_number"] == "ICN77"
    assert claim["attending_provider"]["npi"] == "1245319599"
    assert claim["operating_provider"]["npi"] == "1740293877"
    assert [(one["revenue_code"], one["charge"], one["units"]) for one in claim["lines"]] == [
        ("0120", "800", "4"),
        ("0250", "100.5", "2"),
    ]
    assert {"loop": "2300", "segment": "DTP*435*DT*202408100930"} in claim["x12"]


def test_a_dental_claim_has_teeth_and_dates() -> None:
    """The claim's service date is that of the lines without one."""
    claim = claims_of("dental")[0]
    first, second = claim["lines"]
    assert claim["predetermination"] is True
    assert claim["billing_provider"]["tax_id_type"] == "SY"
    assert first["oral_cavity"] == ["10", "20"]
    assert first["teeth"] == [{"number": "12", "surfaces": ["L", "O"]}]
    assert (first["service_from"], second["service_from"]) == ("2024-08-14", "2024-08-13")


def test_the_event_around_the_claim_comes_from_the_envelopes() -> None:
    """Ids are unique in the file, the same at every reading, and differ between files."""
    records, _ = read(PROFESSIONAL)
    ids = [record.event["submission_id"] for record in records]
    assert len(set(ids)) == 2
    assert ids == [record.event["submission_id"] for record in read(PROFESSIONAL)[0]]
    later = PROFESSIONAL.replace(b"*240820*1200*^", b"*240821*1200*^")
    assert not set(ids) & {record.event["submission_id"] for record in read(later)[0]}
    first = records[0]
    assert first.event["submitted_at"] == "2024-08-20T12:00:00Z"
    assert first.event["submitter_id"] == "SUBM1"
    assert first.event["test"] is True
    assert PROFESSIONAL[first.offset :].startswith(b"CLM*A-1")
    assert not read(text_of("institutional"))[0][0].event["test"]


def test_repeated_control_numbers_still_give_unique_ids() -> None:
    """The same transaction twice in a file is two submissions."""
    st_to_se = PROFESSIONAL[PROFESSIONAL.index(b"ST*") : PROFESSIONAL.index(b"GE*")]
    twice = PROFESSIONAL.replace(b"GE*1*", st_to_se + b"GE*2*")
    records, faults = read(twice)
    assert faults == []
    assert len({record.event["submission_id"] for record in records}) == 4


@pytest.mark.parametrize(
    "change",
    [
        (b"~\n", b"~"),
        (b"~\n", b"~\r\n"),
        (b"~\n", b"\n"),
        (b"*", b"|"),
        (b"^", b"!"),
        (b":", b">"),
        (b"~", b"\x1c"),
    ],
)
def test_delimiters_and_line_breaks_are_the_files_own(change: tuple[bytes, bytes]) -> None:
    """The ISA says what separates; whatever it is, the claims are the same."""
    same = [record.event["claim"]["lines"] for record in read(PROFESSIONAL)[0]]
    records, faults = read(PROFESSIONAL.replace(*change))
    assert faults == []
    assert [record.event["claim"]["lines"] for record in records] == same


def test_several_interchanges_with_blanks_and_a_mark_between() -> None:
    """Each has its own delimiters."""
    raw = b"\xef\xbb\xbf\r\n" + PROFESSIONAL + b"\r\n \n" + text_of("dental").replace(b"*", b"|")
    records, faults = read(raw)
    assert faults == []
    assert [record.record for record in records] == [1, 2, 3]


BAD_NEIGHBOUR = {
    "wrong count": (b"SE*62*", b"SE*61*", "SE01 says 61 segments, the transaction has 62"),
    "wrong control number": (b"SE*62*0001", b"SE*62*0002", "SE02 is not the control number"),
    "no SE": (b"SE*62*0001~\n", b"", "the transaction has no SE"),
    "another version": (b"ST*837*0001*005010X222A1", b"ST*837*0001*004010X098A1", "version 004010X098A1 is not read"),
    "not an 837": (b"ST*837*", b"ST*835*", "transaction 835 is not an 837"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_NEIGHBOUR)
def test_a_transaction_that_is_not_whole_sends_no_claim_and_its_neighbour_does(name: str) -> None:
    """Half a transaction is worse than none; the next interchange is read."""
    old, new, error = BAD_NEIGHBOUR[name]
    assert old in PROFESSIONAL
    records, faults = read(PROFESSIONAL.replace(old, new) + text_of("dental"))
    assert [record.event["claim"]["type"] for record in records] == ["dental"]
    assert len(faults) == 1
    assert error in faults[0].error
    assert b"ST*" in (start := PROFESSIONAL.replace(old, new))[faults[0].offset :] or start


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b"IEA*1*000000101~\n", b"", "the interchange has no IEA"),
        (b"GE*1*11~\n", b"", "the group has no GE"),
        (b"GE*1*", b"GE*2*", "GE01 says 2, there are 1"),
        (b"GE*1*11", b"GE*1*12", "GE02 is not the control number of its GS"),
        (b"IEA*1*", b"IEA*7*", "IEA01 says 7, there are 1"),
        (b"IEA*1*000000101", b"IEA*1*000000999", "IEA02 is not the control number of its ISA"),
        (b"GE*1*11~\n", b"GE*1*11~\nXX*1~\n", "a XX segment outside of a transaction"),
    ],
)
def test_a_wrong_outer_envelope_is_a_fault_and_whole_transactions_stay(
    old: bytes, new: bytes, error: str
) -> None:
    """The claims were counted by their own SE."""
    records, faults = read(PROFESSIONAL.replace(old, new))
    assert len(records) == 2
    assert [fault.error.startswith(error) for fault in faults] == [True]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"ISA*00*short~", "the ISA segment is cut short"),
        (b"garbage " + text_of("dental"), "not an X12 interchange"),
        (PROFESSIONAL[:700], "the file ends within a segment"),
    ],
)
def test_what_is_no_interchange_is_said_once_with_its_place(raw: bytes, error: str) -> None:
    """No exception, no value of the file in the words."""
    _, faults = read(raw)
    assert error in {fault.error for fault in faults} | {
        fault.error.split(" (")[0] for fault in faults
    }
    assert "SAMPLE" not in str(faults)


def test_x12_is_known_by_its_content() -> None:
    """Not by a file's name."""
    assert is_x12(b"\xef\xbb\xbf\n ISA*00")
    assert not is_x12(b'{"claim": "ISA"}')
    assert not is_x12(b"")


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(PROFESSIONAL)))
def test_a_file_cut_anywhere_sends_only_whole_transactions(cut: int) -> None:
    """Never an exception, never a claim of a transaction without its SE."""
    raw = PROFESSIONAL[:cut]
    records, _ = read(raw)
    assert len(records) == (2 if b"SE*62*0001~" in raw else 0)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_changed_bytes_never_raise(data: st.DataObject) -> None:
    """A damaged file gives faults or claims, never an exception."""
    raw = bytearray(PROFESSIONAL)
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    records, faults = read(bytes(raw))
    assert records or faults


def counted(raw: bytes) -> tuple[int, int, Decimal]:
    """Return claims, lines and charges by a plain look at the segments."""
    segments = [s.strip().split(raw[3:4]) for s in raw.split(raw[105:106])]
    claims = [s for s in segments if s[0] == b"CLM"]
    return (
        len(claims),
        sum(s[0] == b"LX" for s in segments),
        sum((Decimal(s[2].decode()) for s in claims), Decimal(0)),
    )


def summed(records: list[ClaimRecord]) -> tuple[int, int, Decimal]:
    """Return claims, lines and charges of what was read."""
    claims = [record.event["claim"] for record in records]
    return (
        len(claims),
        sum(len(claim["lines"]) for claim in claims),
        sum((Decimal(claim["total_charge"]) for claim in claims), Decimal(0)),
    )


@pytest.mark.parametrize("name", ["professional", "institutional", "dental"])
def test_claims_lines_and_charges_are_those_of_the_segments(name: str) -> None:
    """An independent count agrees."""
    assert summed(read(text_of(name))[0]) == counted(text_of(name))


def test_every_public_example_is_read_whole_or_refused_by_version(shared_data: Path) -> None:
    """Claims, lines and charges as its authors and the segments say; 004010 is named."""
    folder = shared_data / "claims"
    with (folder / "x12" / "FILES.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 23
    for row in rows:
        raw = (folder / row["file"]).read_bytes()
        records, faults = read(raw)
        if row["versions"].startswith("004010"):
            assert records == []
            assert row["versions"] in faults[0].error
            continue
        assert faults == []
        stated = (int(row["claims"]), int(row["lines"]), Decimal(row["total_charge"]))
        assert summed(records) == stated == counted(raw)
        for record in records:
            decode_claim_event(orjson.dumps(record.event))
