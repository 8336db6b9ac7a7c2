"""837 files give the claims that they hold, whole transactions only, and say what is wrong."""

import csv
import io
import random
import re
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.contracts.decode import SchemaInvalid, decode_claim_event
from scrubber.x12.envelope import CLAIM_TYPES, HELD_BYTES, Transaction, read_transactions
from scrubber.x12.read import DIGESTS_HELD, ClaimRecord, X12Fault, _Seen, is_x12, read_claims
from scrubber.x12.segments import Placed, Segments

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
    assert kept == {
        "guide": "005010X222A1",
        "delimiters": "*^:",
        "segments": [
            {"loop": "header", "segment": "BHT*0019*00*B1*20240820*120000*CH"},
            {"loop": "1000A", "segment": "NM1*41*2*EXAMPLE CLINIC*****46*SUBM1"},
            {"loop": "1000A", "segment": "PER*IC*DESK*TE*4025550100"},
            {"loop": "1000B", "segment": "NM1*40*2*PAYER*****46*RECV1"},
            {"loop": "2300", "segment": "CLM*A-1*250***11:B:1*Y*A*Y*Y*P*AA:::NE"},
            {"loop": "2300", "segment": "PWK*OZ*BM***AC*DMN0012"},
            {"loop": "2300", "segment": "NTE*ADD*SECOND OPINION"},
            {"loop": "2320", "segment": "CAS*PR*1*20*1*2*5", "payer": "S"},
            {"loop": "2320", "segment": "OI***Y*P**Y", "payer": "S"},
            {"loop": "2430", "segment": "SVD*OP1*60*HC:99213**1", "line": 1},
            {"loop": "2400", "segment": "REF*6R*LINE2", "line": 2},
        ],
    }


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
    assert {"loop": "2300", "segment": "DTP*435*DT*202408100930"} in claim["x12"]["segments"]


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
    "another version": (b"1*005010X222A1", b"1*004010X098A1", "version 004010X098A1 is not read"),
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
        (b"GE*1*11~\n", b"GE*1*11~\nXX*1~\n", "a segment outside of a transaction"),
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
    ("raw", "errors", "claims"),
    [
        (b"", [], 0),
        (b"ISA*00*short~", ["the ISA segment is cut short"], 0),
        (
            PROFESSIONAL.replace(b"*0*T*:~", b"*0*T:~") + text_of("dental"),
            ["the ISA segment has not the fixed form"],
            1,
        ),
        (b"garbage " + text_of("dental"), ["not an X12 interchange"], 1),
        (text_of("dental") + b"garbage", ["not an X12 interchange"], 1),
        (
            PROFESSIONAL[:700],
            [
                "the transaction has no SE: it is cut short; none of its claims is sent on",
                "the interchange has no IEA, and its group no GE: it breaks off at byte 694",
            ],
            0,
        ),
        (
            PROFESSIONAL.replace(b"PWK*OZ", b"~garbage~PWK*OZ") + text_of("dental"),
            ["segment 26 of the file has no segment id"],
            1,
        ),
    ],
)
def test_a_damaged_file_is_said_once_with_its_place(
    raw: bytes, errors: list[str], claims: int
) -> None:
    """One fault for each thing broken, in the order of the file; the rest is read."""
    records, faults = read(raw)
    assert [
        fault.error[: len(error)] for fault, error in zip(faults, errors, strict=True)
    ] == errors
    assert len(records) == claims


def test_a_fault_names_segment_and_offset() -> None:
    """The ST of the transaction that is refused; its number counts from the ISA."""
    raw = b"\r\n" + PROFESSIONAL.replace(b"SE*62*", b"SE*61*")
    (fault,) = read(raw)[1]
    assert (fault.segment, fault.record) == ("ST", None)
    assert raw[fault.offset :].startswith(b"ST*837*0001")
    assert fault.error.endswith("(segment 3 of the file)")


def test_an_interchange_glued_to_a_cut_one_is_read() -> None:
    """Two files run together: the second one's delimiters are not the first one's."""
    second = text_of("dental").replace(b"*", b"|").replace(b":", b">").replace(b"~\n", b"\x1c")
    for cut in range(PROFESSIONAL.index(b"CLM*A-1"), PROFESSIONAL.index(b"CLM*A-1") + 40):
        for other in (second, text_of("dental")):
            records, faults = read(PROFESSIONAL[:cut] + other)
            assert [record.event["claim"]["type"] for record in records] == ["dental"]
            assert len(faults) == 2


