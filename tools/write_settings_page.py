"""Write docs/settings.md from the table of settings; a test holds it fresh."""

import sys
from pathlib import Path

from scrubber.pipeline.settings import NO_LIMIT, SETTINGS, SHORTER, Setting

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"

_HEAD = """# Settings

Environment variables; a variable that is empty counts as not set.
`scrubber check` uses the first two and lets the others stand; the worker uses them all.
A `SCRUBBER_...` that is not in this table is an error at start: no silent defaults.
In Kubernetes set `enableServiceLinks: false`, else a Service called `scrubber` adds some to pods.
A secret may stand in a file, named by its variable with `_FILE`; a last line break is cut off.
All faults are told at once, and none shows a secret.

| Setting | Default | Values | What it is |
|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    rows = [
        f"| `{one.name}`{' (secret)' if one.secret else ''} | {_default(one)} | {_values(one)}"
        f" | {one.what} |"
        for one in SETTINGS
    ]
    times = [f"- `{short}` < `{long}`: otherwise {why}." for short, long, why in SHORTER]
    return (
        _HEAD
        + "\n".join(rows)
        + "\n\n## Times that must keep their order\n\n"
        + "\n".join(times)
        + "\n"
    )


def _default(one: Setting) -> str:
    if one.required:
        return "**required**"
    return f"`{one.default}`" if one.default else ""


def _values(one: Setting) -> str:
    if one.choices:
        return ", ".join(f"`{choice}`" for choice in one.choices)
    if one.form:
        return one.form[1]
    if one.least is None:
        return ""
    numbers = f"{one.least} to {one.most}" if one.most < NO_LIMIT else f"at least {one.least}"
    return f"{numbers} {one.unit}".rstrip()


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
