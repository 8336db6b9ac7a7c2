"""
Change the edits one small step at a time and see whether their twins notice.

Each mutant is one module of `scrubber/edits/` with one operator, condition or constant changed,
run in this process against the twins of the edits that it is part of: those of the edit itself, or
of all edits that share the helper. It is killed when a case comes out otherwise than it states.

Left alone are decorators and docstrings (gates compare them with the catalogue) and annotations.
A list of codes is data: its first and last member are changed, not each.

`python -m tools.mutants [ID ...] [--least 85]` prints survivors and the share that was killed.
"""

import argparse
import ast
import signal
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from scrubber.edits.edit import Edit
from tests.edits.test_twins import test_the_edit_says_what_its_twin_states as case_holds
from tests.twins import Case, cases_of, twin_files

ROOT = Path(__file__).parent.parent
EDITS = ROOT / "scrubber" / "edits"
LEAST = 85.0
SECONDS = 10  # of CPU: a mutant that loops is noticed, too
LONG_LIST = 4

_COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
#: Members that are no code: types, docstrings, and what gates compare with the catalogue.
_LEFT_ALONE = frozenset(("annotation", "returns", "decorator_list", "type_params"))


@dataclass(frozen=True)
class Mutant:
    """One change of one module; `apply` and `undo` make it in the module's tree."""

    line: int
    what: str
    apply: Callable[[], None]
    undo: Callable[[], None]


@dataclass
class Tally:
    """How many mutants of a module there were, and the ones that no case noticed."""

    tried: int = 0
    survivors: list[str] = field(default_factory=list)


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Yield every change of a module; between two, undone, the tree is as it was."""
    verdicts = _returns_of_edits(tree)
    for parent in _code(tree):
        for name, value in ast.iter_fields(parent):
            if name in _LEFT_ALONE:
                continue
            for index, child in _members(parent, value):
                for what, other in _alternatives(child, parent):
                    yield _change(parent, name, index, child, other, what)
                if child in verdicts:
                    passes = ast.Return(ast.Name("PASS", ast.Load()))
                    yield _change(parent, name, index, child, passes, "return x → return PASS")


def _returns_of_edits(tree: ast.Module) -> set[Any]:
    """Return the statements with which edits answer otherwise than by PASS."""
    return {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.decorator_list
        for node in ast.walk(function)
        if isinstance(node, ast.Return)
        and not (isinstance(node.value, ast.Name) and node.value.id == "PASS")
    }


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that do something."""
    if isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name not in _LEFT_ALONE:
            for _, child in _members(node, value):
                if isinstance(child, ast.AST):
                    yield from _code(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _members(parent: ast.AST, value: Any) -> list[tuple[int | None, Any]]:
    """Return what there is to change in a member of a node; in a list, with the position."""
    if not isinstance(value, list):
        return [(None, value)]
    members: list[tuple[int | None, Any]] = list(enumerate(value))
    is_data = len(value) >= LONG_LIST and all(map(_is_literal, value))
    listed = isinstance(parent, ast.Tuple | ast.List | ast.Set | ast.Dict)
    return [members[0], members[-1]] if listed and is_data else members


def _is_literal(node: Any) -> bool:
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.Tuple | ast.List) and all(map(_is_literal, node.elts))
    )


def _alternatives(node: Any, parent: ast.AST) -> Iterator[tuple[str, Any]]:
    """Yield what a node may become, with a word for it."""
    if isinstance(node, ast.cmpop):
        for other in _COMPARISONS[type(node)]:
            yield f"{type(node).__name__} → {other.__name__}", other()
    elif isinstance(node, ast.operator) and type(node) in _ARITHMETIC:
        other = _ARITHMETIC[type(node)]
        yield f"{type(node).__name__} → {other.__name__}", other()
    elif isinstance(node, ast.And):
        yield "and → or", ast.Or()
    elif isinstance(node, ast.Or):
        yield "or → and", ast.And()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not x → x", node.operand
    elif isinstance(node, ast.Continue):
        yield "continue → break", ast.Break()
    elif isinstance(node, ast.Constant) and not isinstance(parent, ast.FormattedValue):
        yield from _other_constants(node.value)
    if isinstance(parent, ast.If | ast.IfExp) and node is parent.test:
        yield "if x → if not x", ast.UnaryOp(ast.Not(), node)


def _other_constants(value: Any) -> Iterator[tuple[str, ast.Constant]]:
    if isinstance(value, bool):
        yield f"{value} → {not value}", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield f"{value} → {value + 1}", ast.Constant(value + 1)
    elif isinstance(value, str):
        yield f"{value!r} → {value + 'X'!r}", ast.Constant(value + "X")


