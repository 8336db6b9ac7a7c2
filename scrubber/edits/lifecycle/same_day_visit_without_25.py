"""A visit on the day of a minor procedure lacks modifier 25."""

from collections.abc import Iterable
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_pair_edit
from scrubber.edits.lifecycle._earlier import FEE_SCHEDULE
from scrubber.edits.lifecycle._ncci import reports
from scrubber.edits.lifecycle._visits import FIELDS, VisitCodes
from scrubber.edits.proposed import NOTHING, Proposed
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.fee_schedule import FeeScheduleView
from scrubber.reference.ncci_ptp import PtpView

MINOR = ("000", "010")
UNKNOWN = ""


def _visits_with_procedures(
    _claim: Claim,
    lines: tuple[Line, ...],
    table: FeeScheduleView | None,
    pairs: PtpView | None,
    params: VisitCodes,
) -> Proposed:
    """
    Return each visit with its provider's first minor procedure, and the global days of that.

    With `UNKNOWN` days where a procedure may be minor for all that the table says, and no other is;
    without a table each may be. Pairs that NCCI reports are left out.
    """
    visits = params.among(lines)
    if not visits or len(visits) == len(lines):
        return NOTHING
    others = [line for line in lines if line.procedure and line not in visits]
    if table is None:
        return Proposed([(visit, others[0], UNKNOWN) for visit in visits] if others else ())
    found = []
    for visit in visits:
        same = [
            line
            for line in others
            if line.rendering_npi == visit.rendering_npi
            and line.service_from == visit.service_from
            and not reports(pairs, visit, line)
        ]
        if nearest := _first_minor(same, table):
            found.append((visit, *nearest))
    return Proposed(found)


def _first_minor(lines: Iterable[Line], table: FeeScheduleView) -> tuple[Line, str] | None:
    unknown = None
    for line in sorted(lines, key=lambda one: one.number):
        glob_days = table.glob_days(line.procedure)
        if glob_days in MINOR:
            return line, glob_days
        if glob_days is None and unknown is None:
            unknown = line, UNKNOWN
    return unknown


@line_pair_edit(
    id="same-day-visit-without-25",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=FIELDS,
    data=("pprrvu", "ncci-ptp-practitioner"),
    partial_data=True,
    params=VisitCodes(),
    pairs=_visits_with_procedures,
    status_code=("A7:453",),
    carc=("97",),
    source="Medicare Claims Processing Manual ch. 12 section 30.6.6.B, 40.1",
    checked=date(2026, 11, 26),
    message="Line {line}: visit {procedure} on the day of {other_procedure} has no modifier 25.",
    fix="Add 25 only if the visit went beyond the usual work of the procedure.",
)
def same_day_visit_without_25(
    _claim: Claim, visit: Line, other: Line, glob_days: str, _params: VisitCodes
) -> Verdict:
    """
    A visit on the day of a minor procedure lacks modifier 25.

    The fee of a minor procedure (global days 000 or 010) pays the look at the patient before
    it. A visit of its own by the same provider says so with modifier 25; 24 and 57 do not help
    here.

    Not checked here: pairs that the NCCI table names (`ncci-ptp-modifier-required`), major
    surgery (`decision-for-surgery-without-57`).
    """
    if "25" in visit.modifiers:
        return PASS
    if glob_days == UNKNOWN:
        return no_data(FEE_SCHEDULE, visit.day)
    return fail(
        visit.at("procedure"),
        visit,
        other,
        line=visit.number,
        procedure=visit.procedure,
        other_procedure=other.procedure,
    )
