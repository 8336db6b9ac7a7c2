"""The plan saves calls and changes nothing: a loop that asks every edit of everything agrees."""

from collections import Counter
from dataclasses import replace
from typing import Any

import orjson
import pytest

from scrubber.claim.compile import compile_claim
from scrubber.claim.model import Claim, Line
from scrubber.contracts.decode import SchemaInvalid, decode_claim_event
from scrubber.edits.edit import (
    EVERY_TYPE,
    Edit,
    claim_edit,
    closing_edit,
    day_edit,
    diagnosis_edit,
    event_edit,
    history_edit,
    line_edit,
    line_pair_edit,
)
from scrubber.edits.proposed import Proposed
from scrubber.edits.registry import all_edits
from scrubber.edits.results import Failures, Results, Said, lacking
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, Verdict, fail, no_data
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference.shelf import Shelf, open_shelf, starter_directory
from scrubber.synthetic import generate
from tests.pipeline.test_engine import common
from tests.twins import cases_of, claim_of, compiled, prior_of, twin_files

PACK = PayerPack("base@2024-01-01", False, {}, {}, {})


class Naive:
    """The engine without a plan: each edit of each thing, tables looked up one by one."""

    def __init__(self, edits: tuple[Edit, ...], shelf: Shelf) -> None:
        """Keep the parts."""
        self.edits = edits
        self.shelf = shelf
        self.said: list[Said] = []
        self.lacks: set[tuple[Edit, NoData]] = set()

    def run(self, claim: Claim, prior: Any) -> tuple[list[Said], set[tuple[Edit, NoData]]]:
        """Return what is said, and who lacked what."""
        days = claim.by_day or ((claim.day, ()),)
        for edit in self.edits:
            if claim.type not in edit.applies_to or edit.status == "retired":
                continue
            if edit.scope in ("claim", "history"):
                beside = () if edit.scope == "claim" else (prior,)
                self._ask(edit, claim.day, claim, *beside)
            elif edit.scope in ("line", "day", "line_pair"):
                for day, lines in days:
                    self._ask_day(edit, day, claim, lines)
            elif edit.scope == "diagnosis":
                self._ask_diagnoses(edit, claim)
        for edit in self.edits:
            if edit.scope not in ("event", "diagnosis"):  # what cannot run at all
                for day in {day for day, _ in days if edit.in_force(day)}:
                    if claim.type in edit.applies_to and not edit.partial_data:
                        self.lacks |= {(edit, one) for one in self._absent(edit, day)}
        lacks = frozenset((frozenset({(edit, one.kind)}), one.day) for edit, one in self.lacks)
        failures = [
            Failures(edit, severity, (one,))
            for edit, severity, one in self.said
            if isinstance(one, Fail)
        ]
        bypasses = [one for one in self.said if isinstance(one.verdict, Bypassed)]
        results = Results(failures, bypasses, lacking(lacks), frozenset())
        for edit in self.edits:
            if edit.scope == "closing" and claim.type in edit.applies_to:
                self._ask(edit, claim.day, claim, results)
        return self.said, self.lacks

    def _ask_day(self, edit: Edit, day: Any, claim: Claim, lines: tuple[Line, ...]) -> None:
        if edit.scope == "line":
            for line in lines:
                self._ask(edit, day, claim, line)
        elif edit.scope == "day" and lines:
            self._ask(edit, day, claim, lines)
        elif (
            len(lines) > 1
            and edit.in_force(day)
            and (edit.partial_data or not self._absent(edit, day))
        ):
            tables = [self._view(kind, day) for kind in edit.data]
            proposed = edit.pairs(claim, lines, *tables, *self._params(edit))  # type: ignore[misc]
            if proposed.missing is not None:
                self.lacks.add((edit, proposed.missing))
            for pair in proposed.pairs:
                self._note(edit, edit.function(claim, *pair, *self._params(edit)))

    def _ask_diagnoses(self, edit: Edit, claim: Claim) -> None:
        for diagnosis in claim.diagnoses:
            first = diagnosis.first_day or claim.day
            last = diagnosis.last_day or first
            views = [self._view("icd-10-cm", day) for day in (first, last)]
            if not edit.in_force(last):
                continue
            if None in views and not edit.partial_data:
                lacked = no_data("icd-10-cm", last if views[1] is None else first)
                self.lacks.add((edit, lacked))
            else:
                self._note(edit, edit.function(claim, diagnosis, *views, *self._params(edit)))

    def _ask(self, edit: Edit, day: Any, *arguments: Any) -> None:
        if edit.in_force(day) and (edit.partial_data or not self._absent(edit, day)):
            views = [self._view(kind, day) for kind in edit.data]
            self._note(edit, edit.function(*arguments, *views, *self._params(edit)))

    def _note(self, edit: Edit, verdict: Any) -> None:
        severity = "info" if edit.status == "preview" else edit.severity
        for one in verdict if isinstance(verdict, tuple) else (verdict,):
            if isinstance(one, NoData):
                self.lacks.add((edit, one))
            elif one is not PASS:
                own = one.severity if isinstance(one, Fail) and edit.status != "preview" else None
                self.said.append(Said(edit, own or severity, one))

    def _params(self, edit: Edit) -> tuple[Any, ...]:
        return () if edit.params is None else (edit.params,)

    def _view(self, kind: str, day: Any) -> Any:
        return self.shelf.as_of(kind, day, latest_when_missing=False)

    def _absent(self, edit: Edit, day: Any) -> list[NoData]:
        return [no_data(kind, day) for kind in edit.data if self._view(kind, day) is None]


