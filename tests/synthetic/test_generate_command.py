"""`scrubber generate` writes claims, and the list of their defects beside them."""

import argparse
import csv
from pathlib import Path

import orjson
import pytest

from scrubber.cli.generate import add_parser
from scrubber.synthetic import generate


def run(*arguments: str) -> int:
    """The command's exit code."""
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["generate", *arguments])
    code: int = args.run(args)
    return code


def test_claims_go_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """One event a line, the generator's own, and nothing else."""
    assert run("7", "--seed", "9") == 0
    written = capfdbinary.readouterr()
    assert [orjson.loads(line) for line in written.out.splitlines()] == [
        claim.event for claim in generate(7, 9)
    ]
    assert written.err == b""


def test_defects_are_listed_beside_the_claims(tmp_path: Path) -> None:
    """Every defective claim is a row, with its type, edit and expected disposition."""
    assert run("200", "--seed", "9", "--output", str(tmp_path / "load.jsonl")) == 0
    assert (tmp_path / "load.jsonl").read_bytes().count(b"\n") == 200
    with (tmp_path / "load.defects.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["submission_id", "type", "defect", "expected_disposition"]
    assert rows[1:] == [
        [
            claim.event["submission_id"],
            claim.event["claim"]["type"],
            claim.defect,
            claim.expected_disposition,
        ]
        for claim in generate(200, 9)
        if claim.defect
    ]


def test_the_list_can_go_elsewhere(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """With standard output a list is written only where it is asked for."""
    assert run("50", "--defects", str(tmp_path / "list.csv")) == 0
    assert capfdbinary.readouterr().out.count(b"\n") == 50
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    """Both files of two runs are equal."""
    for name in ("one", "two"):
        assert run("300", "--seed", "2", "--output", str(tmp_path / f"{name}.jsonl")) == 0
    for suffix in ("jsonl", "defects.csv"):
        one, two = (tmp_path / f"{name}.{suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes() != b""


def test_a_file_that_cannot_be_written_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says which file and why; no traceback."""
    path = tmp_path / "nowhere" / "claims.jsonl"
    assert run("3", "--output", str(path)) == 2
    assert capsys.readouterr().err == f"scrubber generate: {path}: No such file or directory\n"


@pytest.mark.parametrize("count", ["-1", "many", "1.5"])
def test_a_count_is_a_whole_number_from_zero(
    count: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anything else is wrong usage."""
    with pytest.raises(SystemExit) as left:
        run("--", count) if count.startswith("-") else run(count)
    assert left.value.code == 2
    assert "generate" in capsys.readouterr().err
