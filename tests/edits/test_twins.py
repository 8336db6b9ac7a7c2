"""Every case of every twin gets the verdict, place and words that it states."""

from pathlib import Path

import pytest

from scrubber.edits.verdict import Bypassed, NoData
from tests.twins import Case, ask, cases_of, findings_of, result_of, twin_files

CASES = [
    pytest.param(case, id=f"{case.edit.id}: {case.name}")
    for path in twin_files()
    for case in cases_of(path)
]


@pytest.mark.parametrize("case", CASES)
def test_the_edit_says_what_its_twin_states(case: Case) -> None:
    """Result, place, message, severity, lines and reason are as the case has them."""
    said = ask(case)
    spec = case.spec
    findings = findings_of(said)
    told = [(one["path"], one["message"]) for one in findings]
    assert result_of(said) == spec["expect"], told or said
    if "at" in spec:
        places = spec["at"] if isinstance(spec["at"], list) else [spec["at"]]
        assert [one["path"] for one in findings] == places
    if "message" in spec:
        assert spec["message"] in [one["message"] for one in findings]
    if spec["expect"] == "fail":
        stated = spec.get("severity", case.edit.severity)
        assert {one["severity"] for one in findings} == set(stated.split())
    if "lines" in spec:
        assert [list(one["lines"]) for one in findings] == [[int(n) for n in spec["lines"]]]
    if "reason" in spec:
        reasons = [one.verdict.reason for one in said if isinstance(one.verdict, Bypassed)]
        assert reasons == [spec["reason"]]
    if "needs" in spec:
        assert [one.verdict.needs for one in said if isinstance(one.verdict, NoData)] == [
            spec["needs"]
        ]


def test_every_twin_is_collected() -> None:
    """The cases above come from the files on disk, one twin for each edit."""
    assert {Path(path).stem for path in twin_files()} == {
        param.values[0].edit.function.__name__  # type: ignore[attr-defined]
        for param in CASES
    }