def test_what_lacks_the_shape_of_its_field_is_not_shown() -> None:
    """A name that slipped to where an id or a count belongs."""
    raw = PROFESSIONAL.replace(b"GE*1*11~", b"SAMPLE*PAT~GE*SAMPLE*11~")
    stray, count = read(raw)[1]
    assert stray.segment == "(6 characters)"
    assert count.error.startswith("GE01 says (6 characters), there are 1")


def test_a_files_position_is_where_it_was_given() -> None:
    """What was read of the stream before is not of the file, nor when it is read twice."""
    raw = transactions(LONG, in_one=True)
    stream = io.BytesIO(b"{}\n" + raw)
    stream.seek(3)
    got = [one for one in read_claims(stream) if isinstance(one, ClaimRecord)]
    assert [raw[one.offset :][:7] for one in got[:2]] == [b"CLM*A-1", b"CLM*A-2"]


class Trickle(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def read(self, size: int | None = -1) -> bytes:
        """Return up to seven bytes."""
        return super().read(min(size, 7) if size else 7)


class Pipe(io.BytesIO):
    """A stream that is read once."""

    def seekable(self) -> bool:
        """Return that it is not."""
        return False


@pytest.mark.parametrize("stream", [Trickle, Pipe])
def test_how_the_bytes_come_makes_no_difference(stream: type[io.BytesIO]) -> None:
    """Few at a time, or once only; the claims and faults are the same."""
    raw = b"\xef\xbb\xbf" + PROFESSIONAL + b"x\n" + text_of("dental").replace(b"SE*23", b"SE*9")
    assert list(read_claims(stream(raw))) == list(read_claims(io.BytesIO(raw)))


LONG = 1000  # 1.2 MB, longer than is held


def transactions(count: int, *, in_one: bool = False) -> bytes:
    """Return the professional fixture with its claims that often, as one transaction or many."""
    start, end = PROFESSIONAL.index(b"ST*"), PROFESSIONAL.index(b"GE*")
    body = PROFESSIONAL[start:end]
    if in_one:
        claims = PROFESSIONAL[PROFESSIONAL.index(b"HL*1*") : PROFESSIONAL.index(b"SE*")]
        body = body.replace(claims, claims * count)
        body = body.replace(b"SE*62*", b"SE*%d*" % (6 + 56 * count))
        return PROFESSIONAL[:start] + body + PROFESSIONAL[end:]
    return (
        PROFESSIONAL[:start]
        + body * count
        + PROFESSIONAL[end:].replace(b"GE*1*", b"GE*%d*" % count)
    )


class OneByOne(Segments):
    """Takes no segments at one go."""

    def read_even(self, heads: set[bytes], end: bytes) -> list[Placed]:  # noqa: ARG002
        """Leave all to be read one by one."""
        return []


def parts(segments: Segments) -> list[object]:
    """Return the envelopes, the faults, and the transactions with each segment and its place."""
    return [
        (one.start, one.number, one.se, one.end, list(one.segments))
        if isinstance(one, Transaction)
        else one
        for one in read_transactions(segments)
    ]


@pytest.mark.parametrize("end", [b"~", b"~\n", b"~\r\n", b"~ \n", b"~\n\n", b"\n", b"\r\n"])
def test_segments_read_at_one_go_are_those_read_one_by_one(end: bytes) -> None:
    """In blocks that end anywhere, with whatever stands between or within segments."""
    chance = random.Random(20261127)
    isa = PROFESSIONAL[:106]
    pieces = [b"", b"\n", b"\r", b" ", b"~", b"~~", isa, b"VISA", b"~SE*1*1~", b"~?*1~", b"~\n~"]
    for in_one in (True, False):
        whole = transactions(200, in_one=in_one).replace(b"~\n", end)
        for piece in pieces:
            raw = whole
            for at in chance.sample(range(len(whole)), 3) if piece else ():
                raw = raw[:at] + piece + raw[at:]
            assert parts(Segments(io.BytesIO(raw))) == parts(OneByOne(io.BytesIO(raw)))


def test_a_transaction_too_long_to_be_held_is_read_the_same() -> None:
    """It is looked through first, and a wrong count at its end still holds all of it back."""
    raw = transactions(LONG, in_one=True)
    assert len(raw) > HELD_BYTES
    records, faults = read(raw)
    assert faults == []
    assert len(records) == 2 * LONG
    assert all(raw[record.offset :].startswith(b"CLM*A-") for record in records[::97])
    records, faults = read(raw.replace(b"SE*", b"SE*1") + text_of("dental"))
    assert (len(records), len(faults)) == (1, 1)


@pytest.mark.parametrize(("in_one", "counts"), [(True, (LONG, 2 * LONG)), (False, (100, 400))])
def test_memory_does_not_grow_with_the_file(*, in_one: bool, counts: tuple[int, int]) -> None:
    """Four times the transactions, or a transaction twice as long: the same peak."""
    peaks = []
    for count in counts:
        stream = io.BytesIO(transactions(count, in_one=in_one))
        tracemalloc.start()
        assert sum(isinstance(one, ClaimRecord) for one in read_claims(stream)) == 2 * count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.1


def test_x12_is_known_by_its_content() -> None:
    """Not by a file's name."""
    assert is_x12(b"\xef\xbb\xbf\n ISA*00")
    assert not is_x12(b'{"claim": "ISA"}')
    assert not is_x12(b"")


THREE = PROFESSIONAL + text_of("institutional") + text_of("dental")
ENDS = [THREE.index(end) + len(end) for end in (b"SE*62*0001~", b"SE*38*0001~", b"SE*23*0001~")]


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(THREE)))
def test_a_file_cut_anywhere_sends_only_whole_transactions(cut: int) -> None:
    """Never an exception, never a claim of a transaction without its SE."""
    records, faults = read(THREE[:cut])
    assert len(records) == sum(n for n, end in zip((2, 1, 1), ENDS, strict=True) if cut >= end)
    assert (
        faults
        or THREE[:cut]
        .rstrip()
        .endswith((b"IEA*1*000000101~", b"IEA*1*000000102~", b"IEA*1*000000103~"))
        or not cut
    )


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_changed_bytes_never_raise(data: st.DataObject) -> None:
    """A damaged file gives faults or claims, never an exception, and its neighbour is read."""
    raw = bytearray(PROFESSIONAL)
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    records, faults = read(bytes(raw) + text_of("dental"))
    assert records[-1].event["claim"]["type"] == "dental"
    for record in records:
        orjson.dumps(record.event)
    for fault in faults:
        assert not {"SAMPLE", "EXAMPLE", "OMAHA"} & set(
            re.split(r"[^A-Z]+", fault.error + fault.segment)
        )


