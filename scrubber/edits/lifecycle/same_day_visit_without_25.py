"""A visit on the day of a minor procedure lacks modifier 25."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.lifecycle._earlier import FEE_SCHEDULE
from scrubber.edits.lifecycle._ncci import reports
from scrubber.edits.lifecycle._visits import VisitCodes
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.fee_schedule import FeeScheduleView
from scrubber.reference.ncci_ptp import PtpView

MINOR = ("000", "010")


def _bundled(
    visits: list[Line], others: list[Line], table: FeeScheduleView, pairs: PtpView | None
) -> Iterator[Fail | NoData]:
    for visit in visits:
        same = [
            line
            for line in others
            if line.rendering_npi == visit.rendering_npi
            and line.service_from == visit.service_from
            and not reports(pairs, visit, line)
        ]
        known = [(line, table.glob_days(line.procedure)) for line in same]
        minor = [line for line, glob_days in known if glob_days in MINOR]
        if minor:
            yield _complaint(visit, min(minor, key=lambda line: line.number))
        elif any(glob_days is None for _, glob_days in known):
            yield no_data(FEE_SCHEDULE, visit.day)


def _complaint(visit: Line, other: Line) -> Fail:
    return fail(
        visit.at("procedure"),
        visit,
        other,
        line=visit.number,
        procedure=visit.procedure,
        other_procedure=other.procedure,
    )


@day_edit(
    id="same-day-visit-without-25",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "rendering_provider.npi",
        "lines[].rendering_provider.npi",
    ),
    data=("pprrvu", "ncci-ptp-practitioner"),
    partial_data=True,
    params=VisitCodes(),
    status_code=("A7:453",),
    carc=("97",),
    source="Medicare Claims Processing Manual ch. 12 section 30.6.6.B, 40.1",
    checked=date(2026, 11, 26),
    message="Line {line}: visit {procedure} on the day of {other_procedure} has no modifier 25.",
    fix="Add 25 only if the visit went beyond the usual work of the procedure.",
)
def same_day_visit_without_25(
    _claim: Claim,
    lines: tuple[Line, ...],
    table: FeeScheduleView | None,
    pairs: PtpView | None,
    params: VisitCodes,
) -> Verdict:
    """
    A visit on the day of a minor procedure lacks modifier 25.

    The fee of a minor procedure (global days 000 or 010) pays the look at the patient before
    it. A visit of its own by the same provider says so with modifier 25; 24 and 57 do not help
    here.

    Not checked here: pairs that the NCCI table names (`ncci-ptp-modifier-required`), major
    surgery (`decision-for-surgery-without-57`).
    """
    if len(lines) < 2:  # noqa: PLR2004 (a visit and a procedure)
        return PASS
    is_visit = params.is_visit
    visits = [line for line in lines if is_visit(line.procedure) and "25" not in line.modifiers]
    if not visits:
        return PASS
    others = [line for line in lines if line.procedure and not is_visit(line.procedure)]
    if not others:
        return PASS
    if table is None:
        return no_data(FEE_SCHEDULE, lines[0].day)
    return several(_bundled(visits, others, table, pairs))
