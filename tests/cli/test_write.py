"""Clean claims go back into an 837: of a whole file, and one by one after a reviewer's decision."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubber.cli.main import main
from scrubber.x12.correct import stated
from tests.conftest import ROOT
from tests.x12.written import balanced, claims_of, structure_errors

SAMPLE = ROOT / "samples/professional.837"

Json = dict[str, Any]
Written = Callable[..., tuple[int, bytes, str]]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a check of the sample."""
    folder = tmp_path_factory.mktemp("checked")
    main(["check", str(SAMPLE), "--output", str(folder), "--no-progress"])
    return folder


@pytest.fixture
def written(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Written:
    """Return a function that writes events into the sample: exit code, file, complaints."""

    def command(*events: Json | str, original: Path = SAMPLE) -> tuple[int, bytes, str]:
        file, out = tmp_path / "events.jsonl", tmp_path / "out.837"
        lines = [one if isinstance(one, str) else json.dumps(one) for one in events]
        file.write_text("\n".join(lines) + "\n")
        code = main(["write", str(original), str(file), "--output", str(out)])
        assert not list(tmp_path.glob(".*.part"))
        return (
            code,
            out.read_bytes() if out.exists() else b"",
            capfdbinary.readouterr().err.decode(),
        )

    return command


def outcomes(folder: Path, disposition: str) -> list[Json]:
    """Return the outcomes of a disposition."""
    lines = (folder / f"{disposition}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_check_writes_the_clean_claims_of_a_file(checked: Path) -> None:
    """What goes on to the payer: the claims of clean.jsonl, in an 837 that balances."""
    raw = (checked / "professional.837.clean.837").read_bytes()
    assert claims_of(raw) == [one["claim"] for one in outcomes(checked, "clean")]
    assert len(claims_of(raw)) == 2
    balanced(raw)
    assert structure_errors(raw) == []


def test_a_file_without_a_clean_claim_has_no_such_file(tmp_path: Path) -> None:
    """And one without any held claim is the file itself."""
    fixture = ROOT / "tests/x12/fixtures/professional.837"
    main(["check", str(fixture), "--output", str(tmp_path), "--no-progress"])
    assert outcomes(tmp_path, "clean") == []
    assert sorted(tmp_path.glob("*.837")) == []


def test_clean_outcomes_are_written_as_check_writes_them(
    checked: Path, written: Written, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """To a file and to standard output, the same bytes."""
    want = (checked / "professional.837.clean.837").read_bytes()
    assert written(*outcomes(checked, "clean")) == (0, want, "")
    assert main(["write", str(SAMPLE), str(checked / "clean.jsonl")]) == 0
    assert capfdbinary.readouterr().out == want


def test_the_outcome_that_follows_a_correction_is_written(checked: Path, written: Written) -> None:
    """The latest revision counts, in whatever order the events come."""
    (held,) = outcomes(checked, "review")
    after = copy.deepcopy(held) | {"disposition": "clean", "revision": 1, "decision_id": "d-1"}
    after["claim"]["lines"][0]["modifiers"] = ["GA"]
    after["claim"]["coding"] = {"codes": [{"target": "/lines/0/procedure", "origin": "human"}]}
    for events in ((held, after), (after, held)):
        code, raw, said = written(*events)
        assert (code, said) == (0, "")
        assert [stated(one) for one in claims_of(raw)] == [stated(after["claim"])]
        assert b"SV1*HC:0275T:GA*1200.00" in raw
        balanced(raw)
    later = copy.deepcopy(after) | {"disposition": "rejected", "revision": 2}
    code, raw, said = written(after, later)
    assert (code, raw) == (1, b"")
    assert f"{held['submission_id']}: is not clean" in said


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"submission_id": "json-1"}, "json-1: was not read from"),
        ({"disposition": "rejected"}, "is not clean"),
        ({"claim": None}, "the event holds no claim"),
    ],
)
def test_a_claim_that_cannot_be_written_is_told_and_the_others_are_written(
    checked: Path, written: Written, change: Json, why: str
) -> None:
    """One that came as JSON has no 837; one that is not clean does not go on."""
    first, second = outcomes(checked, "clean")
    code, raw, said = written(first | change, second)
    assert code == 1
    assert why in said
    assert claims_of(raw) == [second["claim"]]


def test_corrections_that_an_837_cannot_carry_are_told_without_a_value(
    checked: Path, written: Written
) -> None:
    """Another patient, a claim that is none, lines that are no events."""
    first, second = (copy.deepcopy(one) for one in outcomes(checked, "clean"))
    first["claim"]["payers"][0]["subscriber"]["last_name"] = "SECRET"
    second["claim"]["lines"] = "SECRET"
    code, raw, said = written(first, second, "{}", "SECRET", "[1]")
    assert (code, raw) == (1, b"")
    assert "837: /payers/0/subscriber/last_name" in said
    assert "does not fit the schema: /lines" in said
    assert said.count("not an event with submission_id and claim") == 3
    assert "no claim is written, and no file" in said
    assert "SECRET" not in said
    first["claim"]["deep"] = [[[[]]]]
    deep = "[" * 70 + "]" * 70
    code, _, said = written(json.dumps(first).replace("[[[[]]]]", deep))
    assert (code, "nested deeper" in said) == (1, True)


def test_files_that_cannot_be_read_are_wrong_usage(checked: Path, written: Written) -> None:
    """No such file, or one that is not X12."""
    assert written(original=checked / "none.837")[0] == 2
    code, _, said = written(original=checked / "clean.jsonl")
    assert code == 2
    assert "only claims read from an 837" in said
