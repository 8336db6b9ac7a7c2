"""
Which edits run, with which tables and thresholds: settled once per claim type, pack and day.

The loop over a claim then looks nothing up: no registry, no dates, no severities, no switches.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from inspect import CO_VARARGS
from operator import attrgetter
from types import FunctionType
from typing import Any

import msgspec

from scrubber.claim.model import Claim
from scrubber.contracts.claim import ClaimType
from scrubber.edits.edit import TOGETHER, Edit, EditFunction, Params, Scope
from scrubber.edits.results import Lacks
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.asked import Asked, Bound, Group, Groups
from scrubber.pipeline.recall import CLAIM_CODES, DIAGNOSIS_CODES, LINE_CODES, Codes, Recall
from scrubber.reference.shelf import Shelf

RUN_SCOPES: tuple[Scope, ...] = (
    "claim",
    "line",
    "day",
    "line_pair",
    "diagnosis",
    "history",
    "closing",
)
MAX_DAYS = 4096  # eleven years of days; then start again rather than grow
Recalls = tuple[Recall, ...]


@dataclass(slots=True, eq=False)
class DayPlan:
    """
    The edits of one day, by scope and by what must be there; tables are those of the day.

    `lacking` are the edits that cannot run, and what they need. `diagnosis_codes` is the
    ICD-10-CM of the day, or `None`: then `diagnosis_partial` are the edits that are asked, and
    `diagnosis_whole` those that cannot be. `diagnosis_of_day` are the same as `diagnosis`, for
    diagnoses of this one day; `claim_without_history` are those of `claim` and `history`, where
    no history is kept. `reference` are the versions of all tables of the day, `versions` all that
    an outcome says of versions (`b""` before somebody has asked).
    """

    claim: Recalls
    line: Recalls
    day: Groups
    line_pair: Groups
    diagnosis: Groups
    diagnosis_of_day: Recall
    diagnosis_partial: Groups
    diagnosis_whole: tuple[Edit, ...]
    history: Groups
    claim_without_history: Recalls
    closing: Groups
    lacking: Lacks
    diagnosis_codes: Any
    reference: tuple[tuple[str, str], ...]
    ids: frozenset[str]
    versions: bytes = b""


class Plan:
    """The edits of one claim type under one payer pack, day by day."""

    def __init__(
        self, claim_type: ClaimType, pack: PayerPack, edits: tuple[Edit, ...], shelf: Shelf
    ) -> None:
        """Keep the edits that concern the type and are alive; days are settled when asked."""
        self._edits = tuple(
            edit
            for edit in edits
            if claim_type in edit.applies_to and edit.status != "retired" and edit.scope != "event"
        )
        self._pack = pack
        self._shelf = shelf
        self._days: dict[date, DayPlan] = {}
        # Most edits are the same on all days; a stream of years would hold each a thousand times.
        self._asked: dict[tuple[Any, ...], Asked] = {}
        self._searches: dict[tuple[Any, ...], EditFunction] = {}
        self._recalls: dict[tuple[int, ...], Recall] = {}
        self._params: dict[str, list[Params]] = {}
        self._changed: dict[tuple[str, bool, bool], Edit] = {}

    def on(self, day: date) -> DayPlan:
        """Return the plan for services of that day."""
        plan = self._days.get(day)
        if plan is None:
            if len(self._days) >= MAX_DAYS:
                self._days.clear()
                self._asked.clear()
                self._searches.clear()
                self._recalls.clear()
            plan = self._days[day] = self._settle(day)
        return plan

    def _settle(self, day: date) -> DayPlan:
        scopes: dict[Scope, list[Asked]] = {scope: [] for scope in RUN_SCOPES}
        lacking: set[tuple[Edit, str]] = set()
        ids: set[str] = set()
        for stated in self._edits:
            if not (stated.in_force(day) and self._pack.runs(stated, day)):
                continue
            edit = self._as_the_pack_has_it(stated, day)
            ids.add(edit.id)
            tables = tuple(self._as_of(kind, day) for kind in edit.data)
            absent = [kind for kind, view in zip(edit.data, tables, strict=True) if view is None]
            # A diagnosis has days of its own: the engine asks for its table at both ends.
            if absent and not edit.partial_data and edit.scope != "diagnosis":
                lacking.update((edit, kind) for kind in absent)
            else:
                scopes[edit.scope].append(self._bind(edit, day, tables))
        # Who samples for audit looks at what the others that close have said.
        scopes["closing"].sort(key=lambda one: one[1].edit.family == "ai_oversight")
        groups = {scope: _groups(edits) for scope, edits in scopes.items()}
        unknown = [self._without_history(one) for one in scopes["history"]]
        whole = [one for one in scopes["diagnosis"] if not one[1].edit.partial_data]
        return DayPlan(
            claim=self._recalls_of(scopes["claim"], CLAIM_CODES),
            line=self._recalls_of(scopes["line"], LINE_CODES),
            day=groups["day"],
            line_pair=groups["line_pair"],
            diagnosis=groups["diagnosis"],
            diagnosis_of_day=Recall(groups["diagnosis"], DIAGNOSIS_CODES),
            diagnosis_partial=_groups([one for one in scopes["diagnosis"] if one not in whole]),
            diagnosis_whole=tuple(bound.edit for _, bound in whole),
            history=groups["history"],
            claim_without_history=self._recalls_of([*scopes["claim"], *unknown], CLAIM_CODES),
            closing=groups["closing"],
            lacking=frozenset(lacking),
            diagnosis_codes=self._as_of("icd-10-cm", day),
            reference=tuple(self._shelf.versions(day).items()),
            ids=frozenset(ids),
        )

    def _as_the_pack_has_it(self, edit: Edit, day: date) -> Edit:
        active = edit.status == "preview" and self._pack.activates(edit, day)
        medicare = self._pack.counts_as_medicare(edit, day)
        if not (active or medicare):
            return edit
        key = (edit.id, active, medicare)
        if key not in self._changed:
            changed = replace(edit, status="active") if active else edit
            self._changed[key] = _of_medicare(changed) if medicare else changed
        return self._changed[key]

    def _as_of(self, kind: str, day: date) -> Any:
        return self._shelf.as_of(kind, day, latest_when_missing=self._pack.latest_when_missing)

    def _bind(self, edit: Edit, day: date, tables: tuple[Any, ...]) -> Asked:
        # A preview edit is seen and never decides.
        severity = "info" if edit.status == "preview" else self._pack.severity(edit, day)
        params = self._thresholds(edit, day)
        key = (id(edit), severity, id(params), *map(id, tables))
        asked = self._asked.get(key)
        if asked is None:
            given = () if edit.scope in ("diagnosis", "line_pair") else tables
            last = given if params is None else (*given, params)
            search = self._search(edit, tables, params) if edit.pairs else None
            dated = any(table is not None for table in tables)
            asked = (_with_last(edit.function, last), Bound(edit, severity, search, dated))
            self._asked[key] = asked
        return asked

    def _without_history(self, asked: Asked) -> Asked:
        """Return a history edit as one that is asked of the claim alone, for nothing is known."""
        key = (id(asked), None)
        if key not in self._asked:
            function, bound = asked
            self._asked[key] = (_with_second(function, None), bound)
        return self._asked[key]

    def _thresholds(self, edit: Edit, day: date) -> Params | None:
        """Return one and the same params for all days that have the same."""
        params = self._pack.thresholds(edit, day)
        if params is None or params is edit.params:
            return params
        known = self._params.setdefault(edit.id, [])
        if params not in known:
            known.append(params)
        return known[known.index(params)]

    def _recalls_of(self, edits: list[Asked], codes: Codes) -> Recalls:
        """
        Return the edits, apart those that are the same on all days.

        What is settled for these need not be settled again for another day.
        """
        recalls = []
        for dated in (False, True):
            together = [one for one in edits if one[1].dated is dated]
            key = tuple(map(id, together))
            if together and key not in self._recalls:
                self._recalls[key] = Recall(_groups(together), codes)
            if together:
                recalls.append(self._recalls[key])
        return tuple(recalls)

    def _search(self, edit: Edit, tables: tuple[Any, ...], params: Params | None) -> EditFunction:
        """Return one and the same search for all edits that ask the same of the same tables."""
        assert edit.pairs is not None
        key = (edit.pairs, params, *map(id, tables))
        if key not in self._searches:
            last = tables if params is None else (*tables, params)
            self._searches[key] = _with_last(edit.pairs, last)
        return self._searches[key]


def _with_last(function: EditFunction, last: tuple[Any, ...]) -> EditFunction:
    """
    Return the function with values for its last parameters.

    They become its defaults: to pass them on with each call costs as much as the call itself.
    """
    if not last:
        return function
    assert isinstance(function, FunctionType)
    if function.__code__.co_flags & CO_VARARGS:  # these take no defaults
        return lambda *first: function(*first, *last)
    return FunctionType(
        function.__code__, function.__globals__, function.__name__, last, function.__closure__
    )


def _with_second(function: EditFunction, second: Any) -> EditFunction:
    """Return a function that has its last parameters already, with its second too."""
    assert isinstance(function, FunctionType)
    if function.__code__.co_flags & CO_VARARGS:
        return lambda first: function(first, second)
    return _with_last(function, (second, *(function.__defaults__ or ())))


def _groups(edits: list[Asked]) -> tuple[Group, ...]:
    groups: dict[tuple[tuple[str, ...], EditFunction | None], list[Asked]] = {}
    for one in edits:
        groups.setdefault((one[1].edit.when, one[1].search), []).append(one)
    return tuple(
        _group(when, search, tuple(together)) for (when, search), together in groups.items()
    )


def _group(when: tuple[str, ...], search: EditFunction | None, edits: tuple[Asked, ...]) -> Group:
    tests: dict[bool, Callable[[Any], Any]] = {}
    for one in when:
        of, _, attribute = one.partition(".")
        tests[of == "claim"] = attrgetter(attribute)
    return Group(tests.get(True), tests.get(False), edits, search)


def _of_medicare(edit: Edit) -> Edit:
    """Return the edit as a payer has it that follows Medicare's editors in it."""
    return replace(
        edit,
        function=_for_medicare(edit.function),
        pairs=edit.pairs and _for_medicare(edit.pairs),
        when=tuple(one for one in edit.when if one != "claim.is_medicare"),
    )


def _for_medicare(function: EditFunction) -> EditFunction:
    """Return the function, told of a Medicare claim."""

    def call(claim: Claim, *rest: Any) -> Any:
        return function(_as_medicare(claim), *rest)

    return call


# The edits ask of the same claims.
@lru_cache(maxsize=2 * TOGETHER)
def _as_medicare(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, is_medicare=True)
