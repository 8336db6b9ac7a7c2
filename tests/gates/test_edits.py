"""Every edit keeps the house's form; each rule has a fixture here that trips it."""

import ast
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from tests.conftest import ROOT

EDITS = all_edits()
FORBIDDEN_IMPORTS = {
    "datetime.now", "io", "logging", "os", "pathlib", "random", "socket", "time", "urllib",
}  # fmt: skip


def source_of(edit: Edit) -> Path:
    """Return the file of an edit."""
    return ROOT / "scrubber/edits" / edit.family / f"{edit.function.__name__}.py"


def faults_of_code(source: str) -> list[str]:
    """Return what an edit's code must not do: catch, read the clock or files, change the claim."""
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Try):
            faults.append(f"line {node.lineno}: try")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            names.append(getattr(node, "module", None) or "")
            faults.extend(
                f"line {node.lineno}: import {name}" for name in names if name in FORBIDDEN_IMPORTS
            )
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            faults.extend(
                f"line {node.lineno}: sets an attribute"
                for target in targets
                if isinstance(target, ast.Attribute)
            )
        elif isinstance(node, ast.Compare):
            called = [part for part in node.comparators if isinstance(part, ast.Call)]
            faults.extend(
                f"line {node.lineno}: compares a rule date"
                for call in called
                if isinstance(call.func, ast.Name) and call.func.id == "date"
            )
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("today", "now", "utcnow")
        ):
            faults.append(f"line {node.lineno}: reads the clock")
    return faults


def loops_over_lines(source: str) -> bool:
    """Tell whether code iterates over the lines of a claim."""
    iterated = [
        node.iter
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.For | ast.comprehension)
    ]
    return any(isinstance(i, ast.Attribute) and i.attr == "lines" for i in iterated)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.id)
def test_an_edit_has_one_name_in_all_places(edit: Edit) -> None:
    """Id, function, file, twin and page agree; title and source are there, and fresh."""
    name = edit.id.replace("-", "_")
    assert edit.function.__name__ == name
    assert source_of(edit).is_file()
    assert (ROOT / "tests/edits" / edit.family / f"{name}.yaml").is_file()
    assert (ROOT / "docs/edits" / f"{edit.id}.md").is_file()
    assert edit.source
    assert not re.search(r"^(check|validate|must|avoid)-|-check$", edit.id)
    assert date(2026, 11, 24) - edit.checked < timedelta(days=366)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.id)
def test_an_edit_only_judges(edit: Edit) -> None:
    """No try, no I/O, no clock, no change to the claim; a line edit leaves the loop to its scope."""
    source = source_of(edit).read_text(encoding="utf-8")
    assert faults_of_code(source) == []
    assert not (edit.scope == "line" and loops_over_lines(source))


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    pass\nfinally:\n    pass",
        "import os",
        "from time import sleep",
        "claim.type = 1",
        "x = day >= date(2020, 1, 1)",
        "date.today()",
    ],
)
def test_code_that_does_more_than_judge_is_found(code: str) -> None:
    """Each rule of the gate trips."""
    assert faults_of_code(code)


def test_a_loop_over_lines_is_found() -> None:
    """The gate for line edits trips."""
    assert loops_over_lines("for line in claim.lines: pass")
    assert not loops_over_lines("for m in line.modifiers: pass")