def _change(parent: ast.AST, name: str, index: int | None, old: Any, new: Any, what: str) -> Mutant:
    def put(value: Any) -> None:
        if index is None:
            setattr(parent, name, value)
        else:
            getattr(parent, name)[index] = value

    line = getattr(old, "lineno", getattr(parent, "lineno", 0))
    return Mutant(line, what, lambda: put(new), lambda: put(old))


@cache
def _cases() -> dict[str, list[Case]]:
    """Return the cases of each edit by the name of its module's file."""
    return {path.stem: cases_of(path) for path in twin_files()}


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def _source(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _imported(path: Path) -> frozenset[str]:
    """Return the modules that a module imports from."""
    return frozenset(
        str(node.module) for node in ast.walk(_source(path)) if isinstance(node, ast.ImportFrom)
    )


def modules() -> list[Path]:
    """Return the modules of all edits, and of what they share."""
    return [path for path in sorted(EDITS.glob("*/*.py")) if path.stem != "__init__"]


@cache
def users(path: Path) -> tuple[Path, ...]:
    """Return the modules that a change reaches: each after what it imports, the first is itself."""
    reached = [path]
    while True:
        names = {_module_name(one) for one in reached}
        more = [one for one in modules() if one not in reached and _imported(one) & names]
        if not more:
            break
        reached += more
    # A helper goes before the edits; two helpers in the order of their imports.
    order = sorted(reached[1:], key=lambda one: not one.stem.startswith("_"))
    return (path, *order)


@cache
def _compiled(path: Path) -> types.CodeType:
    return compile(_source(path), str(path), "exec")


def _run(path: Path, code: types.CodeType) -> types.ModuleType:
    module = types.ModuleType(_module_name(path))
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)  # noqa: S102 (our own source, changed)
    return module


def noticed(
    path: Path, code: types.CodeType, cases: dict[str, list[Case]], seconds: float = SECONDS
) -> bool:
    """Tell whether a case of an edit that the changed module is part of comes out otherwise."""
    kept = {name: sys.modules[name] for name in map(_module_name, users(path))}
    before = signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        for one in users(path):
            module = _run(one, code if one == path else _compiled(one))
            edit = getattr(module, one.stem, None)
            if isinstance(edit, Edit):
                for case in cases[one.stem]:
                    case_holds(case._replace(edit=edit))
    except Exception:  # noqa: BLE001 (whatever a mutant raises, it was noticed)
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        sys.modules.update(kept)
    return False


def try_module(path: Path, cases: dict[str, list[Case]]) -> Tally:
    """Return how the twins did with all mutants of a module."""
    tally = Tally()
    # A tree of its own: it is changed.
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if noticed(path, compile(tree, str(path), "exec"), cases):
        raise SystemExit(f"{path}: its twins do not hold as it is; mend that first")
    for mutant in mutants(tree):
        mutant.apply()
        try:
            code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        finally:
            mutant.undo()
        tally.tried += 1
        if not noticed(path, code, cases):
            tally.survivors.append(f"{path.relative_to(ROOT)}:{mutant.line}: {mutant.what}")
    return tally


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError


def main() -> int:
    """Print survivors and the share of mutants that was killed; 1 when it is below the least."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1] if __doc__ else None)
    parser.add_argument("ids", nargs="*", help="edits or helpers (billing-npi-invalid, _visits)")
    parser.add_argument("--least", type=float, default=LEAST, help="percent to be killed")
    given = parser.parse_args()
    names = {one.replace("-", "_") for one in given.ids}
    chosen = [path for path in modules() if not names or path.stem in names]
    if missing := names - {path.stem for path in chosen}:
        parser.error(f"no such module in scrubber/edits: {', '.join(sorted(missing))}")
    tried = survived = 0
    for path in chosen:
        tally = try_module(path, _cases())
        tried += tally.tried
        survived += len(tally.survivors)
        killed = tally.tried - len(tally.survivors)
        print(f"{path.relative_to(EDITS)}: {killed} of {tally.tried} killed", flush=True)
        for line in tally.survivors:
            print(f"  {line}")
    share = 100 * (tried - survived) / tried if tried else 100.0
    print(
        f"\n{tried - survived} of {tried} mutants killed: {share:.1f} % (at least {given.least:g})"
    )
    return int(share < given.least)


if __name__ == "__main__":
    sys.exit(main())
