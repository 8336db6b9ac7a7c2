"""`scrubber reference` imports and lists, and says with its exit code whether all went well."""

import argparse
from pathlib import Path

import pytest

from scrubber.cli.reference import add_parser
from tests.reference.snapshots import AOC_FIXED, PTP_OFFICIAL, write


def run(*arguments: object) -> int:
    """Run the command as `scrubber reference …`."""
    parser = argparse.ArgumentParser(prog="scrubber")
    add_parser(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["reference", *map(str, arguments)])
    status: int = parsed.run(parsed)
    return status


def test_several_files_are_imported_and_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both commands show the same lines; a table with dated rows has no first day."""
    rows = "A9500\tA9512\t\t20220101\t*\t1\tx\n" * 1234
    ptp = write(tmp_path / "ccipra-v322r0.txt", PTP_OFFICIAL + rows)
    aoc = write(tmp_path / "AOC_V2026Q3.txt", AOC_FIXED)
    assert run("import", ptp, aoc, "--into", tmp_path / "shelf") == 0
    first = capsys.readouterr()
    assert sorted(first.out.splitlines()) == [
        "ncci-aoc@2026-07-01                   4 rows  to 2026-09-30  AOC_V2026Q3.txt",
        "ncci-ptp-practitioner@2026-07-01  1,238 rows  to 2026-09-30  ccipra-v322r0.txt",
    ]
    assert first.err == ""
    assert run("list", tmp_path / "shelf") == 0
    assert capsys.readouterr().out.splitlines() == sorted(first.out.splitlines())


def test_a_refused_file_is_told_and_the_others_are_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard error has file, line and reason; the exit code is 2."""
    bad = write(tmp_path / "ccipra-v322r0.txt", PTP_OFFICIAL.replace("20231231", "20231232"))
    good = write(tmp_path / "AOC_V2026Q3.txt", AOC_FIXED)
    assert run("import", bad, good, "--into", tmp_path / "shelf") == 2
    told = capsys.readouterr()
    assert told.err == f"{bad}:9: '20231232' is not a day of the calendar\n"
    assert told.out.startswith("ncci-aoc@2026-07-01  4 rows")


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback for a user's mistake."""
    good = write(tmp_path / "AOC_V2026Q3.txt", AOC_FIXED)
    absent = tmp_path / "absent.txt"
    assert run("import", absent, good, "--into", tmp_path / "shelf") == 2
    told = capsys.readouterr()
    assert told.err == f"{absent}: No such file or directory\n"
    assert told.out.startswith("ncci-aoc@2026-07-01")
    assert run("list", absent) == 2
    assert "is not a directory" in capsys.readouterr().err


def test_the_options_state_what_the_file_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A date is written YYYY-MM-DD, a kind is one of the list."""
    source = write(tmp_path / "table.txt", PTP_OFFICIAL)
    into = ("--into", tmp_path / "shelf")
    assert run("import", source, *into) == 2
    assert "--kind ncci-ptp-practitioner or ncci-ptp-hospital" in capsys.readouterr().err
    named = ("--kind", "ncci-ptp-hospital")
    assert run("import", source, *into, *named) == 2
    assert "give --effective YYYY-MM-DD" in capsys.readouterr().err
    dates = ("--effective", "2026-07-01", "--expires", "2026-08-31")
    assert run("import", source, *into, *named, *dates) == 0
    assert "ncci-ptp-hospital@2026-07-01  4 rows  to 2026-08-31" in capsys.readouterr().out
    for wrong in (("--effective", "20260701"), ("--kind", "ptp")):
        with pytest.raises(SystemExit) as caught:
            run("import", source, *into, *wrong)
        assert caught.value.code == 2


def test_the_list_finds_changed_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged snapshot is named with its remedy, the others are listed."""
    source = write(tmp_path / "AOC_V2026Q3.txt", AOC_FIXED)
    shelf = tmp_path / "shelf"
    run("import", source, "--into", shelf)
    types = shelf / "ncci-aoc@2026-07-01" / "types.bin"
    types.write_bytes(types.read_bytes().replace(b"1", b"2"))
    capsys.readouterr()
    assert run("list", shelf) == 2
    assert "types.bin: is damaged" in capsys.readouterr().err


def test_the_bundled_snapshots_are_listed_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder and without the setting."""
    assert run("list") == 0
    assert "ncci-ptp-practitioner@2024-07-01" in capsys.readouterr().out
