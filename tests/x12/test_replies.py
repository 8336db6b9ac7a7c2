"""The 999, TA1 and 277CA of a file balance, say what was found, and others can read them."""

import io
import logging
import random
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12n_document

from scrubber.cli.main import main
from scrubber.cli.replies import Replies
from scrubber.pipeline.answer import DeadLetter
from scrubber.pipeline.intake import read_records
from scrubber.x12.acknowledge import Acknowledgment, acknowledge
from scrubber.x12.claim_status import FileAnswer, ServiceStatus, status_of
from scrubber.x12.envelope import Envelope, Transaction, read_transactions
from scrubber.x12.read import ClaimRecord, read_claims
from scrubber.x12.segments import Delimiters, Segments
from scrubber.x12.structure import ElementError, Looked, SegmentError
from tests.conftest import SHARED

FIXTURES = Path(__file__).parent / "fixtures"
PROFESSIONAL = (FIXTURES / "professional.837").read_bytes()
DELIMITERS = Delimiters("*", "^", ":", "~")

# The files of public projects whose structure is not that of their guide, and why.
AT_FAULT = {
    "demo.ambulance.example5.837": "CLM05-2 is empty",
    "demo.cob.2ndary.example4.837": "composites by > where ISA16 names :",
    "demo.example6.837": "composites by > where ISA16 names :",
    "demo.example12.837": "composites by > where ISA16 names :",
    "ppo-repriced-claim.837i": "composites by > where ISA16 names :",
    "demo.cob.example4.837": "2320 AMT*F2, of 4010",
    "institutional-claim.837i": "CLM06 is not used, DTP 434 is no span",
    **{f"sample_837_{n}.txt": "an 837I with the segments of an 837P" for n in range(1, 7)},
}


def answer_of(raw: bytes) -> list[list[str]]:
    """Return the segments of the 999 of a file."""
    text = b"".join(acknowledge(io.BytesIO(raw))).decode()
    return [one.split("*") for one in text.replace("\n", "").split("~") if one]


def taken(raw: bytes, old: str, new: str) -> list[list[str]]:
    """Return the answer to a file with one change."""
    assert old.encode() in raw
    return answer_of(raw.replace(old.encode(), new.encode(), 1))


def of(segments: list[list[str]], kind: str) -> list[list[str]]:
    """Return the segments of an id, without it."""
    return [one[1:] for one in segments if one[0] == kind]


def accepted_by_pyx12(text: str) -> bool:
    """Tell whether pyx12 finds an answer right; its list of status codes is older than ours."""
    logging.disable(logging.CRITICAL)
    parameters = pyx12.params.params()
    parameters.set("exclude_external_codes", "claim_status,claim_status_cat,entity_id")
    try:
        return bool(pyx12.x12n_document.x12n_document(parameters, io.StringIO(text), None, None))
    finally:
        logging.disable(logging.NOTSET)


def balance(segments: list[list[str]]) -> None:
    """Count the envelopes of an answer by a plain loop of our own."""
    groups = transactions = count = 0
    for one in segments:
        count += 1
        if one[0] == "ISA":
            control, groups = one[13], 0
        elif one[0] == "GS":
            groups, transactions, group = groups + 1, 0, one[6]
        elif one[0] == "ST":
            transactions, count, number = transactions + 1, 1, one[2]
        elif one[0] == "SE":
            assert one[1:] == [str(count), number]
        elif one[0] == "GE":
            assert one[1:] == [str(transactions), group]
        elif one[0] == "IEA":
            assert one[1:] == [str(groups), control]


def test_a_right_transaction_is_accepted() -> None:
    """AK2 and IK5 A; AK9 has included, received and accepted; envelopes are turned round."""
    got = answer_of((FIXTURES.parent.parent.parent / "samples/professional.837").read_bytes())
    assert of(got, "IK5") == [["A"]]
    assert of(got, "AK9") == [["A", "1", "1", "1"]]
    assert of(got, "ISA")[0][5].strip() == "CLEARINGHOUSE"
    assert of(got, "TA1") == []
    balance(got)


