"""
Ask every edit of the plan; all complaints in one pass, whatever happens.

Claims are heard together, and each edit is put to all of them before the next: what an edit needs
is at hand then, where claim by claim each would begin cold. What needs a patient's history, or
what the others have said, is asked of each claim by itself at its end.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date
from typing import Any, Final

from scrubber.claim.model import Claim, Diagnosis, Line
from scrubber.claim.prior import Prior
from scrubber.edits.proposed import NOTHING
from scrubber.edits.results import Failures, Lacks, Results, Said, lacked, lacking
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, Severity, no_data
from scrubber.pipeline import own_findings
from scrubber.pipeline.asked import Bound, Group, Groups
from scrubber.pipeline.plan import DayPlan, Plan, Recalls
from scrubber.pipeline.recall import (
    CLAIM_CODES,
    DIAGNOSIS_CODES,
    LINE_CODES,
    codes_beside_parts,
)

_FAILURES: Final = tuple.__new__  # makes `Failures` in a third of the time


class Heard:
    """A claim, and what has been said of it: failures, bypasses, and who lacked what."""

    __slots__ = ("bypasses", "claim", "failures", "lacks", "own", "plan", "ran")

    def __init__(self, plan: Plan, claim: Claim) -> None:
        """Begin with nothing said."""
        self.plan = plan
        self.claim = claim
        self.own: DayPlan = plan.on(claim.day)
        self.ran = self.own.ids
        self.failures: list[Failures] = []
        self.bypasses: list[Said] = []
        self.lacks: set[tuple[Lacks, date]] = set()


def run(plan: Plan, claim: Claim, prior: Prior | None) -> Results:
    """Return what the edits say of one claim; `prior` is `None` where no history is kept."""
    (heard,) = hear([(plan, claim, prior is not None)])
    return close(heard, prior)


def hear(claims: Iterable[tuple[Plan, Claim, bool]]) -> list[Heard]:
    """
    Return what the edits say of each claim that need nothing else.

    The truth value tells whether a history will be at hand at the end; where none is kept, the
    edits that need one say so here. The order of what is said is the plan's; the outcome sorts
    it. An edit that raises is reported as `edit-crashed`, once for each time it was asked.
    """
    all_heard = []
    of_claims: defaultdict[Group, list[Heard]] = defaultdict(list)
    of_parts: defaultdict[Group, list[tuple[Heard, Claim, Any]]] = defaultdict(list)
    for plan, claim, has_history in claims:
        heard = Heard(plan, claim)
        all_heard.append(heard)
        own = heard.own
        codes = codes_beside_parts(claim)
        _ask_claim(own.claim if has_history else own.claim_without_history, codes, heard, of_claims)
        for day, lines in claim.by_day:
            today = own if day == claim.day else plan.on(day)
            if today is not own:
                heard.ran |= today.ids
            _ask_lines(today.line, codes, heard, lines, of_parts)
            for group in today.day:
                if _concerned(group, claim, lines):
                    of_parts[group].append((heard, claim, lines))
            if len(lines) > 1:
                _run_pairs(today.line_pair, heard, lines)
            heard.lacks.add((today.lacking, day))
        if not claim.by_day:
            heard.lacks.add((own.lacking, claim.day))
        _run_diagnoses(plan, codes, heard)
    _put_to_claims(of_claims)
    _put_to_parts(of_parts)
    return all_heard


def close(heard: Heard, prior: Prior | None) -> Results:
    """Ask the edits that look at the patient's history, and those that look at what was said."""
    if prior is not None:
        _run_each(heard.own.history, heard, prior)
    lacks = lacking(frozenset(heard.lacks))
    results = Results(heard.failures, heard.bypasses, lacks, heard.ran)
    _run_each(heard.own.closing, heard, results)
    return results


def _ask_claim(
    recalls: Recalls, codes: Hashable, heard: Heard, of_claims: defaultdict[Group, list[Heard]]
) -> None:
    """Note of which claim which edits are to be asked: those that its codes do not settle."""
    claim = heard.claim
    codes_of_claim = CLAIM_CODES.of(claim)
    for recall in recalls:
        known = recall.of_claim(codes)
        settled = known.get(codes_of_claim)
        if settled is None or settled is recall.unsettled:
            settled = recall.meet(codes_of_claim, known, claim.day, claim)
        if settled.lacks:
            heard.lacks.add((settled.lacks, claim.day))
        for group in settled.groups:
            if group.of_claim is None or group.of_claim(claim):
                of_claims[group].append(heard)


def _ask_lines(
    recalls: Recalls,
    codes: Hashable,
    heard: Heard,
    lines: tuple[Line, ...],
    of_parts: defaultdict[Group, list[tuple[Heard, Claim, Any]]],
) -> None:
    """Note of which line which edits are to be asked: those that its codes do not settle."""
    claim = heard.claim
    codes_of_lines = [LINE_CODES.of(line) for line in lines]
    for recall in recalls:
        known = recall.of_claim(codes)
        for line, codes_of_line in zip(lines, codes_of_lines, strict=True):
            settled = known.get(codes_of_line)
            if settled is None or settled is recall.unsettled:
                settled = recall.meet(codes_of_line, known, line.day, claim, line)
            if settled.lacks:
                heard.lacks.add((settled.lacks, line.day))
            for group in settled.groups:
                if (group.of_claim is None or group.of_claim(claim)) and (
                    group.of_part is None or group.of_part(line)
                ):
                    of_parts[group].append((heard, claim, line))


