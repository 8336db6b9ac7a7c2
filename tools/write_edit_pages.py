"""Write docs/edits/: one page an edit, and their index; a test holds the pages fresh."""

import sys
from inspect import cleandoc
from pathlib import Path
from typing import Any

from scrubber.contracts.strict_yaml import read_yaml
from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "edits"


def page(edit: Edit) -> str:
    """Return the page of an edit, from its metadata, its docstring and its twin."""
    title, _, body = cleandoc(edit.function.__doc__ or "").partition("\n")
    module = f"scrubber/edits/{edit.family}/{edit.function.__name__}.py"
    parts = [
        f"# {title.rstrip('.')}",
        f"`{edit.id}`",
        _line(edit),
        body.strip(),
        f"## Message\n\n{edit.message}",
        f"## What to do\n\n{edit.fix}",
        f"## Source\n\n{edit.source}",
        _codes(edit),
        _params(edit),
        _examples(edit),
        f"[{module}](../../{module})",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(edit: Edit) -> str:
    since = f" from {edit.since}" if edit.since else ""
    until = f" until {edit.until}" if edit.until else ""
    dates = f"dates of service{since}{until}" if since or until else "all dates of service"
    types = ", ".join(edit.applies_to)
    facts = (edit.severity, f"{edit.status} since {edit.added}", types, dates)
    return " · ".join((*facts, f"source checked {edit.checked}"))


def _codes(edit: Edit) -> str:
    rows = [
        ("Claim status (277CA)", ", ".join(edit.status_code)),
        ("Adjustment reason (CARC)", ", ".join(edit.carc)),
        ("Tables it needs", ", ".join(edit.data)),
        ("Fields it reads", ", ".join(f"`{field}`" for field in edit.fields)),
    ]
    return "\n".join(f"- {name}: {value}" for name, value in rows if value)


def _params(edit: Edit) -> str:
    if edit.params is None:
        return ""
    lines = [
        f"- `{name}` (default `{getattr(edit.params, name)}`): {field.description or ''}".rstrip(
            ": "
        )
        for name, field in type(edit.params).model_fields.items()
    ]
    return "## What a payer pack may change\n\n" + "\n".join(lines)


def _examples(edit: Edit) -> str:
    cases = read_yaml(ROOT / twin_of(edit))["cases"]
    shown = []
    for result in ("fail", "pass"):
        case: dict[str, Any] | None = next((c for c in cases if c["expect"] == result), None)
        if case:
            shown.append(f"- {result}: {case['name']}")
    return (
        "## Examples\n\n"
        + "\n".join(shown)
        + f"\n\nAll cases: [{twin_of(edit)}](../../{twin_of(edit)})"
    )


def twin_of(edit: Edit) -> str:
    """Return the path of the edit's twin, from the repository's root."""
    return f"tests/edits/{edit.family}/{edit.function.__name__}.yaml"


def index(edits: tuple[Edit, ...]) -> str:
    """Return the index page."""
    rows = [
        f"| [{edit.id}]({edit.id}.md) | {edit.title} | {edit.severity} | {edit.status} |"
        for edit in edits
    ]
    head = "# The edits\n\n| id | title | severity | status |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    edits = all_edits()
    return {"README.md": index(edits)} | {f"{edit.id}.md": page(edit) for edit in edits}


def main() -> int:
    """Write the pages, and remove those of edits that are gone."""
    PAGES.mkdir(parents=True, exist_ok=True)
    written = pages()
    for old in PAGES.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
