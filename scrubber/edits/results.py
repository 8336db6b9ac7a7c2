"""What the edits of one claim have said: the engine's result, and what a closing edit reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
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


Lacks = frozenset[tuple[Edit, NoData]]


def lacking(answers: Iterable[tuple[Edit, NoData]], shared: Iterable[Lacks] = ()) -> Lacking:
    """
    Return what edits lacked, from who said it and what it needs.

    `shared` are more such answers: of a day, or of codes, the same for many claims.
    """
    needs: dict[str, tuple[str, ...]] = {}
    own = ((edit.id, (answer.needs,)) for edit, answer in answers)
    for edit_id, more in chain(*[_needs_of(part).items() for part in shared], own):
        known = needs.setdefault(edit_id, more)
        if known is not more and known != more:
            needs[edit_id] = tuple(sorted({*known, *more}))
    return Lacking({edit_id: needs[edit_id] for edit_id in sorted(needs)})


# The claims of a day lack the same again and again.
@lru_cache(maxsize=4096)
def _needs_of(answers: Lacks) -> dict[str, tuple[str, ...]]:
    return lacking(answers).by_edit


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
