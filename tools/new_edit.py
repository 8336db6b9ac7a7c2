"""
Begin an edit: its function, its twin with the catalogue's examples, its changelog line, its page.

`python -m tools.new_edit ID [--catalogue FOLDER] [--family F --scope S]` takes all words from the
catalogue entry; without one, family and scope are asked for, and what stands in capitals is to be
written. What is there already is never overwritten. The new function answers PASS, so the fail
case is red until it is written.
"""

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT.parent / "shared" / "catalogue" / "edits"
NOT_YET = ROOT / "docs" / "edits" / "not_yet.txt"
WIDTH = 92
EVERY_TYPE = ["professional", "institutional", "dental"]

#: By scope: what the function is called with beside the claim, with the names to import.
BESIDE = {
    "claim": ("", ""),
    "line": ("line: Line", "Line"),
    "day": ("lines: tuple[Line, ...]", "Line"),
    "line_pair": ("line: Line, other: Line, row: object", "Line"),
    "diagnosis": (
        "diagnosis: Diagnosis, first: DiagnosisView, last: DiagnosisView",
        "Diagnosis",
    ),
    "history": ("prior: Prior | None", ""),
    "closing": ("results: Results", ""),
}
IMPORTS = {
    "diagnosis": "from scrubber.reference.diagnosis_codes import DiagnosisView",
    "history": "from scrubber.claim.prior import Prior",
    "closing": "from scrubber.edits.results import Results",
}
#: The catalogue says `line_pair` of all joins of two lines; most need no table that proposes.
SCOPES = {"line_pair": "day"}


class NotBegunError(ValueError):
    """An edit that cannot be begun; the text names what to do."""