STRAY = [
    b"HL*7*1*19*0", b"HL*8*1*22*0", b"HL*9*8*23*0", b"NM1*85*2*ANOTHER*****XX*1245319599",
    b"NM1*87*2", b"NM1*IL*1*ANOTHER*PAT****MI*AN1", b"NM1*QC*1*ANOTHER*PAT", b"NM1*PR*2*ANOTHER",
    b"NM1*82*1*ANOTHER", b"NM1*DN*1*ANOTHER", b"N3*9 ANOTHER ST", b"N4*LINCOLN*NE*68508",
    b"REF*EI*987654321", b"REF*Y4*AN2", b"REF*G1*AN3", b"REF*F8*AN4", b"PRV*BI*PXC*207R00000X",
    b"DMG*D8*19610102*M", b"PAT*01****D8*20240801", b"SBR*S*18*AN5", b"AMT*D*1", b"AMT*F5*1",
    b"CAS*CO*45*1", b"CLM*AN-6*10***11:B:1", b"HI*BK:A000", b"LX*9", b"SV1*HC:99212*1*UN*1",
    b"DTP*472*D8*20240102", b"DTP*573*D8*20240102", b"SVD*AN7*1", b"LIN**N4*00409379501",
    b"CTP****2*ML", b"TOO*JP*12*M", b"LQ*UT*01", b"CL1*1*1*01", b"NTE*ADD*ANOTHER",
]  # fmt: skip


def strayed(chance: random.Random) -> bytes:
    """Return the fixture with segments at places where they do not belong."""
    segments = PROFESSIONAL.replace(b"\n", b"").split(b"~")
    first, last = (
        next(at for at, one in enumerate(segments) if one.startswith(kind))
        for kind in (b"BHT", b"SE*")
    )
    for at in sorted(chance.choices(range(first + 1, last + 1), k=chance.randint(1, 8)))[::-1]:
        segments[at:at] = chance.choices(STRAY, k=chance.randint(1, 4))
    end = next(at for at, one in enumerate(segments) if one.startswith(b"SE*"))
    segments[end] = b"SE*%d*%s" % (end - first + 2, segments[end].rpartition(b"*")[2])
    return b"~".join(segments)


def test_a_claim_that_was_given_does_not_change_any_more() -> None:
    """What claims share of their loops above stays as each had it, whatever comes behind them."""
    chance = random.Random(20261127)
    for _ in range(1500):
        raw = strayed(chance)
        given_out = []
        for one in read_claims(io.BytesIO(raw)):
            assert isinstance(one, ClaimRecord), one
            given_out.append((one.event, orjson.dumps(one.event)))
        assert len(given_out) == raw.count(b"~CLM*")
        for event, text in given_out:
            assert orjson.dumps(event) == text


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


