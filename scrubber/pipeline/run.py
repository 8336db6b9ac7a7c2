"""Ask every edit of the plan about one claim; all complaints in one pass, whatever happens."""

from collections.abc import Hashable
from typing import Any, NamedTuple

from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import Edit
from scrubber.edits.results import Lacks, Results, Said, lacking
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, no_data
from scrubber.pipeline import own_findings
from scrubber.pipeline.asked import Bound, Groups
from scrubber.pipeline.plan import Plan, Recalls
from scrubber.pipeline.recall import (
    CLAIM_CODES,
    DIAGNOSIS_CODES,
    LINE_CODES,
    Recall,
    Settled,
    codes_beside_parts,
    lacking_on,
)


class _Notes(NamedTuple):
    """What the edits have said so far, and who lacked what: by themselves, and by day or codes."""

    said: list[Said]
    lacks: set[tuple[Edit, NoData]]
    shared: set[Lacks]


def run(plan: Plan, claim: Claim, prior: Prior | None) -> Results:
    """
    Return what the edits say of the claim; `prior` is `None` where no history is kept.

    The order of what is said is the plan's; the outcome sorts it. An edit that raises is
    reported as `edit-crashed`, once for each time it was asked.
    """
    own = plan.on(claim.day)
    notes = _Notes([], set(), set())
    ran = own.ids
    codes = codes_beside_parts(claim)
    _run_claim(own.claim_without_history if prior is None else own.claim, codes, claim, notes)
    for day, lines in claim.by_day:
        today = own if day == claim.day else plan.on(day)
        if today is not own:
            ran |= today.ids
        for recall in today.line:
            _run_lines(recall, codes, claim, lines, notes)
        _run_each(today.day, claim, lines, notes, lines)
        if len(lines) > 1:
            _run_pairs(today.line_pair, claim, lines, notes)
        notes.shared.add(today.lacking)
    if not claim.by_day:
        notes.shared.add(own.lacking)
    _run_diagnoses(plan, codes, claim, notes)
    if prior is not None:
        _run_each(own.history, claim, prior, notes, ())
    results = Results(notes.said, lacking(notes.lacks, notes.shared), ran)
    _run_each(own.closing, claim, results, notes, ())
    return results


def _run_claim(recalls: Recalls, codes: Hashable, claim: Claim, notes: _Notes) -> None:
    codes_of_claim = CLAIM_CODES.of(claim)
    for recall in recalls:
        known = recall.of_claim(codes)
        settled = known.get(codes_of_claim)
        if settled is None or settled is recall.unsettled:
            settled = recall.meet(codes_of_claim, known, claim)
        if settled.lacks:
            notes.shared.add(lacking_on(settled.lacks, claim.day))
        for of_claim, _, edits in settled.groups:
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


def _run_lines(
    recall: Recall, codes: Hashable, claim: Claim, lines: tuple[Line, ...], notes: _Notes
) -> None:
    """Ask of each line what its codes do not settle; lines with the same left to ask together."""
    known = recall.of_claim(codes)
    together: dict[Settled, list[Line]] = {}
    for line in lines:
        codes_of_line = LINE_CODES.of(line)
        settled = known.get(codes_of_line)
        if settled is None or settled is recall.unsettled:
            settled = recall.meet(codes_of_line, known, claim, line)
        together.setdefault(settled, []).append(line)
    for settled, some in together.items():
        if settled.lacks:
            notes.shared.add(lacking_on(settled.lacks, some[0].day))
        _ask_lines(settled.groups, claim, some, notes)


def _ask_lines(groups: Groups, claim: Claim, lines: list[Line], notes: _Notes) -> None:
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


def _run_diagnoses(plan: Plan, codes: Hashable, claim: Claim, notes: _Notes) -> None:
    for diagnosis in claim.diagnoses:
        first = diagnosis.first_day or claim.day
        last = diagnosis.last_day or first
        today = plan.on(last)
        table = today.diagnosis_codes
        first_table = table if first == last else plan.on(first).diagnosis_codes
        if table is None or first_table is None:
            missing = no_data("icd-10-cm", last if table is None else first)
            notes.lacks.update((edit, missing) for edit in today.diagnosis_whole)
            groups = today.diagnosis_partial
        elif table is first_table:
            recall = today.diagnosis_of_day
            known = recall.of_claim(codes)
            own = DIAGNOSIS_CODES.of(diagnosis)
            settled = known.get(own)
            if settled is None or settled is recall.unsettled:
                settled = recall.meet(own, known, claim, diagnosis, table, table)
            if settled.lacks:
                notes.shared.add(settled.lacks)
            groups = settled.groups
        else:
            groups = today.diagnosis
        for of_claim, of_diagnosis, edits in groups:
            if of_claim is not None and not of_claim(claim):
                continue
            if of_diagnosis is not None and not of_diagnosis(diagnosis):
                continue
            for call, bound in edits:
                try:
                    verdict = call(claim, diagnosis, first_table, table)
                    if verdict is not PASS:
                        _note(notes, bound, verdict)
                except Exception as error:  # noqa: BLE001
                    _crash(notes, bound, error, ())


def _crash(notes: _Notes, bound: Bound, error: Exception, lines: tuple[Line, ...]) -> None:
    notes.said.append(own_findings.said(own_findings.edit_crashed, bound.edit.id, error, *lines))


def _note(notes: _Notes, bound: Bound, verdict: Any) -> None:
    for one in verdict if verdict.__class__ is tuple else (verdict,):
        if one.__class__ is NoData:
            notes.lacks.add((bound.edit, one))
        else:
            notes.said.append(_said(bound, one))


def _said(bound: Bound, verdict: Any) -> Said:
    edit, severity = bound.edit, bound.severity
    if verdict.__class__ is Fail:
        own = verdict.severity if edit.status != "preview" else None
        return Said(edit, own or severity, verdict)
    if verdict.__class__ is Bypassed:
        return Said(edit, severity, verdict)
    message = f"{edit.id} answered with {verdict.__class__.__name__}, which is no verdict"
    raise TypeError(message)
