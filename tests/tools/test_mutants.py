"""A twin that notices nothing is found; one that states its limits kills what is changed."""

import ast
from pathlib import Path

import pytest

from tests.twins import Case, cases_of, twin_files
from tools.mutants import EDITS, LEAST, mutants, noticed, try_module, users

SOURCE = '''
"""A module."""
from x import PASS

CODES = ("A", "B", "C", "D")

@edit(id="odd")
def odd(claim: "Claim", limit: int = 2) -> "Verdict":
    """Say nothing."""
    if claim.count > limit and not claim.small:
        return fail("/count")
    return PASS
'''


def cases(stem: str) -> dict[str, list[Case]]:
    """Return the cases of one edit as the tool wants them."""
    return {path.stem: cases_of(path) for path in twin_files() if path.stem == stem}


def module(stem: str) -> Path:
    """Return an edit's or a helper's module."""
    (path,) = EDITS.glob(f"*/{stem}.py")
    return path


def test_each_change_is_made_once_and_undone() -> None:
    """Operators, conditions, constants and returns; no decorator, docstring or annotation."""
    tree = ast.parse(SOURCE)
    whole = ast.dump(tree)
    found = []
    for mutant in mutants(tree):
        mutant.apply()
        assert ast.dump(tree) != whole
        mutant.undo()
        assert ast.dump(tree) == whole
        found.append(mutant.what)
    assert sorted(found) == sorted(
        ["'A' → 'AX'", "'D' → 'DX'", "2 → 3", "and → or", "Gt → GtE", "Gt → LtE", "not x → x",
         "if x → if not x", "'/count' → '/countX'", "return x → return PASS"]
    )  # fmt: skip


def test_both_sides_of_a_chain_are_changed() -> None:
    """The parser shares operators; each place is one of its own."""
    tree = ast.parse("ok = 0 <= x <= 1")
    seen = set()
    for mutant in mutants(tree):
        mutant.apply()
        seen.add(ast.unparse(tree))
        mutant.undo()
    assert {"ok = 0 < x <= 1", "ok = 0 <= x < 1"} <= seen


@pytest.mark.parametrize(
    "stem", ["ai_confidence_below_threshold", "service_date_missing", "room_days_mismatch"]
)
def test_twins_kill_what_changes_an_edit(stem: str) -> None:
    """Some edits here; `make mutants` takes all of them."""
    tally = try_module(module(stem), cases(stem))
    killed = tally.tried - len(tally.survivors)
    assert tally.tried >= 5
    assert 100 * killed / tally.tried >= LEAST, tally.survivors


def test_a_weak_twin_is_found() -> None:
    """Cases that only pass leave most changes alone."""
    stem = "service_date_missing"
    weak = {stem: [case for case in cases(stem)[stem] if case.spec["expect"] == "pass"]}
    tally = try_module(module(stem), weak)
    assert 100 * len(tally.survivors) / tally.tried > 100 - LEAST


def test_a_twin_that_does_not_hold_is_no_measure() -> None:
    """It would kill everything."""
    stem = "service_date_missing"
    wrong = {
        stem: [case._replace(spec={**case.spec, "expect": "fail"}) for case in cases(stem)[stem]]
    }
    with pytest.raises(SystemExit, match="do not hold"):
        try_module(module(stem), wrong)


def test_a_helper_is_measured_by_the_edits_that_use_it() -> None:
    """Also through another helper; the edits are made anew with the changed one."""
    helper = module("_code_system")
    stems = [path.stem for path in users(helper)]
    assert stems[0] == "_code_system"
    assert "procedure_code_unknown" in stems
    source = helper.read_text(encoding="utf-8").replace('return "cpt"', 'return "hcpcs"')
    changed = compile(source, str(helper), "exec")
    every = {path.stem: cases_of(path) for path in twin_files() if path.stem in stems}
    assert noticed(helper, changed, every)
    assert not noticed(helper, compile(helper.read_text(), str(helper), "exec"), every)


def test_a_mutant_that_never_ends_is_noticed() -> None:
    """It has so many seconds of CPU."""
    stem = "service_date_missing"
    source = module(stem).read_text(encoding="utf-8") + "\nwhile True:\n    pass\n"
    assert noticed(module(stem), compile(source, stem, "exec"), cases(stem), seconds=0.2)