def _concerned(group: Group, claim: Claim, parts: tuple[Line | Diagnosis, ...]) -> bool:
    return (group.of_claim is None or group.of_claim(claim)) and (
        group.of_part is None or any(map(group.of_part, parts))
    )


def _put_to_claims(of_claims: dict[Group, list[Heard]]) -> None:
    for group, some in of_claims.items():
        for call, bound in group.edits:
            for heard in some:
                try:
                    verdict = call(heard.claim)
                    if verdict is not PASS:
                        _note(heard, bound, verdict)
                except Exception as error:  # noqa: BLE001 (law 6: a crash is a finding)
                    _crash(heard, bound, error, ())


def _put_to_parts(of_parts: dict[Group, list[tuple[Heard, Claim, Any]]]) -> None:
    """Ask of a line, or of the lines of a day."""
    for group, some in of_parts.items():
        for call, bound in group.edits:
            for heard, claim, part in some:
                try:
                    verdict = call(claim, part)
                    if verdict is not PASS:
                        _note(heard, bound, verdict)
                except Exception as error:  # noqa: BLE001
                    _crash(heard, bound, error, part if part.__class__ is tuple else (part,))


def _run_each(groups: Groups, heard: Heard, beside: Any) -> None:
    """Ask edits that are called with the claim and one thing beside it, once each."""
    claim = heard.claim
    for group in groups:
        if group.of_claim is not None and not group.of_claim(claim):
            continue
        for call, bound in group.edits:
            try:
                verdict = call(claim, beside)
                if verdict is not PASS:
                    _note(heard, bound, verdict)
            except Exception as error:  # noqa: BLE001
                _crash(heard, bound, error, ())


def _run_pairs(groups: Groups, heard: Heard, lines: tuple[Line, ...]) -> None:
    """Ask of the pairs of a day's lines; the edits of a group share their search."""
    claim = heard.claim
    for group in groups:
        if not _concerned(group, claim, lines):
            continue
        try:
            proposed = group.search(claim, lines)  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001
            for _, bound in group.edits:
                _crash(heard, bound, error, lines)
            continue
        if proposed is NOTHING:
            continue
        for call, bound in group.edits:
            if proposed.missing is not None:
                heard.lacks.add(lacked(bound.edit, proposed.missing))
            for line, other, row in proposed.pairs:
                try:
                    verdict = call(claim, line, other, row)
                    if verdict is not PASS:
                        _note(heard, bound, verdict)
                except Exception as error:  # noqa: BLE001
                    _crash(heard, bound, error, (line, other))


def _run_diagnoses(plan: Plan, codes: Hashable, heard: Heard) -> None:
    claim = heard.claim
    for diagnosis in claim.diagnoses:
        first = diagnosis.first_day or claim.day
        last = diagnosis.last_day or first
        today = heard.own if last == claim.day else plan.on(last)
        table = today.diagnosis_codes
        first_table = table if first == last else plan.on(first).diagnosis_codes
        if table is None or first_table is None:
            missing = no_data("icd-10-cm", last if table is None else first)
            for edit in today.diagnosis_whole:
                heard.lacks.add(lacked(edit, missing))
            groups = today.diagnosis_partial
        elif table is first_table:
            groups = _left_of(today, last, codes, heard, diagnosis)
        else:
            groups = today.diagnosis
        for group in groups:
            if _concerned(group, claim, (diagnosis,)):
                for call, bound in group.edits:
                    try:
                        verdict = call(claim, diagnosis, first_table, table)
                        if verdict is not PASS:
                            _note(heard, bound, verdict)
                    except Exception as error:  # noqa: BLE001
                        _crash(heard, bound, error, ())


def _left_of(
    today: DayPlan, day: date, codes: Hashable, heard: Heard, diagnosis: Diagnosis
) -> Groups:
    """Return what the codes of a diagnosis of one day do not settle."""
    recall = today.diagnosis_of_day
    known = recall.of_claim(codes)
    own = DIAGNOSIS_CODES.of(diagnosis)
    settled = known.get(own)
    if settled is None or settled is recall.unsettled:
        table = today.diagnosis_codes
        settled = recall.meet(own, known, day, heard.claim, diagnosis, table, table)
    if settled.lacks:
        heard.lacks.add((settled.lacks, day))
    return settled.groups


def _crash(heard: Heard, bound: Bound, error: Exception, lines: tuple[Line, ...]) -> None:
    heard.failures.append(
        own_findings.failures(own_findings.edit_crashed, bound.edit.id, error, *lines)
    )


def _note(heard: Heard, bound: Bound, verdict: Any) -> None:
    edit, severity = bound.edit, bound.severity
    if verdict.__class__ is NoData:  # most are, and then it is all that is said
        heard.lacks.add(lacked(edit, verdict))
        return
    found: dict[Severity, list[Fail]] = {}
    for one in verdict if verdict.__class__ is tuple else (verdict,):
        if one.__class__ is NoData:
            heard.lacks.add(lacked(edit, one))
        elif one.__class__ is Fail:
            # A preview edit is seen and never decides.
            own = (edit.status != "preview" and one.severity) or severity
            found.setdefault(own, []).append(one)
        elif one.__class__ is Bypassed:
            heard.bypasses.append(Said(edit, severity, one))
        else:
            message = f"{edit.id} answered with {one.__class__.__name__}, which is no verdict"
            raise TypeError(message)
    for own, some in found.items():
        heard.failures.append(_FAILURES(Failures, (edit, own, tuple(some))))
