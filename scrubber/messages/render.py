"""Verdicts to findings: the edit's template filled with evidence that has the shape of its kind."""

from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson

from scrubber.edits.edit import Edit
from scrubber.edits.results import Failures, Lacking, Pattern, Said
from scrubber.edits.verdict import Bypassed, Evidence, Fail, Severity
from scrubber.messages.evidence import OURS, SHAPES

Json = dict[str, Any]


class Written(dict[str, Any]):
    """
    A finding of an edit, with its `text`, the JSON that goes out as it is (`Outcome.encode`).

    Findings are sorted by their `order`.
    """

    __slots__ = ("of", "order", "text")
    of: Edit
    order: tuple[Any, ...]
    text: orjson.Fragment


def findings(failures: Iterable[Failures]) -> list[Written]:
    """Return the failures as findings: claim level first, then by line, then by edit id."""
    ready: list[Written] = []
    for edit, severity, found in failures:
        for one in found:
            finding = one.written
            if finding is None or finding.of is not edit or finding["severity"] != severity:
                finding = one.written = _finding(edit, severity, one)
            ready.append(finding)
    ready.sort(key=_ORDER)
    return ready


def bypasses(said: Iterable[Said]) -> list[Json]:
    """Return what was bypassed, by edit id and line."""
    rows = [
        (one.edit.id, one.verdict.lines, one.verdict.reason)
        for one in said
        if isinstance(one.verdict, Bypassed)
    ]
    return [
        {"edit": edit, "lines": list(lines), "reason": reason}
        for edit, lines, reason in sorted(rows)
    ]


@lru_cache(maxsize=1024)
def missing_data(lacks: Lacking) -> orjson.Fragment:
    """Return as JSON which edits had no data, and what each needs; by edit id."""
    texts, numbers = _with_places(lacks.pattern)
    days = [day.isoformat() for day in lacks.days]
    pieces = texts.copy()
    pieces[1::2] = [days[number] for number in numbers]
    return orjson.Fragment("".join(pieces))


# Written once for all days; a claim puts its own in.
@lru_cache(maxsize=4096)
def _with_places(pattern: Pattern) -> tuple[list[str], list[int]]:
    """Return the text, each second piece of it a place for a day, and the numbers of these days."""
    rows = [
        {"edit": edit, "needs": [f"{kind}@{_PLACE}" for kind, _ in needs]}
        for edit, needs in pattern.by_edit.items()
    ]
    texts = orjson.dumps(rows).decode().split(_PLACE)
    numbers = [day for needs in pattern.by_edit.values() for _, day in needs]
    return [piece for text in texts for piece in (text, "")][:-1], numbers


_PLACE = "\x7f"  # no name has it
_ORDER = attrgetter("order")


def _finding(edit: Edit, severity: Severity, one: Fail) -> Written:
    at, lines = one.at, one.lines
    shown = {key: shown_value(key, value) for key, value in one.evidence.items()}
    finding = Written(
        edit=edit.id,
        result="fail",
        severity=severity,
        path=at,
        lines=lines,
        message=edit.message.format_map(shown),
        fix=edit.fix.format_map(shown),
        source=edit.source,
        status_code=edit.status_code,
        carc=edit.carc,
        evidence=shown,
    )
    text = orjson.dumps(finding)
    finding.of = edit
    finding.order = (min(lines) if lines else 0, edit.id, at, finding["message"], text)
    finding.text = orjson.Fragment(text)
    return finding


def shown_value(key: str, value: Evidence) -> str:
    """Return a value as people may see it; one without the shape of its kind as its length."""
    if isinstance(value, tuple):
        return ", ".join(shown_value(key, one) for one in value) or "none"
    text = str(value)
    if not text:
        return ""
    if SHAPES.get(key, OURS).fullmatch(text):
        return text
    return f"({len(text)} characters)"