# Qualifiers and codes of X12 that say what a value is; the claim's field name says it instead.
SAID = """
1 2 XX MI PI EI SY PXC BI PE AT D8 RD8 N4 JP A B AD HC F5 D F8 X4 G1 9F Y4
85 87 IL PR QC 82 DN 71 72 77 DQ DK 434 435 439 472 573 431
ABK BK BF ABF ABJ APR ABN BBR BBQ BG BH BI BE DR
"""
SAID_BY_FIELD = frozenset(re.split(r"\s+", SAID))


def values_of(place: Any) -> set[str]:
    """Return every value of a claim as X12 writes it, what is kept verbatim left out."""
    if isinstance(place, dict):
        return set().union(*(values_of(value) for key, value in place.items() if key != "x12"))
    if isinstance(place, list):
        return set().union(*(values_of(value) for value in place))
    day = str(place).replace("-", "")
    return {str(place), day if len(day) == 8 else str(place)}


def lost_of(raw: bytes) -> set[tuple[str, str]]:
    """Return what stands in a file and neither in a field nor among the kept of its claims."""
    element, component = chr(raw[3]), chr(raw[104])
    claims = [record.event["claim"] for record in read(raw)[0]]
    values = values_of(claims)
    kept = {one["segment"] for claim in claims for one in claim["x12"]["segments"]}
    lost = set()
    for segment in raw.decode().replace("\n", "").split(chr(raw[105])):
        kind, *elements = segment.split(element)
        if segment in kept or kind in ("ISA", "GS", "ST", "HL", "LX", "SE", "GE", "IEA", ""):
            continue
        for one in elements:
            for part in one.split(component):
                parts = part.split("-") if kind == "DTP" or ":RD8:" in one else [part]
                told = {part} & (values | SAID_BY_FIELD) or set(parts) <= values
                if part and not told:
                    lost.add((kind, part))
    return lost


@pytest.mark.parametrize("name", ["professional", "institutional", "dental"])
def test_nothing_is_lost(name: str) -> None:
    """Every element of every segment is a value of a claim, or its segment is kept."""
    assert lost_of(text_of(name)) == set()


@pytest.mark.parametrize("kind", ["NM1*82", "N3", "REF*G1", "DTP*439", "HI*ABK", "SV1", "NM1*PR"])
def test_a_segment_with_more_than_its_fields_is_kept_whole(kind: str) -> None:
    """Elements beyond those that have a field; and a field that would come twice."""
    start = PROFESSIONAL.index(kind.encode())
    end = PROFESSIONAL.index(b"~", start)
    more = PROFESSIONAL[:end] + b"*" * 9 + b"MORE" + PROFESSIONAL[end:]
    segment = more[start : end + 13].decode()
    assert segment in [s["segment"] for s in read(more)[0][0].event["claim"]["x12"]["segments"]]
    twice = PROFESSIONAL[: end + 2] + PROFESSIONAL[start : end + 2] + PROFESSIONAL[end + 2 :]
    twice = twice.replace(b"SE*62*", b"SE*63*")
    if kind in ("N3", "REF*G1", "DTP*439", "SV1", "NM1*82"):
        assert lost_of(twice.replace(b"SE*62*", b"SE*63*")) == set()
        kept = [s["segment"] for s in read(twice)[0][0].event["claim"]["x12"]["segments"]]
        assert kept.count(PROFESSIONAL[start:end].decode()) == 1


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        (b"DTP*472*D8*20240814", b"DTP*472*D8*20240231", "/lines/0/service_from"),
        (b"DTP*472*D8*20240814", b"DTP*472*D8*AUG 14", "/lines/0/service_from"),
        (b"DMG*D8*19500211", b"DMG*D8*195002", "/payers/0/subscriber/birth_date"),
        (b"LX*1~\nSV1*HC:99213", b"LX*ONE~\nSV1*HC:99213", "/lines/0/number"),
        (b"CLM*A-1*250", b"CLM*A-1*2,50", "/total_charge"),
        (b"LX*1~\nSV1*HC:99213", b"LX*" + b"9" * 5000 + b"~\nSV1*HC:99213", "/lines/0/number"),
    ],
)
def test_a_value_of_the_wrong_shape_goes_on_for_the_schema_to_judge(
    old: bytes, new: bytes, pointer: str
) -> None:
    """The submitter is told where; the neighbour of the claim is read."""
    assert old in PROFESSIONAL
    records, faults = read(PROFESSIONAL.replace(old, new, 1))
    assert faults == []
    with pytest.raises(SchemaInvalid) as caught:
        decode_claim_event(orjson.dumps(records[0].event))
    assert pointer in [fault.pointer[: len(pointer)] for fault in caught.value.faults]
    decode_claim_event(orjson.dumps(records[1].event))