def test_faults_of_structure_are_noted_with_place_and_code_and_no_name() -> None:
    """IK3 and IK4 by position; a value is shown only where a code belongs."""
    got = taken(PROFESSIONAL, "NM1*85*2*EXAMPLE CLINIC", "NM1*85*7*EXAMPLE CLINIC")
    assert ["NM1", "8", "2010", "8"] in of(got, "IK3")
    assert of(got, "IK4") == [["2", "1065", "7", "7"]]
    assert of(got, "IK5") == [["E", "5"]]
    assert of(got, "AK9") == [["E", "1", "1", "1"]]
    secret = taken(PROFESSIONAL, "DMG*D8*19500211*F", "DMG*D8*19500211*SAMPLEPAT")
    assert of(secret, "IK4") == [["3", "1068", "7"]]


def test_the_context_of_a_fault_is_its_claim_and_what_triggers_it() -> None:
    """CTX behind IK3 for the claim, behind IK4 for what makes an element required; pyx12 reads it."""
    raw = PROFESSIONAL.replace(b"*TE*4025550100", b"*TE*4025550100**12", 1)
    raw = raw.replace(b"CLM*A-1*250*", b"CLM*A^1 AND SOME WORDS TO FILL FORTY PLACES*250*", 1)
    raw = raw.replace(b"SV1*HC:J1885*100*UN*2", b"SV1*HC:J1885*100**2", 1)
    got = answer_of(raw)
    context = [(before[0], one[1:]) for before, one in pairwise(got) if one[0] == "CTX"]
    claim = ["CLM01:A1 AND SOME WORDS TO FILL FORTY PLA"]
    assert [one for one in context if one[0] == "IK4"] == [
        ("IK4", ["SITUATIONAL TRIGGER", "PER", "4", "1000", "6"]),
        ("IK4", ["SITUATIONAL TRIGGER", "SV1", "43", "2400", "4"]),
    ]
    # Each place within the claim has its number, and no other: of 2010CA there is none.
    places = [one for one in got if one[0] == "IK3"]
    within = [one for one in places if one[3] in ("2300", "2400")]
    assert [one for _, one in context if "CLM01" in one[0]] == [claim] * len(within)
    assert len(within) < len(places)
    balance(got)
    assert accepted_by_pyx12("~\n".join("*".join(one) for one in got) + "~\n")


def test_a_component_names_the_component_that_triggers_it() -> None:
    """CTX05 has both positions: the qualifier of a component is there and its value is not."""
    fault = ElementError(8, 4, 2, "127", "2", trigger=3)
    errors = [SegmentError("REF", 9, "2400", "8", [fault])]
    acknowledgment = Acknowledgment(["ISA", *of(answer_of(PROFESSIONAL), "ISA")[0]])
    acknowledgment.take(Envelope("GS", ["GS", "HC", "A", "B", "20240820", "1200", "1"]), None)
    st = ["ST", "837", "0001", "G"]
    whole = Transaction("dental", "G", DELIMITERS, [], [], st, (1, 1, 1), 0, 3, 0, 0, iter(()))
    acknowledgment.take(whole, Looked(errors))
    acknowledgment.take(Envelope("GE", ["GE", "1", "1"], 1), None)
    text = b"".join(acknowledgment.end()).decode()
    assert "IK4*8:4:2*127*2~\nCTX*SITUATIONAL TRIGGER*REF*9*2400*8:3:2~" in text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("SE*62*", "SE*61*", "4"),
        ("SE*62*0001", "SE*62*0002", "3"),
        ("SE*62*0001~", "", "2"),
        ("ST*837*", "ST*835*", "1"),
        ("0001*005010X222A1", "0001*004010X098A1", "I6"),
        ("N3*1 MAIN ST~", "N3*1 MAIN ST~~oh no~", "5"),
    ],
)
def test_a_transaction_that_is_not_whole_is_rejected(old: str, new: str, code: str) -> None:
    """IK5 R with the reason, AK9 R: received, not accepted."""
    got = taken(PROFESSIONAL, old, new)
    assert of(got, "IK5") == [["R", code]]
    assert of(got, "AK9") == [["R", "1", "1", "0"]]
    balance(got)


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [("GE*1*11", "GE*2*11", "5"), ("GE*1*11", "GE*1*12", "4"), ("GE*1*11~", "", "3")],
)
def test_a_group_that_does_not_balance_has_its_code_in_ak9(old: str, new: str, codes: str) -> None:
    """AK905; its transactions were counted by their own SE."""
    got = taken(PROFESSIONAL, old, new)
    assert of(got, "AK9")[0][0] == "E"
    assert of(got, "AK9")[0][3:] == ["1", codes]


