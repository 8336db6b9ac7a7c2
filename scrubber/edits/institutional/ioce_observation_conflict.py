"""Observation codes are used in a way the editor returns."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import claim_edit
from scrubber.edits.outpatient import EDITOR, PROGRAMS, bill_of, day_is_denied
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, several
from scrubber.reference.outpatient_codes import OutpatientView

HOURS, DIRECT_ADMISSION = "G0378", "G0379"
OBSERVATION = frozenset((HOURS, DIRECT_ADMISSION))
#: Outpatient bills of a hospital, and those of a critical access hospital.
TAKE_OBSERVATION = ("13", "85")


def _said_of(claim: Claim, editor: OutpatientView | None) -> Iterator[Fail]:
    elsewhere = bill_of(claim) not in TAKE_OBSERVATION
    seen = False
    for _, lines in claim.by_day:
        if not elsewhere and day_is_denied(claim, lines, editor):
            continue
        hours_of_day = any(line.procedure == HOURS for line in lines)
        for line in lines:
            if line.procedure not in OBSERVATION:
                continue
            if elsewhere:
                yield _complaint(line, "on a bill type that does not take it", certain=False)
            elif line.procedure == HOURS:
                if seen:
                    problem = "there a second time"
                    # The editor does not count them on the bills of a program.
                    own_rules = not PROGRAMS.isdisjoint(claim.condition_codes)
                    yield _complaint(line, problem, certain=claim.is_medicare and not own_rules)
                seen = True
            elif not hours_of_day:
                problem = "without G0378 on the same date"
                yield _complaint(line, problem, certain=claim.is_medicare)


def _complaint(line: Line, problem: str, *, certain: bool) -> Fail:
    return fail(
        line.at("procedure"),
        line,
        severity=None if certain else "review",
        procedure=line.procedure,
        line=line.number,
        problem=problem,
    )


@claim_edit(
    id="ioce-observation-conflict",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    data=(EDITOR,),
    partial_data=True,
    status_code=("A7:507", "A7:228"),
    carc=("16",),
    source="I/OCE edits 51, 53 and 58",
    checked=date(2026, 11, 26),
    message="Observation {procedure} on line {line} is {problem}.",
    fix="One G0378 line with the hours as units, dated at the start of observation.",
)
def ioce_observation_conflict(claim: Claim, editor: OutpatientView | None) -> Verdict:
    """
    Observation codes are used in a way the editor returns.

    A claim has one line of observation hours (G0378), dated at its start, and a direct admission
    (G0379) only beside it. Both are for outpatient bills of hospitals.
    """
    if claim.is_inpatient or OBSERVATION.isdisjoint([line.procedure for line in claim.lines]):
        return PASS
    return several(_said_of(claim, editor))
