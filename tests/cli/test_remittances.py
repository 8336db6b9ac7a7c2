"""`scrubber remittances`: an event for each claim of an 835, and a word for each that has none."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from scrubber.cli.main import main
from scrubber.contracts.remittance import RemittanceEvent
from tests.conftest import ROOT
from tests.remittances import Advice, add_claim, add_line, begin, written

FIXTURES = ROOT / "tests" / "x12" / "fixtures"
CLAIMS = FIXTURES / "professional.837"
ADVICE = FIXTURES / "remittance.835"

Json = dict[str, Any]


def outcome(control: str, submission_id: str, **claim: Any) -> bytes:
    """Return a line of `clean.jsonl`, as far as it matters here."""
    body = {
        "type": "professional",
        "patient_control_number": control,
        "billing_provider": {"npi": "1234567893", "tax_id": "123456789"},
        "lines": [],
    }
    return orjson.dumps(
        {"schema_version": 1, "outcome_id": "0" * 32, "submission_id": submission_id, "claim": body | claim},
        option=orjson.OPT_APPEND_NEWLINE,
    )  # fmt: skip


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    """Return outcomes of most claims of the fixture, one of them twice."""
    file = tmp_path / "clean.jsonl"
    pat = [{"subscriber": {"member_id": "1EG4TE5MK73"}}]
    robin = [
        {"responsibility": "P", "payer_id": "05102", "subscriber": {"member_id": "1EG4TE5MK74"}}
    ]
    file.write_bytes(
        outcome("H-7", "s-h7", type="institutional", payers=robin)
        + outcome("C-1", "s-c1", payers=pat)
        + outcome("C-2", "s-c2", total_charge="90.00")
        + outcome("C-2", "s-c2-again", total_charge="90.00")
        + outcome("C-3", "s-c3", payers=pat)
    )
    return file


def run(
    capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, list[Json], list[str]]:
    """Run the command: exit code, events, lines on standard error."""
    capsys.readouterr()
    code = main(["remittances", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, [orjson.loads(line) for line in captured.out.splitlines()], captured.err.splitlines()  # fmt: skip


def test_events_on_standard_output_and_all_else_beside_it(
    submitted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From an 837 and outcomes; payments, and claims of none or of two submissions, are said."""
    code, events, said = run(capsys, ADVICE, "--claims", CLAIMS, submitted)
    assert code == 1
    assert [(one["patient_control_number"], one["claim_status"]) for one in events] == [
        ("A-1", "1"), ("H-7", "19"), ("C-1", "22"), ("C-1", "1"), ("C-3", "25"),
    ]  # fmt: skip
    for one in events:
        RemittanceEvent.model_validate(one)
    assert [one["claim_type"] for one in events[:2]] == ["professional", "institutional"]
    assert [line["number"] for line in events[0]["lines"]] == [1, 2]
    assert said == [
        f"no claim {ADVICE}: claim 3, byte 1234: no submitted claim has its number, payee, and member or charge",
        f"payment  {ADVICE}: EFT-1001 of 2024-09-18: 3 claims, 1,172.00 less -5.40 at provider level (WO -10.40, L6 5.00, 72 0.00); 1,177.40 paid",
        f"no claim {ADVICE}: claim 6, byte 1999: 2 submitted claims are alike in all that it states",
        f"payment  {ADVICE}: NOPAY-1 of 2024-09-18: 4 claims, -72.00 less -72.00 at provider level (FB -72.00); 0.00 paid",
        "5 written, 1 of no submitted claim, 1 of several, 0 faults",
    ]
    assert run(capsys, ADVICE, "--claims", CLAIMS, submitted) == (code, events, said)


