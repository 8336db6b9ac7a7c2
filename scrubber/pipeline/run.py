"""Ask every edit of the plan about one claim; all complaints in one pass, whatever happens."""

from typing import Any

from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.results import Results, Said
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, no_data
from scrubber.pipeline import own_findings
from scrubber.pipeline.plan import Bound, DayPlan, Plan


def run(plan: Plan, claim: Claim, prior: Prior | None) -> Results:
    """
    Return what the edits say of the claim; `prior` is `None` where no history is kept.

    The order of what is said is the plan's; the outcome sorts it. An edit that raises is
    reported as `edit-crashed`, once for each time it was asked.
    """
    own = plan.on(claim.day)
    said: list[Said] = []
    ran = own.ids
    for bound in own.claim:
        try:
            verdict = bound.call(claim, *bound.extras) if bound.extras else bound.call(claim)
            if verdict is not PASS:
                _note(said, bound, verdict)
        except Exception as error:  # noqa: BLE001 (law 6: a crash is a finding)
            _crash(said, bound, error, ())
    for day, lines in claim.by_day:
        today = own if day == claim.day else plan.on(day)
        if today is not own:
            ran |= today.ids
        _run_lines(today, claim, lines, said)
        _run_each(today.day, claim, lines, said, lines)
        if len(lines) > 1:
            _run_pairs(today, claim, lines, said)
        said.extend(today.lacking)
    if not claim.by_day:
        said.extend(own.lacking)
    _run_diagnoses(plan, claim, said)
    _run_each(own.history, claim, prior, said, ())
    results = Results(said, ran)
    for bound in own.closing:
        _ask(said, bound, (), claim, results, *bound.extras)
    return results


def _run_each(
    edits: tuple[Bound, ...],
    claim: Claim,
    beside: object,
    said: list[Said],
    lines: tuple[Line, ...],
) -> None:
    """Ask edits that are called with the claim and one thing beside it, once each."""
    for bound in edits:  # no `_ask`: most of these are many and answer at once
        try:
            verdict = bound.call(claim, beside, *bound.extras)
            if verdict.__class__ is NoData:
                said.append(Said(bound.edit, bound.severity, verdict))
            elif verdict is not PASS:
                _note(said, bound, verdict)
        except Exception as error:  # noqa: BLE001
            _crash(said, bound, error, lines)


def _ask(said: list[Said], bound: Bound, lines: tuple[Line, ...], *arguments: object) -> None:
    try:
        verdict = bound.call(*arguments)
        if verdict is not PASS:
            _note(said, bound, verdict)
    except Exception as error:  # noqa: BLE001
        _crash(said, bound, error, lines)


def _run_lines(today: DayPlan, claim: Claim, lines: tuple[Line, ...], said: list[Said]) -> None:
    for bound in today.line:
        call, extras = bound.call, bound.extras
        for line in lines:  # the innermost loop: `_ask` would cost as much as most edits do
            try:
                verdict = call(claim, line, *extras) if extras else call(claim, line)
                if verdict is not PASS:
                    _note(said, bound, verdict)
            except Exception as error:  # noqa: BLE001
                _crash(said, bound, error, (line,))


def _run_pairs(today: DayPlan, claim: Claim, lines: tuple[Line, ...], said: list[Said]) -> None:
    for search in today.line_pair:
        try:
            proposed = search.call(claim, lines, *search.extras)
        except Exception as error:  # noqa: BLE001
            for bound in search.edits:
                _crash(said, bound, error, lines)
            continue
        for bound in search.edits:
            if proposed.missing is not None:
                said.append(Said(bound.edit, bound.severity, proposed.missing))
            for line, other, row in proposed.pairs:
                _ask(said, bound, (line, other), claim, line, other, row, *bound.extras)


def _run_diagnoses(plan: Plan, claim: Claim, said: list[Said]) -> None:
    for diagnosis in claim.diagnoses:
        first = diagnosis.first_day or claim.day
        last = diagnosis.last_day or first
        today = plan.on(last)
        codes = today.diagnosis_codes
        first_codes = codes if first == last else plan.on(first).diagnosis_codes
        for bound in today.diagnosis:
            if (codes is None or first_codes is None) and not bound.edit.partial_data:
                missing = no_data("icd-10-cm", last if codes is None else first)
                said.append(Said(bound.edit, bound.severity, missing))
                continue
            try:
                verdict = bound.call(claim, diagnosis, first_codes, codes, *bound.extras)
                if verdict is not PASS:
                    _note(said, bound, verdict)
            except Exception as error:  # noqa: BLE001
                _crash(said, bound, error, ())


def _crash(said: list[Said], bound: Bound, error: Exception, lines: tuple[Line, ...]) -> None:
    said.append(own_findings.said(own_findings.edit_crashed, bound.edit.id, error, *lines))


def _note(said: list[Said], bound: Bound, verdict: Any) -> None:
    edit, severity = bound.edit, bound.severity
    for one in verdict if isinstance(verdict, tuple) else (verdict,):
        kind = one.__class__
        if kind is Fail:
            own = one.severity if edit.status != "preview" else None
            said.append(Said(edit, own or severity, one))
        elif kind is NoData or kind is Bypassed:
            said.append(Said(edit, severity, one))
        else:
            message = f"{edit.id} answered with {kind.__name__}, which is no verdict"
            raise TypeError(message)