@pytest.mark.parametrize(
    ("old", "new", "code", "result"),
    [
        ("IEA*1*000000101", "IEA*2*000000101", "021", "E"),
        ("IEA*1*000000101", "IEA*1*000000102", "001", "E"),
        ("IEA*1*000000101~", "", "023", "E"),
        ("SE*62*0001~\nGE*1*11~\nIEA*1*000000101~", "", "023", "R"),
        ("*000000101*0*T", "*000000101*1*T", "000", "A"),
    ],
)
def test_a_damaged_interchange_gets_a_ta1(old: str, new: str, code: str, result: str) -> None:
    """TA1 with the ISA's control number, day and time; also when the sender asks for one."""
    got = taken(PROFESSIONAL, old, new)
    assert of(got, "TA1") == [["000000101", "240820", "1200", result, code]]
    balance(got)


def test_check_writes_both_answers_beside_the_outcomes(tmp_path: Path) -> None:
    """One of each a file, the same bytes from the same input, totals that balance, read by pyx12."""
    files = [str(FIXTURES / f"{name}.837") for name in ("professional", "institutional", "dental")]
    for folder in ("a", "b"):
        main(["check", *files, "--output", str(tmp_path / folder), "--no-progress"])
    for name in ("professional", "institutional", "dental"):
        for suffix in (".999", ".277ca"):
            text = (tmp_path / "a" / f"{name}.837{suffix}").read_text()
            assert text == (tmp_path / "b" / f"{name}.837{suffix}").read_text()
            assert accepted_by_pyx12(text)
            segments = [one.split("*") for one in text.replace("\n", "").split("~") if one]
            balance(segments)
            if suffix == ".277ca":
                totals(segments)


