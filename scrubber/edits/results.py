"""What the edits of one claim have said: the engine's result, and what a closing edit reads."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scrubber.edits.edit import Edit
from scrubber.edits.verdict import Bypassed, Fail, NoData, Severity


class Said(NamedTuple):
    """One complaint of one edit, with the severity it has here."""

    edit: Edit
    severity: Severity
    verdict: Fail | Bypassed


class Failures(NamedTuple):
    """What one edit found on one claim that has one severity here."""

    edit: Edit
    severity: Severity
    found: tuple[Fail, ...]


#: Who lacked tables of which kind, on a day that stands beside it.
Lacks = frozenset[tuple[Edit, str]]
Need = tuple[str, int]
"""The kind of a table, and the number of the day it is needed for."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """
    What claims lack that differ only in their days.

    `by_edit`: ids in their order, each with its needs in theirs; `counts`: how many edits need
    each; `kinds`: of which tables.
    """

    by_edit: dict[str, tuple[Need, ...]]
    counts: tuple[tuple[Need, int], ...]
    kinds: frozenset[str]


class Lacking(NamedTuple):
    """What one claim lacks; the days are in their order, the pattern counts them from 0."""

    pattern: Pattern
    days: tuple[date, ...]

    @property
    def by_edit(self) -> dict[str, tuple[str, ...]]:
        """The ids in their order, each with its needs (`kind@date`) sorted."""
        return {
            edit_id: tuple(f"{kind}@{self.days[number].isoformat()}" for kind, number in needs)
            for edit_id, needs in self.pattern.by_edit.items()
        }


@lru_cache(maxsize=4096)
def lacked(edit: Edit, answer: NoData) -> tuple[Lacks, date]:
    """Return that one edit lacked something, and on which day."""
    return frozenset(((edit, answer.kind),)), answer.day


NOTHING_LACKED = Lacking(Pattern({}, (), frozenset()), ())


# Many claims lack the same, and more of them but for the day.
@lru_cache(maxsize=4096)
def lacking(parts: frozenset[tuple[Lacks, date]]) -> Lacking:
    """Return what edits lacked, from who lacked what on which day."""
    days = tuple(sorted({day for _, day in parts}))
    number = {day: place for place, day in enumerate(days)}
    return Lacking(_pattern(frozenset([(lacks, number[day]) for lacks, day in parts])), days)


@lru_cache(maxsize=4096)
def _pattern(parts: frozenset[tuple[Lacks, int]]) -> Pattern:
    needs: dict[str, set[Need]] = {}
    for lacks, day in parts:
        for edit, kind in lacks:
            needs.setdefault(edit.id, set()).add((kind, day))
    by_edit = {edit_id: tuple(sorted(needs[edit_id], key=_in_text)) for edit_id in sorted(needs)}
    counts = Counter(need for some in by_edit.values() for need in some)
    return Pattern(
        by_edit,
        tuple([(need, counts[need]) for need in sorted(counts, key=_in_text)]),
        frozenset([kind for kind, _ in counts]),
    )


def _in_text(need: Need) -> tuple[str, int]:
    kind, day = need
    return f"{kind}@", day


class Results:
    """
    Everything that the edits said of one claim; what passed is only counted.

    `ran` are the ids of the edits that were asked, those without data included.
    """

    __slots__ = ("bypasses", "failures", "lacking", "ran")

    def __init__(
        self,
        failures: list[Failures],
        bypasses: list[Said],
        lacks: Lacking,
        ran: frozenset[str],
    ) -> None:
        """Keep the parts."""
        self.failures = failures
        self.bypasses = bypasses
        self.lacking = lacks
        self.ran = ran

    @property
    def said(self) -> list[Said]:
        """Each failure and each bypass by itself."""
        failures = [
            Said(edit, severity, one) for edit, severity, found in self.failures for one in found
        ]
        return failures + self.bypasses
