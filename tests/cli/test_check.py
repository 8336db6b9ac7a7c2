"""`scrubber check` answers every claim once, says what it cannot read, and never a traceback."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from scrubber.cli.main import main
from scrubber.cli.progress import Progress
from scrubber.contracts.decode import MAX_BYTES
from scrubber.synthetic import generate
from tests.conftest import ROOT
from tests.twins import base_claim

SAMPLES = [
    str(ROOT / "samples" / name)
    for name in ("claims.jsonl", "professional.837", "institutional.837")
]
X12 = (ROOT / "tests/x12/fixtures/professional.837").read_bytes()

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return a function that runs the command here: exit code, output, errors."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return code, captured.out.decode(), captured.err.decode()

    return command


def event(submission_id: str = "s-1", **changes: Any) -> dict[str, Any]:
    """Return an event that is answered."""
    return {
        "schema_version": 1,
        "submission_id": submission_id,
        "submitted_at": "2024-08-20T12:00:00Z",
        "claim": orjson.loads(base_claim("professional")),
    } | changes


GOOD = orjson.dumps(event("good-1"))
NEXT = orjson.dumps(event("good-2"))


def written(folder: Path, content: bytes, name: str = "in.jsonl") -> Path:
    """Return a file of this content."""
    path = folder / name
    path.write_bytes(content)
    return path


def ids(output: str) -> list[str]:
    """Return the submission ids of outcomes, in their order."""
    return [json.loads(line)["submission_id"] for line in output.splitlines()]


def test_the_samples_get_what_their_list_says(run: Run) -> None:
    """All three dispositions, the edits as listed beside the samples."""
    code, output, _ = run("check", *SAMPLES, "--format", "jsonl")
    assert code == 1
    with (ROOT / "samples" / "claims.expected.csv").open(encoding="utf-8") as file:
        expected = {row["submission_id"]: row for row in csv.DictReader(file)}
    bodies = [json.loads(line) for line in output.splitlines()]
    assert len(bodies) == 20
    assert {body["disposition"] for body in bodies} == {"clean", "rejected", "review"}
    for body in bodies[: len(expected)]:
        row = expected[body["submission_id"]]
        decisive = {f["edit"] for f in body["findings"] if f["severity"] in ("reject", "review")}
        assert body["disposition"] == row["expected_disposition"]
        assert decisive == set(row["edits"].split())


BAD_RECORDS = {
    "truncated JSON": (GOOD[:200], "not valid JSON"),
    "invalid UTF-8": (GOOD.replace(b"EXAMPLE CLINIC", b"\xff"), "not UTF-8"),
    "NaN": (GOOD.replace(b'"250.00"', b"NaN"), "not valid JSON"),
    "a 10 MB record": (b'{"x": "' + b"y" * 10_000_000 + b'"}', f"the limit is {MAX_BYTES}"),
    "an unknown schema_version": (orjson.dumps(event(schema_version=9)), "unknown schema_version"),
    "no submission_id": (orjson.dumps({"schema_version": 1}), "no usable submission_id"),
    "no object": (b'"claim"', "not a JSON object"),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_record_that_cannot_be_read_is_named_and_its_neighbours_are_answered(
    name: str, run: Run, tmp_path: Path
) -> None:
    """File, record number and byte offset; exit code 3."""
    bad, reason = BAD_RECORDS[name]
    path = written(tmp_path, GOOD + b"\n" + bad + b"\n" + NEXT + b"\n")
    code, output, errors = run("check", path, "--format", "jsonl")
    assert code == 3
    assert ids(output) == ["good-1", "good-2"]
    letters = [line for line in errors.splitlines() if line.startswith("dead letter: ")]
    assert len(letters) == 1
    assert letters[0].startswith(f"dead letter: {path}: record 2, byte ")
    assert int(letters[0].split("byte ")[1].split(":")[0]) >= len(GOOD) + 1
    assert reason in letters[0]
    assert "Traceback" not in errors


def test_a_claim_of_the_wrong_shape_is_rejected_not_lost(run: Run, tmp_path: Path) -> None:
    """Its submitter can be told."""
    wrong = orjson.dumps(event("wrong-1", claim={"type": "professional", "lines": "none"}))
    code, output, _ = run("check", written(tmp_path, wrong + b"\n"), "--format", "jsonl")
    body = json.loads(output)
    assert (code, body["disposition"]) == (1, "rejected")
    assert body["findings"][0]["edit"] == "claim-schema-invalid"


def test_line_breaks_marks_and_empty_lines_are_no_records(run: Run, tmp_path: Path) -> None:
    """CRLF, a byte order mark, blank lines, no break at the end."""
    path = written(tmp_path, b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n  \r\n" + NEXT)
    code, output, _ = run("check", path, "--format", "jsonl")
    assert code in (0, 1)
    assert ids(output) == ["good-1", "good-2"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (orjson.dumps(event("p-1"), option=orjson.OPT_INDENT_2), ["p-1"]),
        (orjson.dumps([event("a-1"), event("a-2")]), ["a-1", "a-2"]),
        (orjson.dumps([event("b-1"), event("b-2")], option=orjson.OPT_INDENT_2), ["b-1", "b-2"]),
        (b"\xef\xbb\xbf" + orjson.dumps([event("m-1")]) + b"\n", ["m-1"]),
        (X12, ["SENDER", "SENDER"]),
    ],
)
def test_what_a_file_is_its_content_says(
    content: bytes, expected: list[str], run: Run, tmp_path: Path
) -> None:
    """One event over many lines, a list of events, an 837; whatever the name."""
    _, output, _ = run("check", written(tmp_path, content, "x.dat"), "--format", "jsonl")
    assert [one.split("-")[0] if one.startswith("SENDER") else one for one in ids(output)] == (
        expected
    )
    assert "\n " not in output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (X12.replace(b"SE*62*", b"SE*60*"), "SE01 says 60 segments"),
        (X12.replace(b"IEA*1*000000101~", b""), "the interchange has no IEA"),
        (b"[1, 2\n", "not valid JSON"),
        (b"{\n" + b"x" * 50, "record 1, byte 0: the file ends inside this record"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_one_clear_line(
    content: bytes, words: str, run: Run, tmp_path: Path
) -> None:
    """A dead letter with the place; exit code 3, and the next file is read."""
    bad, good = written(tmp_path, content, "bad"), written(tmp_path, GOOD, "good")
    code, output, errors = run("check", bad, good, "--format", "jsonl")
    assert code == 3
    assert "good-1" in ids(output)
    assert words in errors
    assert "Traceback" not in errors


def test_a_file_that_is_not_there_is_said_and_the_others_are_read(run: Run, tmp_path: Path) -> None:
    """A missing file, a directory: exit code 2."""
    good = written(tmp_path, GOOD)
    code, output, errors = run("check", tmp_path / "none", tmp_path, good, "--format", "jsonl")
    assert code == 2
    assert ids(output) == ["good-1"]
    assert f"{tmp_path}/none: no such file" in errors
    assert f"{tmp_path}: is a directory" in errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--reference", "nowhere"), "nowhere is not a directory"),
        (("--payer-packs", "nowhere"), "nowhere is not a directory"),
    ],
)
def test_a_folder_that_is_not_there_is_said(
    arguments: tuple[str, ...], words: str, run: Run, tmp_path: Path
) -> None:
    """Exit code 2, one line, nothing is scrubbed."""
    code, output, errors = run("check", written(tmp_path, GOOD), *arguments)
    assert (code, output) == (2, "")
    assert words in errors


def test_a_pack_that_cannot_be_used_is_said_with_all_its_faults(run: Run, tmp_path: Path) -> None:
    """Before any claim is read."""
    written(
        tmp_path,
        b"payer: x\nversion: '2024-01-01'\ninherits: base@2026-01-01\nedits: {off: [{edit: nope}]}\n",
        "x.yaml",
    )
    code, _, errors = run("check", written(tmp_path, GOOD), "--payer-packs", tmp_path)
    assert code == 2
    assert "edits.off[0].reason: missing" in errors


def test_a_pack_changes_what_it_says(run: Run, tmp_path: Path) -> None:
    """The outcome names the pack."""
    written(tmp_path, b"payer: mine\nversion: '2024-01-01'\ninherits: base@2026-01-01\napplies: {filing_indicators: [MB]}\n", "m.yaml")  # fmt: skip
    _, output, _ = run("check", written(tmp_path, GOOD), "--payer-packs", tmp_path, "--format", "jsonl")  # fmt: skip
    assert json.loads(output)["versions"]["payer_pack"] == "mine@2024-01-01"


def test_a_pack_in_shadow_is_summed_up(run: Run, tmp_path: Path) -> None:
    """How many claims it would have moved, and where to; the outcomes stay as they are."""
    written(
        tmp_path,
        b"payer: mine\nversion: '2024-01-01'\ninherits: base@2026-01-01\nshadow: 'true'\n"
        b"applies: {filing_indicators: [MB]}\nedits: {severity: [{edit: reference-edition-missing,"
        b" severity: review, reason: trial, source: memo}]}\n",
        "m.yaml",
    )
    path = written(tmp_path, GOOD)
    alone = json.loads(run("check", path, "--format", "jsonl")[1])
    code, output, errors = run(
        "check", path, "--payer-packs", tmp_path, "--format", "jsonl", "--output", tmp_path / "out"
    )
    found = json.loads(output)
    assert code == 0
    assert "mine@2024-01-01 in shadow would have moved claims: clean to review (1)" in errors
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["shadow"] == {"mine@2024-01-01": {"clean to review": 1}}
    assert found.pop("shadow")["disposition"] == "review"
    assert found["versions"].pop("shadow_pack") == "mine@2024-01-01"
    del found["outcome_id"], alone["outcome_id"]
    assert found == alone


def test_several_processes_give_the_same_bytes_in_the_same_order(tmp_path: Path) -> None:
    """1, 2 and 3 processes over 900 claims with dead letters between."""
    claims = [orjson.dumps(one.event) for one in generate(900, 5)]
    claims[100:100] = [b"{broken}"]
    path = written(tmp_path, b"\n".join(claims) + b"\n")
    outputs = []
    for processes in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-m", "scrubber.cli.main", "check", path, "--format", "jsonl",
             "--processes", processes],
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 3, done.stderr.decode()
        outputs.append(done.stdout)
    assert outputs[0].count(b"\n") == 900
    assert outputs[0] == outputs[1] == outputs[2]


def test_processes_here_answer_as_one_does(run: Run, tmp_path: Path) -> None:
    """The parent's half of the work, seen from inside."""
    path = written(tmp_path, GOOD + b"\n" + NEXT + b"\n")
    alone = run("check", path, "--format", "jsonl")[1]
    assert run("check", path, "--format", "jsonl", "--processes", "2")[1] == alone