# A file, what goes wrong in it, and the 2220D loops that answer it, by claim.
LINES_AT_FAULT = {
    "professional": (
        [("UN*2***1", "UN*0***1"), ("472*D8*20240814", "472*D8*20270814")],
        {
            "A-1": [
                "SVC*HC:99213:25*150*****1", "STC*A7:187*20240820*U*******A7:510", "REF*FJ*1", "DTP*472*D8*20270814",
                "SVC*HC:J1885*100*****0", "STC*A7:476*20240820*U", "REF*FJ*LINE2", "DTP*472*RD8*20240814-20240815",
            ],
            "A-2": [],
        },
    ),
    "orthodontics": (
        [("AD:D8080*400", "AD:D8080*-400"), ("AD:D2391*160", "AD::52*160")],
        {
            "D-2": [
                "SVC*AD:D8080*-400*****1", "STC*A7:693*20240820*U*******A7:178", "REF*FJ*LINE-A", "DTP*472*D8*20240814",
                "SVC*AD:D8080*-400*****1", "STC*A7:672*20240820*U*******A7:710", "REF*FJ*LINE-A", "DTP*472*D8*20240814",
                "SVC*AD:NONE:52*160*****1", "STC*A6:454*20240820*U", "REF*FJ*2", "DTP*472*D8*20240813",
            ]
        },
    ),
    "institutional": (
        [("DTP*472*D8*20240811", "DTP*472*D8*20280811"), ("0250*", "0250*")],
        {"H-1": ["SVC*HC:J1885:JZ*100.5**0250***2", "STC*A7:187*20240820*U*******A7:510", "REF*FJ*2", "DTP*472*D8*20280811"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES_AT_FAULT)
def test_a_rejected_line_has_a_loop_for_each_reason(name: str, tmp_path: Path) -> None:
    """2220D names line, number, day and reason; totals count claims, and pyx12 reads it."""
    changes, expected = LINES_AT_FAULT[name]
    text = (FIXTURES / f"{name}.837").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "lines.837"
    path.write_text(text)
    main(["check", str(path), "--output", str(tmp_path), "--no-progress"])
    answer = (tmp_path / "lines.837.277ca").read_text()
    segments = [one.split("*") for one in answer.replace("\n", "").split("~") if one]
    balance(segments)
    totals(segments)
    assert accepted_by_pyx12(answer)
    loops: dict[str, list[str]] = {}
    control, of_line = "", False
    for one in segments:
        if one[:2] == ["TRN", "2"]:
            control, of_line = one[2], False
            loops[control] = []
        of_line = (of_line or one[0] == "SVC") and one[0] not in ("HL", "SE")
        if of_line:
            loops[control].append("*".join(one))
    del loops[segments[3][3]]  # the trace of the file, as BHT has it
    assert loops == expected


def test_a_line_is_named_by_what_the_answer_can_say() -> None:
    """A revenue code alone, a qualifier that SVC01 has not, numbers that are none; paths astray."""
    claim = {
        "type": "institutional",
        "statement_from": "2024-08-14",
        "statement_to": "2024-08-10",
        "lines": [
            {"number": 7, "revenue_code": "0250", "charge": "FREE", "units": "MANY"},
            {"procedure": "J~1885", "qualifier": "N4", "revenue_code": "0636", "charge": "2.50"},
        ],
    }
    finding = {
        "severity": "reject",
        "result": "fail",
        "status_code": ["A7:1", "A7:2", "A7:3", "A7:4"],
    }
    paths = [
        "/lines/0/charge",
        "/lines/1",
        "/lines/1/units",
        "/lines",
        "/lines/2",
        "/lines/x",
        "/lin/0",
    ]
    status = status_of(claim, "rejected", [finding | {"path": path} for path in paths])
    assert status.dates == ("RD8", "20240810-20240814")
    reason = [["A7:1", "A7:2", "A7:3"]]
    assert status.statuses == reason
    assert status.services == [
        ServiceStatus(reason, "NU:0250", "0", "", "", "7", ()),
        ServiceStatus(reason, "HC:J1885", "2.5", "0636", "", "2", ()),
    ]


def totals(segments: list[list[str]]) -> None:
    """Hold the totals of receiver and providers to the claims below them."""
    amounts = dict.fromkeys(("YU", "YY"), 0.0)
    counts = dict.fromkeys(("90", "AA", "QA", "QC"), 0)
    control = ""
    for one in segments:
        if one[0] == "QTY":
            counts[one[1]] += int(one[2])
        elif one[0] == "AMT":
            amounts[one[1]] += float(one[2])
        elif one[0] == "TRN":
            control = one[2] if one[1] == "2" else ""
    assert control
    seen: dict[str, tuple[str, float]] = {}
    level = ""
    for one in segments:
        if one[0] in ("HL", "SVC"):
            level = one[3] if one[0] == "HL" else "line"
        elif one[0] == "TRN":
            control = one[2]
        elif one[0] == "STC" and level == "PT":
            seen[control] = (one[3], float(one[4]))
    accepted = [amount for action, amount in seen.values() if action == "WQ"]
    rejected = [amount for action, amount in seen.values() if action == "U"]
    assert counts == {
        "90": len(accepted),
        "QA": len(accepted),
        "AA": len(rejected),
        "QC": len(rejected),
    }
    # Each amount stands at the receiver and at its provider.
    assert amounts == {"YU": 2 * sum(accepted), "YY": 2 * sum(rejected)}


def test_published_examples_have_no_fault_of_structure_that_is_not_their_own() -> None:
    """Of the files of public projects those at fault are known, with the reason; none is refused."""
    folder = SHARED / "claims" / "x12"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    noted = set()
    for path in sorted(folder.glob("*/*")):
        if path.name.startswith(("LICENSE", "v4010")):
            continue
        got = answer_of(path.read_bytes())
        assert {one[0] for one in of(got, "IK5")} <= {"A", "E"}, path.name
        if ["A"] not in of(got, "IK5"):
            noted.add(path.name)
        assert accepted_by_pyx12("~\n".join("*".join(one) for one in got) + "~\n"), path.name
    assert noted == set(AT_FAULT)


def variants(seed: int, count: int) -> Iterator[bytes]:
    """Yield a file with bytes flipped, taken away or cut, behind it a whole interchange."""
    chance = random.Random(seed)
    for _ in range(count):
        raw = bytearray(PROFESSIONAL)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(raw))
            if chance.random() < 0.5:
                raw[at] = chance.randrange(256)
            else:
                del raw[at : at + chance.randint(1, 40)]
        if chance.random() < 0.3:
            del raw[chance.randrange(len(raw)) :]
        yield bytes(raw)


NEIGHBOUR = (FIXTURES / "dental.837").read_bytes()


def readable(count: int, seed: int) -> None:
    """
    Read and answer each variant; the interchange behind it is read and answered whole.

    What is answered while claims are read is what is answered without them.
    """
    for raw in variants(seed, count):
        whole = raw + b"\n" + NEIGHBOUR
        with closing(FileAnswer()) as answer:
            read = read_claims(io.BytesIO(whole), answer.watch)
            claims = [one for one in read if isinstance(one, ClaimRecord)]
            assert b"".join(answer.acknowledgment()) == b"".join(acknowledge(io.BytesIO(whole)))
        assert claims[-1].event["claim"]["patient_control_number"] == "D-1"
        got = answer_of(whole)
        balance(got)
        assert of(got, "AK1")[-1][1] == "13"
        assert of(got, "AK9")[-1] == ["A", "1", "1", "1"]
        transactions = read_transactions(Segments(io.BytesIO(whole)))
        assert sum(
            isinstance(one, Transaction) and bool([*one.segments]) for one in transactions
        ) == len([one for one in of(got, "IK5") if one[0] != "R"])


def test_a_damaged_file_never_crashes_and_loses_no_neighbour() -> None:
    """Some hundred variants in the ordinary run."""
    readable(300, seed=20260820)


@pytest.mark.long
def test_ten_thousand_damaged_files_never_crash_and_lose_no_neighbour() -> None:
    """The same with many more."""
    readable(10_000, seed=20260821)


def test_answers_hold_no_control_character() -> None:
    """What was sent in the envelopes cannot break the answer."""
    raw = PROFESSIONAL.replace(b"GS*HC*SENDER*", b"GS*HC*SEN\x07:D^ER*", 1)
    got = answer_of(raw)
    assert re.fullmatch("[ -~]*", of(got, "GS")[0][2])
    assert of(got, "GS")[0][2] == "SENDER"


def test_files_of_one_name_and_claims_without_an_outcome_are_answered(tmp_path: Path) -> None:
    """The second file of a name is numbered; a claim that is a dead letter is returned (A3)."""
    names = []
    for folder in ("a", "b"):
        path = tmp_path / folder / "dental.837"
        path.parent.mkdir()
        path.write_bytes(NEIGHBOUR)
        names.append(str(path))
    with Replies(tmp_path, [*names, "-", str(tmp_path)]) as replies:
        for name in names:
            stream = io.BufferedReader(io.BytesIO(NEIGHBOUR))  # type: ignore[arg-type]
            for record in read_records(stream, name, replies.watching(name)):
                replies.write(DeadLetter(record, "too-long", "", 0))
    for name in ("dental.837", "dental-2.837"):
        text = (tmp_path / f"{name}.277ca").read_text()
        assert "STC*A3:21*20240820*U*240~" in text
        assert "QTY*AA*1~" in text
        assert (tmp_path / f"{name}.999").exists()
    assert not [*tmp_path.glob(".*")]


def test_a_file_that_is_named_twice_is_answered_once(tmp_path: Path) -> None:
    """Its second reading is told to nobody."""
    path = tmp_path / "dental.837"
    path.write_bytes(NEIGHBOUR)
    with Replies(tmp_path, [str(path)] * 2) as replies:
        for _ in "12":
            with path.open("rb") as stream:
                for record in read_records(stream, str(path), replies.watching(str(path))):
                    replies.write(DeadLetter(record, "too-long", "", 0))
    for suffix in (".999", ".277ca"):
        assert (tmp_path / f"dental.837{suffix}").read_bytes().count(b"ISA*") == 1


def test_a_transaction_of_any_number_of_faults_is_told_about() -> None:
    """Its first thousand segments at fault are noted."""
    claims = [f"CLM*C{n}*1.00***11:B:1*Y*A*Y*Q~HI*ABK:I10~LX*1~SV1*HC:99213*1.00*UN*1***1~"
              f"DTP*472*D8*20260610~" for n in range(1500)]  # fmt: skip
    text = (FIXTURES / "professional.837").read_text().replace("\n", "")
    head, tail = text[: text.index("CLM*")], text[text.index("SE*") :]
    count = head[head.index("ST*") :].count("~") + 5 * len(claims) + 1
    _, _, rest = tail.split("*", 2)
    got = answer_of(f"{head}{''.join(claims)}SE*{count}*{rest}".encode())
    assert of(got, "IK5") == [["E", "5"]]
    assert len(of(got, "IK3")) == 1000
    assert of(got, "CTX")[-1][0] < "CLM01:C999"
    balance(got)