def told(said: list[Said], lacks: Any) -> tuple[Counter[Any], list[Any]]:
    """Return what was said in a form that can be compared."""
    words: Counter[Any] = Counter()
    for edit, severity, verdict in said:
        parts = [getattr(verdict, slot) for slot in type(verdict).__slots__]
        words[edit.id, severity, str(parts)] += 1
    return words, sorted({(edit.id, answer.needs) for edit, answer in lacks})


class Planned:
    """The engine with one plan a claim type for all claims: what codes settle is settled once."""

    def __init__(self, edits: tuple[Edit, ...], shelf: Shelf) -> None:
        """Keep the parts."""
        self.edits = edits
        self.shelf = shelf
        self.plans = {kind: Plan(kind, PACK, edits, shelf) for kind in EVERY_TYPE}

    def differs(self, claim: Claim, prior: Any = None) -> bool:
        """Tell whether it and the naive engine say different things of a claim."""
        planned = run(self.plans[claim.type], claim, prior)
        return said_of(planned) != told(*Naive(self.edits, self.shelf).run(claim, prior))


def said_of(planned: Results) -> tuple[Counter[Any], list[Any]]:
    """Return what the engine said in the form that can be compared."""
    words, _ = told(planned.said, ())
    needs = planned.lacking.by_edit
    lacks = [(edit, needed) for edit in needs for needed in needs[edit]]
    return words, lacks


def differ(edits: tuple[Edit, ...], shelf: Shelf, claim: Claim, prior: Any = None) -> bool:
    """Tell whether the planned run and the naive one say different things of a claim."""
    return Planned(edits, shelf).differs(claim, prior)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """Return the tables that everybody has."""
    return open_shelf(starter_directory())


def test_planned_and_naive_say_the_same_of_made_up_claims(shelf: Shelf) -> None:
    """All edits, all types of claim, on the starter's tables; most find their codes settled."""
    claims = []
    for one in generate(300, 23):
        try:
            claims.append(compile_claim(decode_claim_event(orjson.dumps(one.event)).event))
        except SchemaInvalid:
            continue
    planned = Planned(all_edits(), shelf)
    assert [claim for claim in claims if planned.differs(claim)] == []


def test_planned_and_naive_say_the_same_of_every_twin(shelf: Shelf) -> None:
    """Each case of each twin, put to all edits; the cases of a twin differ in what is no code."""
    planned = Planned(all_edits(), shelf)
    cases = [case for path in twin_files() for case in cases_of(path) if case.edit.scope != "event"]
    wrong = [case.name for case in cases if planned.differs(compiled(case), prior_of(case))]
    assert wrong == []