def test_the_folder_holds_outcomes_by_disposition(run: Run, tmp_path: Path) -> None:
    """Every outcome in one file, dead letters with their bytes, a summary that adds up."""
    path = written(tmp_path, Path(SAMPLES[0]).read_bytes() + b"{broken}\n")
    folder = tmp_path / "out"
    code, output, _ = run("check", path, "--format", "jsonl", "--output", folder)
    assert code == 3
    by_name = {name: (folder / f"{name}.jsonl").read_text().splitlines() for name in
               ("clean", "rejected", "review", "dead-letter")}  # fmt: skip
    answered = [line for n in ("clean", "rejected", "review") for line in by_name[n]]
    assert sorted(answered) == sorted(output.splitlines())
    letter = json.loads(by_name["dead-letter"][0])
    assert (letter["error_type"], letter["raw_base64"]) == (
        "claim-event-unreadable",
        "e2Jyb2tlbn0=",
    )
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["claims"] == {n: len(by_name[n]) for n in ("clean", "rejected", "review")}
    assert summary["dead_letters"] == 1
    assert sorted(one.name for one in folder.iterdir()) == [
        "clean.jsonl", "dead-letter.jsonl", "rejected.jsonl", "review.jsonl", "summary.json",
    ]  # fmt: skip


def test_a_run_that_fails_leaves_the_folder_of_the_last_one(run: Run, tmp_path: Path) -> None:
    """Files are replaced when all went well, not before."""
    folder = tmp_path / "out"
    run("check", written(tmp_path, GOOD), "--format", "jsonl", "--output", folder)
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    run("check", written(tmp_path, GOOD), "--output", folder, "--reference", tmp_path / "none")
    damaged = tmp_path / "ref"
    (damaged / "hcpcs@2024-07-01").mkdir(parents=True)
    code, _, errors = run("check", written(tmp_path, GOOD), "--output", folder, "--reference", damaged)  # fmt: skip
    assert code == 2
    assert "hcpcs@2024-07-01" in errors
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