def entry_of(edit_id: str, catalogue: Path) -> dict[str, Any] | None:
    """Return the catalogue's entry with its family, or `None`."""
    for path in sorted(catalogue.glob("*.yaml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader):  # noqa: S506
            if entry["id"] == edit_id:
                return {**entry, "family": path.stem.replace("-", "_")}
    return None


def blank(edit_id: str, family: str) -> dict[str, Any]:
    """Return an entry in which everything is still to be said."""
    return {
        "id": edit_id,
        "family": family,
        "title": "ONE SENTENCE THAT SAYS WHAT IS WRONG",
        "applies_to": EVERY_TYPE,
        "severity": "review",
        "status": "preview",
        "fields": ["FIELD"],
        "source": "SOURCE WITH SECTION",
        "message": "WHAT IS WRONG, WHERE, WITH {value}.",
        "fix": "WHAT TO DO.",
        "example_fail": {},
        "example_pass": {},
    }


def function_text(entry: dict[str, Any], scope: str) -> str:
    """Return the edit's module."""
    beside, model = BESIDE[scope]
    name, title = entry["id"].replace("-", "_"), entry["title"]
    types = entry["applies_to"]
    every = sorted(types) == sorted(EVERY_TYPE)
    params = entry.get("params") or {}
    from_edit = [*(["EVERY_TYPE"] if every else []), *(["Params"] if params else [])]
    status = "preview" if entry.get("confidence") == "low" else entry.get("status", "active")
    models = ", ".join(sorted({"Claim", model} - {""}))
    limits = _limits(params) if params else ""
    any_ = "from typing import Any\n" if ": Any" in limits else ""
    imports = [
        f"from scrubber.claim.model import {models}",
        f"from scrubber.edits.edit import {', '.join([*from_edit, f'{scope}_edit'])}",
        "from scrubber.edits.verdict import PASS, Verdict",
        *([IMPORTS[scope]] if scope in IMPORTS else []),
    ]
    facts = [
        f'    id="{entry["id"]}",',
        f'    severity="{entry["severity"]}",',
        f'    status="{status}",',
        '    added="next",',
        *(
            f"    {key}=date({', '.join(str(int(n)) for n in entry[key].split('-'))}),"
            for key in ("since", "until")
            if entry.get(key)
        ),
        f"    applies_to={'EVERY_TYPE' if every else _words(types)},",
        f"    fields={_words(entry['fields'])},",
        *(["    params=Limits(),"] if params else []),
        *(f"    {key}={_words(entry[key])}," for key in ("status_code", "carc") if entry.get(key)),
        _text("source", entry["source"]),
        f"    checked=date({datetime.now(UTC):%Y, %-m, %-d}),",
        _text("message", entry["message"]),
        _text("fix", entry["fix"]),
    ]
    arguments = ", ".join(
        one for one in ("claim: Claim", beside, "params: Limits" if params else "") if one
    )
    parts = [
        f'"""{title}."""\n\nfrom datetime import date\n{any_}\n'
        + "\n".join(sorted(imports))
        + "\n",
        *([limits] if limits else []),
        f"@{scope}_edit(\n" + "\n".join(facts) + f"\n)\ndef {name}({arguments}) -> Verdict:",
    ]
    rule = textwrap.fill(" ".join(entry.get("rule", "WHY IT IS WRONG.").split()), WIDTH)
    body = f'"""\n{title}.\n\n{rule}\n"""\nreturn PASS\n'
    return "\n\n".join(parts) + "\n" + textwrap.indent(body, "    ")


def _limits(params: dict[str, Any]) -> str:
    rows = ["class Limits(Params):", '    """What a payer pack may change."""']
    for name, stated in params.items():
        value = yaml.safe_load(stated) if isinstance(stated, str) else stated
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            kind, shown = "tuple[str, ...]", _words(value)
        elif value is None or isinstance(value, list | dict):
            kind, shown = "Any", repr(value)
        else:
            kind, shown = type(value).__name__, repr(value)
        rows += ["", f"    {name}: {kind} = {shown}", '    """WHAT IT IS, WITH ITS UNIT."""']
    return "\n".join(rows) + "\n"


def _words(words: Sequence[str]) -> str:
    inner = ", ".join(json.dumps(word) for word in words)
    return f"({inner},)" if len(words) == 1 else f"({inner})"


def _text(key: str, words: str) -> str:
    words = " ".join(words.split())
    if len(words) + len(key) < WIDTH:
        return f"    {key}={json.dumps(words, ensure_ascii=False)},"
    rows = textwrap.wrap(words, WIDTH - 8, drop_whitespace=False, break_long_words=False)
    quoted = "\n".join(f"        {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return f"    {key}=(\n{quoted}\n    ),"


def twin_text(entry: dict[str, Any]) -> str:
    """Return the twin, with the catalogue's two examples as its first cases."""
    base = entry["applies_to"][0]
    cases = [_case(entry, result, base) for result in ("fail", "pass")]
    traps = [f"# Trap: {' '.join(trap.split())}" for trap in entry.get("traps") or []]
    return "\n".join([f"edit: {entry['id']}", f"claim: {base}", "cases:", *cases, *traps]) + "\n"


def _case(entry: dict[str, Any], result: str, base: str) -> str:
    example = dict(entry.get(f"example_{result}") or {})
    claim = example.pop("type", base)
    around = {key: example.pop(key) for key in list(example) if key.startswith("_")}
    received = around.pop("_received", None)
    rows = [f"  - name: The catalogue's example of a {result}"]
    if claim != base:
        rows.append(f"    claim: {claim}")
    # What a fragment takes for granted has its own keys in a twin: data, history, params.
    rows += [f"    # {key}: {json.dumps(value)}" for key, value in around.items()]
    changes = [f"      {path}: {json.dumps(value)}" for path, value in _paths(example)]
    rows += ["    with:", *changes] if changes else []
    if received:
        rows.append(f"    received: {json.dumps(received)}")
    return "\n".join([*rows, f"    expect: {result}"])


def _paths(value: Any, here: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what a fragment states, leaf by leaf: `lines[0].procedure` and its value."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _paths(member, f"{here}.{key}" if here else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for i, member in enumerate(value):
            yield from _paths(member, f"{here}[{i}]")
    else:
        yield here, value


def begin(entry: dict[str, Any], scope: str) -> list[Path]:
    """Write the files of an edit, take it off the list, and return what was written."""
    name = entry["id"].replace("-", "_")
    family = ROOT / "scrubber" / "edits" / entry["family"]
    if not family.is_dir():
        raise NotBegunError(f"no family {entry['family']}: see the folders of scrubber/edits")
    files = {
        family / f"{name}.py": function_text(entry, scope),
        ROOT / "tests" / "edits" / entry["family"] / f"{name}.yaml": twin_text(entry),
        ROOT / "changelog.d" / f"{entry['id']}.added.md": (
            f"A new edit, `{entry['id']}`: {entry['title'][0].lower()}{entry['title'][1:]}.\n"
        ),
    }
    if there := [path for path in files if path.exists()]:
        raise NotBegunError(f"{there[0].relative_to(ROOT)} is there already")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lines = NOT_YET.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.split()[:1] != [entry["id"]]]
    NOT_YET.write_text("".join(kept), encoding="utf-8")
    return list(files)


def main() -> int:
    """Begin the edit that is named; 2 when it cannot be."""
    parser = argparse.ArgumentParser(description="Begin an edit from its catalogue entry.")
    parser.add_argument("id")
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE)
    parser.add_argument(
        "--family", help="folder of scrubber/edits, where the catalogue has no entry"
    )
    parser.add_argument("--scope", choices=BESIDE, help="another scope than the catalogue's")
    given = parser.parse_args()
    entry = entry_of(given.id, given.catalogue)
    if entry is None and given.family is None:
        parser.error(f"{given.id} is not in {given.catalogue}: give --family (and --scope)")
    entry = entry or blank(given.id, given.family)
    stated = entry.get("scope", "claim")
    try:
        written = begin(entry, given.scope or SCOPES.get(stated, stated))
    except NotBegunError as error:
        parser.error(str(error))
    for path in written:
        print(path.relative_to(ROOT))
    if entry.get("data"):
        print("It reads the tables below; name those that scrubber/reference knows in data=(...):")
        print("".join(f"  {table}\n" for table in entry["data"]), end="")
    print(f"Write the function and the cases, then: make try ID={given.id}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
