"""Ask every edit of the plan about one claim; all complaints in one pass, whatever happens."""

from typing import Any, NamedTuple

from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import Edit
from scrubber.edits.results import Results, Said, lacking
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, no_data
from scrubber.pipeline import own_findings
from scrubber.pipeline.plan import Bound, Groups, Plan


class _Notes(NamedTuple):
    """What the edits have said so far, and who lacked what."""

    said: list[Said]
    lacks: set[tuple[Edit, NoData]]


def run(plan: Plan, claim: Claim, prior: Prior | None) -> Results:
    """
    Return what the edits say of the claim; `prior` is `None` where no history is kept.

    The order of what is said is the plan's; the outcome sorts it. An edit that raises is
    reported as `edit-crashed`, once for each time it was asked.
    """
    own = plan.on(claim.day)
    notes = _Notes([], set())
    ran = own.ids
    _run_claim(own.claim, claim, notes)
    for day, lines in claim.by_day:
        today = own if day == claim.day else plan.on(day)
        if today is not own:
            ran |= today.ids
        _run_lines(today.line, claim, lines, notes)
        _run_each(today.day, claim, lines, notes, lines)
        if len(lines) > 1:
            _run_pairs(today.line_pair, claim, lines, notes)
        notes.lacks.update(today.lacking)
    if not claim.by_day:
        notes.lacks.update(own.lacking)
    _run_diagnoses(plan, claim, notes)
    _run_each(own.history, claim, prior, notes, ())
    results = Results(notes.said, lacking(frozenset(notes.lacks)), ran)
    _run_each(own.closing, claim, results, notes, ())
    return results


def _run_claim(groups: Groups, claim: Claim, notes: _Notes) -> None:
    for of_claim, _, edits in groups:
        if of_claim is None or of_claim(claim):
            for call, bound in edits:
                try:
                    verdict = call(claim)
                    if verdict is not PASS:
                        _note(notes, bound, verdict)
                except Exception as error:  # noqa: BLE001 (law 6: a crash is a finding)
                    _crash(notes, bound, error, ())


def _run_each(
    groups: Groups, claim: Claim, beside: Any, notes: _Notes, lines: tuple[Line, ...]
) -> None:
    """Ask edits that are called with the claim and one thing beside it, once each."""
    for of_claim, of_line, edits in groups:
        if of_claim is not None and not of_claim(claim):
            continue
        if of_line is not None and not any(map(of_line, lines)):
            continue
        for call, bound in edits:
            try:
                verdict = call(claim, beside)
                if verdict is not PASS:
                    _note(notes, bound, verdict)
            except Exception as error:  # noqa: BLE001
                _crash(notes, bound, error, lines)


def _run_lines(groups: Groups, claim: Claim, lines: tuple[Line, ...], notes: _Notes) -> None:
    for of_claim, of_line, edits in groups:
        if of_claim is not None and not of_claim(claim):
            continue
        concerned = lines if of_line is None else [*filter(of_line, lines)]
        if not concerned:
            continue
        for call, bound in edits:
            for line in concerned:
                try:
                    verdict = call(claim, line)
                    if verdict is not PASS:
                        _note(notes, bound, verdict)
                except Exception as error:  # noqa: BLE001
                    _crash(notes, bound, error, (line,))


def _run_pairs(groups: Groups, claim: Claim, lines: tuple[Line, ...], notes: _Notes) -> None:
    proposals: dict[Any, Any] = {}  # edits that share a search share its result
    for of_claim, of_line, edits in groups:
        if of_claim is not None and not of_claim(claim):
            continue
        if of_line is not None and not any(map(of_line, lines)):
            continue
        for call, bound in edits:
            try:
                if bound.search not in proposals:
                    proposals[bound.search] = bound.search(claim, lines)  # type: ignore[misc]
                proposed = proposals[bound.search]
            except Exception as error:  # noqa: BLE001
                _crash(notes, bound, error, lines)
                continue
            if proposed.missing is not None:
                notes.lacks.add((bound.edit, proposed.missing))
            for line, other, row in proposed.pairs:
                try:
                    verdict = call(claim, line, other, row)
                    if verdict is not PASS:
                        _note(notes, bound, verdict)
                except Exception as error:  # noqa: BLE001
                    _crash(notes, bound, error, (line, other))


def _run_diagnoses(plan: Plan, claim: Claim, notes: _Notes) -> None:
    for diagnosis in claim.diagnoses:
        first = diagnosis.first_day or claim.day
        last = diagnosis.last_day or first
        today = plan.on(last)
        codes = today.diagnosis_codes
        first_codes = codes if first == last else plan.on(first).diagnosis_codes
        groups = today.diagnosis
        if codes is None or first_codes is None:
            missing = no_data("icd-10-cm", last if codes is None else first)
            notes.lacks.update((edit, missing) for edit in today.diagnosis_whole)
            groups = today.diagnosis_partial
        for of_claim, of_diagnosis, edits in groups:
            if of_claim is not None and not of_claim(claim):
                continue
            if of_diagnosis is not None and not of_diagnosis(diagnosis):
                continue
            for call, bound in edits:
                try:
                    verdict = call(claim, diagnosis, first_codes, codes)
                    if verdict is not PASS:
                        _note(notes, bound, verdict)
                except Exception as error:  # noqa: BLE001
                    _crash(notes, bound, error, ())


def _crash(notes: _Notes, bound: Bound, error: Exception, lines: tuple[Line, ...]) -> None:
    notes.said.append(own_findings.said(own_findings.edit_crashed, bound.edit.id, error, *lines))


def _note(notes: _Notes, bound: Bound, verdict: Any) -> None:
    edit, severity = bound.edit, bound.severity
    for one in verdict if isinstance(verdict, tuple) else (verdict,):
        kind = one.__class__
        if kind is NoData:
            notes.lacks.add((edit, one))
        elif kind is Fail:
            own = one.severity if edit.status != "preview" else None
            notes.said.append(Said(edit, own or severity, one))
        elif kind is Bypassed:
            notes.said.append(Said(edit, severity, one))
        else:
            message = f"{edit.id} answered with {kind.__name__}, which is no verdict"
            raise TypeError(message)