def test_csv_has_a_row_a_finding_and_one_for_a_clean_claim(run: Run) -> None:
    """Lists are joined by blanks."""
    _, output, _ = run("check", SAMPLES[0], "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(output)))
    found = [row for row in rows if row["edit"] == "ncci-ptp-conflict"]
    assert [row["lines"] for row in found] == ["2"]
    assert found[0]["status_code"] == "A7:454 A7:732"
    assert len({row["submission_id"] for row in rows}) == 13


def test_the_text_says_why_and_what_to_do(run: Run, tmp_path: Path) -> None:
    """Message, fix, edit, summary with dollars; no name and no member id of a patient."""
    code, output, _ = run("check", SAMPLES[0], written(tmp_path, b"{"))
    words = " ".join(output.split())
    assert code == 3
    assert "Billing NPI 1234567890 is not a valid NPI" in words
    assert "billing-npi-invalid" in words
    assert "dollars held: 1,248.00" in words
    assert "dead letter" in words
    assert "scrubber reference import" in words
    for claim in Path(SAMPLES[0]).read_bytes().splitlines():
        for payer in json.loads(claim)["claim"]["payers"]:
            assert payer["subscriber"]["member_id"] not in output


def test_the_text_tells_tables_from_what_no_file_gives(run: Run) -> None:
    """Whoever loads all tables still has no history and no register of models."""
    _, output, _ = run("check", SAMPLES[0])
    (tables,) = [line for line in output.splitlines() if line.startswith("not looked at for want")]
    (others,) = [line for line in output.splitlines() if line.startswith("for want of lists")]
    assert "pprrvu (10)" in tables
    assert "claims-history (13)" in others
    assert "claims-history" not in tables
    assert "pprrvu" not in others


def test_what_was_allowed_is_told(run: Run, tmp_path: Path) -> None:
    """A bypass is a line of its own."""
    late = event(claim=orjson.loads(base_claim("professional")) | {"delay_reason_code": "1"})
    late["submitted_at"] = "2026-08-20T12:00:00Z"
    _, output, _ = run("check", written(tmp_path, orjson.dumps(late)))
    assert "allowed: timely-filing-exceeded (a delay reason is given)" in output


def test_a_bar_shows_on_a_terminal_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not elsewhere, not for short work, not when it is not wanted."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    moments = iter([0.0, 0.5, 2.0, 3.0])
    monkeypatch.setattr("scrubber.cli.progress.time.monotonic", lambda: next(moments, 4.0))
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with Progress(100, wanted=True) as progress:
        progress.reached(10)
        assert screen.getvalue() == ""
        progress.reached(50)
        progress.reached(60)
    assert "scrubbing" in screen.getvalue()
    quiet = Terminal()
    monkeypatch.setattr(sys, "stderr", quiet)
    with Progress(100, wanted=False) as progress:
        progress.reached(50)
    assert quiet.getvalue() == ""


def test_standard_input_is_a_file_too() -> None:
    """`-` reads a pipe, an 837 in it too."""
    for content, count in ((GOOD + b"\n", 1), (X12, 2)):
        done = subprocess.run(
            [sys.executable, "-m", "scrubber.cli.main", "check", "-", "--format", "jsonl"],
            input=content, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr.decode()
        assert done.stdout.count(b"\n") == count


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`scrubber check ... | head -1` ends quietly."""
    command = f"{sys.executable} -m scrubber.cli.main check {SAMPLES[0]} --format jsonl | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
