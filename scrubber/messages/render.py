"""Verdicts to findings: the edit's template filled with evidence that has the shape of its kind."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from scrubber.edits.edit import Edit
from scrubber.edits.results import Said
from scrubber.edits.verdict import Bypassed, Evidence, Fail, NoData, Severity
from scrubber.messages.evidence import OURS, SHAPES

Json = dict[str, Any]


def findings(said: Iterable[Said]) -> list[Json]:
    """Return the failures as findings: claim level first, then by line, then by edit id."""
    failures = [one for one in said if isinstance(one.verdict, Fail)]
    if len(failures) > 1:
        failures.sort(key=_order)
    return [_finding(one) for one in failures]


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


def missing_data(said: Iterable[Said]) -> list[Json]:
    """Return which edits had no data, and what each needs; by edit id."""
    return _no_data_rows(
        tuple([(one.edit.id, one.verdict.needs) for one in said if one.verdict.__class__ is NoData])
    )


# The claims of a day want the same tables again and again. Nobody changes the rows.
@lru_cache(maxsize=4096)
def _no_data_rows(lacks: tuple[tuple[str, str], ...]) -> list[Json]:
    needs: dict[str, set[str]] = {}
    for edit, need in lacks:
        needs.setdefault(edit, set()).add(need)
    return [{"edit": edit, "needs": sorted(needs[edit])} for edit in sorted(needs)]


def _order(one: Said) -> tuple[Any, ...]:
    verdict = one.verdict
    assert isinstance(verdict, Fail)
    return (min(verdict.lines, default=0), one.edit.id, verdict.at, str(verdict.evidence))


def _finding(one: Said) -> Json:
    edit, severity, verdict = one
    assert isinstance(verdict, Fail)
    evidence = tuple(verdict.evidence.items())
    return _rendered(edit, severity, verdict.at, verdict.lines, evidence)


# The same complaint comes again: of a missing table on each claim of a day. Nobody changes it.
@lru_cache(maxsize=4096)
def _rendered(
    edit: Edit,
    severity: Severity,
    at: str,
    lines: tuple[int, ...],
    evidence: tuple[tuple[str, Evidence], ...],
) -> Json:
    shown = {key: shown_value(key, value) for key, value in evidence}
    return {
        "edit": edit.id,
        "result": "fail",
        "severity": severity,
        "path": at,
        "lines": lines,
        "message": edit.message.format_map(shown),
        "fix": edit.fix.format_map(shown),
        "source": edit.source,
        "status_code": edit.status_code,
        "carc": edit.carc,
        "evidence": shown,
    }


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