def says(when: tuple[str, ...]) -> Edit:
    """Return a line edit that complains of modifiers, and says it is asked by something else."""

    def modified(_claim: Claim, line: Line) -> Verdict:
        """A line has modifiers."""
        return fail(line.at("modifiers"), line) if line.modifiers else PASS

    return line_edit(**common("modified"), when=when)(modified)


@pytest.mark.parametrize(
    ("when", "wrong"),
    [
        ((), False),
        (("line.modifiers",), False),
        (("claim.is_medicare", "line.modifiers"), False),
        (("line.ndc",), True),
        (("claim.is_inpatient",), True),
        (("claim.is_inpatient", "line.modifiers"), True),
    ],
)
def test_an_edit_that_is_asked_too_seldom_is_found(
    shelf: Shelf, when: tuple[str, ...], *, wrong: bool
) -> None:
    """The comparison trips when `when` leaves out a line that the edit complains of."""
    case = next(
        case
        for path in twin_files()
        if path.stem == "modifier_format_invalid"
        for case in cases_of(path)
        if compiled(case).lines[0].modifiers and compiled(case).is_medicare
    )
    assert differ((says(when),), shelf, compiled(case)) is wrong


def complains(decorator: Any, when: tuple[str, ...]) -> Edit:
    """Return an edit of any scope that complains whenever it is asked of a Medicare claim."""

    def complaint(claim: Claim, *_beside: Any) -> Verdict:
        """Something is wrong."""
        return fail("") if claim.is_medicare else PASS

    given = {"pairs": lambda _claim, lines: Proposed([(*lines[:2], None)], None)}
    return decorator(
        **common("complaint"), when=when, **(given if decorator is line_pair_edit else {})
    )(complaint)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("decorator", "part"),
    [
        (claim_edit, None),
        (history_edit, None),
        (closing_edit, None),
        (line_edit, "line.procedure"),
        (day_edit, "line.procedure"),
        (line_pair_edit, "line.procedure"),
        (diagnosis_edit, "diagnosis.code"),
    ],
)
def test_each_scope_is_asked_when_it_says(shelf: Shelf, decorator: Any, part: str | None) -> None:
    """With the attribute it is asked as by the naive engine; where it is absent it is not."""
    claim = claim_of("professional", {}, "when-1", "2024-08-20")
    parts = (part,) if part else ()
    for when in ((), parts, ("claim.is_medicare",), ("claim.is_medicare", *parts)):
        edit = complains(decorator, when)
        assert not differ((edit,), shelf, claim)
        assert run(Plan(claim.type, PACK, (edit,), shelf), claim, None).said
    absent = {"line.procedure": "line.ndc", "diagnosis.code": "diagnosis.present_on_admission"}
    for when in (("claim.is_inpatient",), *((absent[one],) for one in parts)):
        assert not run(
            Plan(claim.type, PACK, (complains(decorator, when),), shelf), claim, None
        ).said


@pytest.mark.parametrize(
    ("decorator", "when"),
    [
        (line_edit, ("line.modifier",)),
        (line_edit, ("diagnosis.code",)),
        (line_edit, ("line.ndc", "line.modifiers")),
        (diagnosis_edit, ("line.modifiers",)),
        (closing_edit, ("line.modifiers",)),
        (event_edit, ("claim.is_medicare",)),
    ],
)
def test_a_condition_that_there_is_not_is_refused(decorator: Any, when: tuple[str, ...]) -> None:
    """At import, by name: a misspelt attribute must not silence an edit."""
    with pytest.raises(TypeError, match="cannot be asked by"):
        decorator(**common("odd"), when=when)(lambda _claim: PASS)


def test_an_edit_cannot_be_changed_by_what_is_bound_to_it() -> None:
    """Tables and thresholds are bound to a copy; the edit's own function stays as it was."""
    edit = next(edit for edit in all_edits() if edit.id == "timely-filing-exceeded")
    Plan("professional", PACK, (edit,), Shelf.of_rows({})).on(replace(edit).checked)
    assert edit.function.__defaults__ is None  # type: ignore[attr-defined]
