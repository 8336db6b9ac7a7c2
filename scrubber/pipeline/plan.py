"""
Which edits run, with which tables and thresholds: settled once per claim type, pack and day.

The loop over a claim then looks nothing up: no registry, no dates, no severities, no switches.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from scrubber.claim.model import Claim
from scrubber.contracts.claim import ClaimType
from scrubber.edits.edit import Edit, EditFunction, Scope
from scrubber.edits.results import Said
from scrubber.edits.verdict import Severity, no_data
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
    """An edit, its severity on the day, and what it is called with besides the claim."""

    edit: Edit
    severity: Severity
    call: EditFunction
    tables: tuple[Any, ...]
    extras: tuple[Any, ...]


@dataclass(slots=True, eq=False)
class DayPlan:
    """
    The edits of one day, by scope, in the order of their ids; tables are those of the day.

    `lacking` are the edits that cannot run, and what they need. `diagnosis_codes` is the
    ICD-10-CM of the day, or `None`. `reference` are the versions of all tables of the day.
    """

    claim: tuple[Bound, ...]
    line: tuple[Bound, ...]
    day: tuple[Bound, ...]
    line_pair: tuple[Bound, ...]
    diagnosis: tuple[Bound, ...]
    history: tuple[Bound, ...]
    closing: tuple[Bound, ...]
    lacking: tuple[Said, ...]
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

    def on(self, day: date) -> DayPlan:
        """Return the plan for services of that day."""
        plan = self._days.get(day)
        if plan is None:
            if len(self._days) >= MAX_DAYS:
                self._days.clear()
            plan = self._days[day] = self._settle(day)
        return plan

    def _settle(self, day: date) -> DayPlan:
        scopes: dict[Scope, list[Bound]] = {scope: [] for scope in RUN_SCOPES}
        lacking: list[Said] = []
        ids: set[str] = set()
        for edit in self._edits:
            if not (edit.in_force(day) and self._pack.runs(edit, day)):
                continue
            ids.add(edit.id)
            bound = self._bind(self._as_the_pack_has_it(edit, day), day)
            absent = [
                no_data(kind, day)
                for kind, view in zip(edit.data, bound.tables, strict=True)
                if view is None
            ]
            # A diagnosis has days of its own: the engine asks for its table at both ends.
            if absent and not edit.partial_data and edit.scope != "diagnosis":
                lacking.extend(Said(edit, bound.severity, answer) for answer in absent)
            else:
                scopes[edit.scope].append(bound)
        return DayPlan(
            claim=tuple(scopes["claim"]),
            line=tuple(scopes["line"]),
            day=tuple(scopes["day"]),
            line_pair=tuple(scopes["line_pair"]),
            diagnosis=tuple(scopes["diagnosis"]),
            history=tuple(scopes["history"]),
            closing=tuple(scopes["closing"]),
            lacking=tuple(lacking),
            diagnosis_codes=self._as_of("icd-10-cm", day),
            reference=tuple(self._shelf.versions(day).items()),
            ids=frozenset(ids),
        )

    def _as_the_pack_has_it(self, edit: Edit, day: date) -> Edit:
        if edit.status == "preview" and self._pack.activates(edit, day):
            edit = replace(edit, status="active")
        if not self._pack.counts_as_medicare(edit, day):
            return edit
        pairs = edit.pairs and _for_medicare(edit.pairs)
        return replace(edit, function=_for_medicare(edit.function), pairs=pairs)

    def _as_of(self, kind: str, day: date) -> Any:
        return self._shelf.as_of(kind, day, latest_when_missing=self._pack.latest_when_missing)

    def _bind(self, edit: Edit, day: date) -> Bound:
        tables = tuple(self._as_of(kind, day) for kind in edit.data)
        params = self._pack.thresholds(edit, day)
        # A preview edit is seen and never decides.
        severity = "info" if edit.status == "preview" else self._pack.severity(edit, day)
        given = () if edit.scope in ("diagnosis", "line_pair") else tables
        return Bound(
            edit,
            severity,
            edit.function,
            tables,
            given if params is None else (*given, params),
        )


def _for_medicare(function: EditFunction) -> EditFunction:
    """Return the function for a payer that follows Medicare's editors in it."""

    def call(claim: Claim, *rest: Any) -> Any:
        return function(_as_medicare(claim), *rest)

    return call


# The edits of a claim ask one after the other.
@lru_cache(maxsize=1)
def _as_medicare(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, is_medicare=True)
