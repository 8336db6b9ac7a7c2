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
from typing import Any, NamedTuple

import msgspec

from scrubber.claim.model import Claim
from scrubber.contracts.claim import ClaimType
from scrubber.edits.edit import Edit, EditFunction, Params, Scope
from scrubber.edits.verdict import NoData, Severity, no_data
from scrubber.payers.pack import PayerPack
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


@dataclass(slots=True, eq=False)
class Bound:
    """An edit, its severity on the day, and its search for pairs, tables and thresholds in it."""

    edit: Edit
    severity: Severity
    search: EditFunction | None


#: An edit with the function to call: tables and thresholds are in it, it needs the claim and what
#: its scope puts beside it.
Asked = tuple[EditFunction, Bound]


class Group(NamedTuple):
    """
    The edits that are asked when the same is there: of the claim, and of a line or diagnosis.

    A test that is `None` always holds.
    """

    of_claim: Callable[[Claim], Any] | None
    of_part: Callable[[Any], Any] | None
    edits: tuple[Asked, ...]


Groups = tuple[Group, ...]


@dataclass(slots=True, eq=False)
class DayPlan:
    """
    The edits of one day, by scope and by what must be there; tables are those of the day.

    `lacking` are the edits that cannot run, and what they need. `diagnosis_codes` is the
    ICD-10-CM of the day, or `None`: then `diagnosis_partial` are the edits that are asked, and
    `diagnosis_whole` those that cannot be. `reference` are the versions of all tables of the day.
    """

    claim: Groups
    line: Groups
    day: Groups
    line_pair: Groups
    diagnosis: Groups
    diagnosis_partial: Groups
    diagnosis_whole: tuple[Edit, ...]
    history: Groups
    closing: Groups
    lacking: frozenset[tuple[Edit, NoData]]
    diagnosis_codes: Any
    reference: tuple[tuple[str, str], ...]
    ids: frozenset[str]


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
        self._changed: dict[tuple[str, bool, bool], Edit] = {}

    def on(self, day: date) -> DayPlan:
        """Return the plan for services of that day."""
        plan = self._days.get(day)
        if plan is None:
            if len(self._days) >= MAX_DAYS:
                self._days.clear()
                self._asked.clear()
                self._searches.clear()
            plan = self._days[day] = self._settle(day)
        return plan

    def _settle(self, day: date) -> DayPlan:
        scopes: dict[Scope, list[Asked]] = {scope: [] for scope in RUN_SCOPES}
        lacking: set[tuple[Edit, NoData]] = set()
        ids: set[str] = set()
        for stated in self._edits:
            if not (stated.in_force(day) and self._pack.runs(stated, day)):
                continue
            edit = self._as_the_pack_has_it(stated, day)
            ids.add(edit.id)
            tables = tuple(self._as_of(kind, day) for kind in edit.data)
            absent = [
                no_data(kind, day)
                for kind, view in zip(edit.data, tables, strict=True)
                if view is None
            ]
            # A diagnosis has days of its own: the engine asks for its table at both ends.
            if absent and not edit.partial_data and edit.scope != "diagnosis":
                lacking.update((edit, answer) for answer in absent)
            else:
                scopes[edit.scope].append(self._bind(edit, day, tables))
        # Who samples for audit looks at what the others that close have said.
        scopes["closing"].sort(key=lambda one: one[1].edit.family == "ai_oversight")
        groups = {scope: _groups(edits) for scope, edits in scopes.items()}
        whole = [one for one in scopes["diagnosis"] if not one[1].edit.partial_data]
        return DayPlan(
            claim=groups["claim"],
            line=groups["line"],
            day=groups["day"],
            line_pair=groups["line_pair"],
            diagnosis=groups["diagnosis"],
            diagnosis_partial=_groups([one for one in scopes["diagnosis"] if one not in whole]),
            diagnosis_whole=tuple(bound.edit for _, bound in whole),
            history=groups["history"],
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
        params = self._pack.thresholds(edit, day)
        key = (id(edit), severity, id(params), *map(id, tables))
        asked = self._asked.get(key)
        if asked is None:
            given = () if edit.scope in ("diagnosis", "line_pair") else tables
            last = given if params is None else (*given, params)
            search = self._search(edit, tables, params) if edit.pairs else None
            asked = (_with_last(edit.function, last), Bound(edit, severity, search))
            self._asked[key] = asked
        return asked

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


def _groups(edits: list[Asked]) -> tuple[Group, ...]:
    groups: dict[tuple[str, ...], list[Asked]] = {}
    for one in edits:
        groups.setdefault(one[1].edit.when, []).append(one)
    return tuple(_group(when, together) for when, together in groups.items())


def _group(when: tuple[str, ...], edits: list[Asked]) -> Group:
    tests: dict[bool, Callable[[Any], Any]] = {}
    for one in when:
        of, _, attribute = one.partition(".")
        tests[of == "claim"] = attrgetter(attribute)
    return Group(tests.get(True), tests.get(False), tuple(edits))


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


# The edits of a claim ask one after the other.
@lru_cache(maxsize=1)
def _as_medicare(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, is_medicare=True)
