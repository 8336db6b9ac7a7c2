"""A procedure in the global period has no 58, 78 or 79."""

from collections.abc import Iterator
from datetime import date, timedelta

from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import history_edit
from scrubber.edits.lifecycle._earlier import (
    FEE_SCHEDULE,
    HISTORY,
    LONGEST_PERIOD,
    Surgery,
    each,
    surgeries_before,
)
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data
from scrubber.reference.fee_schedule import FeeScheduleView

RELATED = frozenset(("58", "78", "79"))
RETURN = "78"
PROCEDURES = ("000", "010", "090")


def _said_of(
    claim: Claim, line: Line, prior: Prior, table: FeeScheduleView
) -> Iterator[Fail | NoData]:
    glob_days = table.glob_days(line.procedure, line.day.toordinal())
    if glob_days is None:
        yield no_data(FEE_SCHEDULE, line.day)
    if glob_days not in PROCEDURES:
        return
    unknown: list[NoData] = []
    for one in surgeries_before(claim, line, prior, table):
        if not isinstance(one, Surgery):
            unknown.append(one)
        elif RETURN not in one.line.modifiers.split():
            yield fail(
                line.at("procedure"),
                line,
                line=line.number,
                procedure=line.procedure,
                surgery=one.line.procedure,
            )
    yield from unknown
    reach = line.day - timedelta(days=LONGEST_PERIOD)
    if prior.since > reach:
        yield no_data(HISTORY, reach)


@history_edit(
    id="global-period-second-procedure",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "rendering_provider.npi",
    ),
    data=("pprrvu",),
    partial_data=True,
    status_code=("A7:453",),
    carc=("97",),
    source="Medicare Claims Processing Manual ch. 12 section 40.2.A.5 to A.7",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {procedure} is inside the global period of {surgery}; 58, 78 or 79 is "
        "missing."
    ),
    fix="58 staged, 78 unplanned return to the operating room, 79 unrelated.",
)
def global_period_second_procedure(
    claim: Claim, prior: Prior | None, table: FeeScheduleView | None
) -> Verdict:
    """
    A procedure in the global period has no 58, 78 or 79.

    A further procedure in the 10 or 90 days after a surgery is part of it, unless a modifier
    says that it was staged (58), an unplanned return to the operating room (78) or unrelated
    (79). 58 and 79 begin a period of their own, 78 does not.

    Not checked here: visits (`global-period-visit`), procedures of the same day (NCCI edits).
    """
    procedures = [
        line
        for line in claim.lines
        if line.procedure and line.service_from and RELATED.isdisjoint(line.modifiers)
    ]
    if table is None:  # said once, not of each line
        return each(claim, prior, procedures[:1], lambda *_: [no_data(FEE_SCHEDULE, claim.day)])
    return each(
        claim, prior, procedures, lambda line, prior: [*_said_of(claim, line, prior, table)][:1]
    )