def test_events_into_a_file_with_the_moment_that_is_given(
    submitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing goes to standard output."""
    file = tmp_path / "events.jsonl"
    arguments = ("--claims", submitted, "--output", file, "--received-at", "2024-09-21T08:00:00Z")
    code, events, _ = run(capsys, ADVICE, *arguments)
    assert (code, events) == (1, [])
    moments = {orjson.loads(line)["received_at"] for line in file.read_bytes().splitlines()}
    assert moments == {"2024-09-21T08:00:00Z"}


def payment(control: str = "C-3", reason: str = "45") -> Advice:
    """Return a payment of one claim."""
    advice = begin()
    claim = {"patient_control_number": control, "claim_frequency_code": "1", "total_charge": "100.00",
             "payers": [{"subscriber": {"last_name": "SAMPLE", "first_name": "PAT", "member_id": "1EG4TE5MK73"}}]}  # fmt: skip
    add_claim(advice, claim, paid="60.00")
    line = {"procedure": "99213", "charge": "100.00", "service_from": "2024-08-01"}
    add_line(advice, line, "60.00", ("CO", reason, "40.00"))
    advice.settle()
    return advice


def test_all_claims_matched_is_exit_code_nought(
    submitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what is unusual is said and goes on."""
    file = tmp_path / "right.835"
    file.write_bytes(written([payment()]))
    assert run(capsys, file, "--claims", submitted)[0] == 0
    odd = payment()
    odd.segments = [["CAS", "XX", *one[2:]] if one[0] == "CAS" else one for one in odd.segments]
    file.write_bytes(written([odd]))
    code, events, said = run(capsys, file, "--claims", submitted)
    assert (code, len(events)) == (0, 1)
    assert said[0].startswith(f"note     {file}: claim 1, byte ")
    assert said[0].endswith(": XX is no adjustment group of an 835")


def test_a_reason_that_nobody_knows_is_said(
    submitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a list of reason codes is loaded, which covers the day of the remittance."""
    codes = tmp_path / "carc.csv"
    codes.write_text("code,type,start_date,last_modified,end_date\n45,CARC,1995-01-01,,\n")
    tables = tmp_path / "tables"
    main(["reference", "import", str(codes), "--into", str(tables), "--kind", "carc", "--effective", "2026-07-01"])  # fmt: skip
    file = tmp_path / "odd.835"
    file.write_bytes(written([payment(), payment(reason="999")]))
    code, events, said = run(capsys, file, "--claims", submitted, "--reference", tables)
    assert (code, len(events)) == (0, 2)
    notes = [line for line in said if line.startswith("note")]
    assert len(notes) == 1
    assert "claim 2, byte" in notes[0]
    assert "999 is no adjustment reason in force on 2026-07-18 (carc@2026-07-01)" in notes[0]


def test_what_does_not_balance_is_refused_with_its_place(
    submitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3; the rest is written; and so it is with a submitted claim that cannot be read."""
    file = tmp_path / "wrong.835"
    wrong = payment()
    next(one for one in wrong.segments if one[0] == "CAS")[3] = "39.99"
    file.write_bytes(written([wrong, payment()]))
    code, events, said = run(capsys, file, "--claims", submitted)
    assert (code, len(events)) == (3, 1)
    assert said[0] == (
        f"refused  {file}: claim 1, byte {file.read_bytes().index(b'SVC*')}, SVC: SVC02 100.00 less its adjustments 39.99 is "
        "60.01; SVC03 says 60.00 (segment 17 of the file)"
    )
    assert said[-1] == "1 written, 0 of no submitted claim, 0 of several, 1 faults"
    submitted.write_bytes(b'{"SAMPLE": 1}\n' + outcome("C-3", "s-1", lines={}))
    code, events, said = run(capsys, file, "--claims", submitted)
    assert (code, events) == (3, [])
    assert said[0].startswith(f"refused  {submitted}: record 1, byte 0: no usable submission_id")
    assert said[1] == f"refused  {submitted}: record 2, byte 14: does not fit the schema at /lines"
    assert "SAMPLE" not in "".join(said)


def test_what_is_no_835_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """An 837 in its place."""
    code, events, said = run(capsys, CLAIMS, "--claims", CLAIMS)
    assert (code, events) == (3, [])
    assert "transaction 837 is not an 835" in said[0]


def test_mistakes_are_exit_code_two(
    submitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files that are not there, standard input, a folder that is none, no such moment."""
    code, events, said = run(capsys, tmp_path / "none.835", "--claims", submitted)
    assert (code, events) == (2, [])
    assert said[0] == f"scrubber: {tmp_path / 'none.835'}: no such file or directory"
    assert run(capsys, ADVICE, "--claims", tmp_path / "none.837")[0] == 2
    code, _, said = run(capsys, "-", "--claims", submitted)
    assert (code, said) == (2, ["scrubber: an 835 is read twice, so it cannot come on standard input"])  # fmt: skip
    code, _, said = run(capsys, ADVICE, "--claims", submitted, "--reference", tmp_path / "none")
    assert (code, len(said)) == (2, 1)
    assert run(capsys, ADVICE, "--claims", submitted, "--output", tmp_path)[0] == 2
    for arguments in ([str(ADVICE)], [str(ADVICE), "--claims", str(submitted), "--received-at", "now"]):  # fmt: skip
        with pytest.raises(SystemExit) as caught:
            main(["remittances", *arguments])
        assert caught.value.code == 2
