"""What the edits of one claim have said: the engine's result, and what a closing edit reads."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from scrubber.edits.edit import Edit
from scrubber.edits.verdict import Bypassed, Fail, NoData, Severity


class Said(NamedTuple):
    """One complaint of one edit, with the severity it has here."""

    edit: Edit
    severity: Severity
    verdict: Fail | Bypassed


@dataclass(frozen=True, slots=True, eq=False)
class Lacking:
    """What was needed and not there; `by_edit`: ids in their order, each with its needs sorted."""

    by_edit: dict[str, tuple[str, ...]]


# The claims of a day lack the same again and again: whoever gets one may keep what it made of it.
@lru_cache(maxsize=4096)
def lacking(answers: frozenset[tuple[Edit, NoData]]) -> Lacking:
    """Return what edits lacked, from who said it and what it needs."""
    needs: dict[str, set[str]] = {}
    for edit, answer in answers:
        needs.setdefault(edit.id, set()).add(answer.needs)
    return Lacking({edit: tuple(sorted(needs[edit])) for edit in sorted(needs)})


class Results:
    """
    Everything that the edits said of one claim; what passed is only counted.

    `said` are the failures and bypasses. `ran` are the ids of the edits that were asked, those
    without data included.
    """

    __slots__ = ("lacking", "ran", "said")

    def __init__(self, said: list[Said], lacks: Lacking, ran: frozenset[str]) -> None:
        """Keep the parts."""
        self.said = said
        self.lacking = lacks
        self.ran = ran