@pytest.mark.parametrize(("guide", "claim_type"), CLAIM_TYPES.items())
@pytest.mark.parametrize("stated_in", ["ST03", "GS08"])
def test_the_guide_says_the_claim_type(guide: str, claim_type: str, stated_in: str) -> None:
    """In ST03, or in GS08 when ST03 is absent."""
    raw = PROFESSIONAL.replace(b"005010X222A1", guide.encode())
    if stated_in == "GS08":
        raw = raw.replace(b"*0001*" + guide.encode(), b"*0001")
    assert [record.event["claim"]["type"] for record in read(raw)[0]] == [claim_type] * 2


def test_the_group_says_when_if_the_transaction_does_not() -> None:
    """BHT04 and BHT05, else GS04 and GS05; the sender of the interchange, when 1000A is silent."""
    raw = PROFESSIONAL.replace(b"*20240820*120000*CH", b"***CH").replace(b"46*SUBM1", b"46*")
    event = read(raw)[0][0].event
    assert event["submitted_at"] == "2024-08-20T12:00:00Z"
    assert event["submitter_id"] == "SENDER"
    assert event["claim"]["claim_or_encounter"] == "CH"


def test_the_same_interchange_twice_in_a_file_is_two_submissions_a_claim() -> None:
    """The first has the ids that it has alone."""
    alone = [record.event["submission_id"] for record in read(PROFESSIONAL)[0]]
    ids = [record.event["submission_id"] for record in read(PROFESSIONAL * 3)[0]]
    assert ids[:2] == alone
    assert len(set(ids)) == 6


def test_any_number_of_interchanges_is_told_apart() -> None:
    """The first of them in memory, the others on disk: each is new once."""
    seen = _Seen()
    digests = [number.to_bytes(8) for number in range(DIGESTS_HELD + 50)]
    assert not any(seen.add(digest) for digest in digests)
    assert all(seen.add(digest) for digest in (*digests[::1000], *digests[-3:]))


def test_nothing_of_one_patient_reaches_the_next() -> None:
    """A second dependent of the same subscriber, and the next subscriber."""
    second = (
        b"HL*5*3*23*0~PAT*01~NM1*QC*1*SAMPLE*ALEX~REF*Y4*PC7~CLM*A-3*80***11:B:1*Y*A*Y*Y~"
        b"LX*1~SV1*HC:99212*80*UN*1***1~"
        b"HL*6*1*22*0~SBR*P*18*******MC~NM1*IL*1*SAMPLE*KIM~CLM*A-4*80***11:B:1*Y*A*Y*Y~"
    )
    raw = PROFESSIONAL.replace(b"SE*62*", second + b"SE*73*")
    third, fourth = [record.event["claim"] for record in read(raw)[0]][2:]
    assert third["patient"] == {"last_name": "SAMPLE", "first_name": "ALEX"}
    assert third["payers"][0]["relationship"] == "01"
    assert third["payers"][0]["claim_number"] == "PC7"
    assert third["payers"][0]["subscriber"]["first_name"] == "DREW"
    assert "patient" not in fourth
    assert fourth["payers"] == [
        {
            "responsibility": "P",
            "relationship": "18",
            "filing_indicator": "MC",
            "destination": True,
            "subscriber": {"last_name": "SAMPLE", "first_name": "KIM"},
        }
    ]
    assert fourth["lines"] == []


def test_payers_stand_in_their_order_and_the_destination_is_marked() -> None:
    """A secondary claim: the primary comes first, and the line's result is the primary's."""
    raw = PROFESSIONAL.replace(b"SBR*P*18*GRP1", b"SBR*S*18*GRP1").replace(
        b"SBR*S*18****", b"SBR*P*18****"
    )
    claim = read(raw)[0][0].event["claim"]
    assert [(p["responsibility"], p.get("destination")) for p in claim["payers"]] == [
        ("P", None),
        ("S", True),
    ]
    assert claim["payers"][1]["prior_authorization"] == "AUTH1"
    assert claim["lines"][0]["payer_adjudications"][0]["responsibility"] == "P"


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
            assert len(faults) == int(row["transactions"])
            assert row["versions"] in faults[0].error
            continue
        assert faults == []
        stated = (int(row["claims"]), int(row["lines"]), Decimal(row["total_charge"]))
        assert summed(records) == stated == counted(raw)
        assert lost_of(raw) == set(), row["file"]
        for record in records:
            decode_claim_event(orjson.dumps(record.event))
