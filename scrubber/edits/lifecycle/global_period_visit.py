"""A visit falls into the surgeon's global period."""

from collections.abc import Iterator
from datetime import date, timedelta

from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import history_edit
from scrubber.edits.lifecycle._earlier import (
    HISTORY,
    LONGEST_PERIOD,
    Surgery,
    each,
    surgeries_before,
)
from scrubber.edits.lifecycle._visits import VisitCodes
from scrubber.edits.verdict import Bypassed, Fail, NoData, Verdict, bypassed, fail, no_data
from scrubber.reference.fee_schedule import FeeScheduleView

NO_PERIOD = ("54", "55", "56", "78")


def _said_of(
    claim: Claim, line: Line, prior: Prior, table: FeeScheduleView | None
) -> Iterator[Fail | Bypassed | NoData]:
    """Yield what the latest surgery with a period says, else why there is none."""
    split: list[Bypassed | NoData] = []
    for one in surgeries_before(claim, line, prior, table):
        if not isinstance(one, Surgery):
            split.append(one)
            continue
        told = [modifier for modifier in one.line.modifiers.split() if modifier in NO_PERIOD]
        if not told:
            yield _complaint(line, one)
            return
        split.append(bypassed(f"modifier {told[0]} on the surgery", line))
    reach = line.day - timedelta(days=LONGEST_PERIOD)
    if not split and prior.since > reach:
        split.append(no_data(HISTORY, reach))
    yield from split[:1]


def _complaint(line: Line, surgery: Surgery) -> Fail:
    performed = date.fromordinal(surgery.line.first)
    return fail(
        line.at("procedure"),
        line,
        line=line.number,
        date=performed + timedelta(days=surgery.day),
        n=surgery.day,
        glob=int(surgery.glob_days),
        surgery=surgery.line.procedure,
        surgery_date=performed,
    )


@history_edit(
    id="global-period-visit",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "rendering_provider.npi",
        "rendering_provider.taxonomy",
        "billing_provider.tax_id",
    ),
    data=("pprrvu",),
    partial_data=True,
    can_bypass=True,
    params=VisitCodes(),
    status_code=("A7:453", "A7:735"),
    carc=("97",),
    source="Medicare Claims Processing Manual ch. 12 section 40; MPFS global surgery indicator",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: visit on {date} is day {n} of the {glob} day period of {surgery} "
        "({surgery_date})."
    ),
    fix="Drop it if it is follow-up care; add 24 if it is unrelated and documented.",
)
def global_period_visit(
    claim: Claim, prior: Prior | None, table: FeeScheduleView | None, params: VisitCodes
) -> Verdict:
    """
    A visit falls into the surgeon's global period.

    The fee of a surgery pays the surgeon's visits of the next 10 or 90 days; the day after it
    is day 1. A visit for something else says so with modifier 24. Where the care was split
    (54, 55, 56), or the surgery was a return to the operating room (78), no period of the
    surgeon's began.

    Not checked here: the day of the surgery and the day before
    (`decision-for-surgery-without-57`, `same-day-visit-without-25`).
    """
    visits = [line for line in params.among(claim.lines) if "24" not in line.modifiers]
    return each(claim, prior, visits, lambda line, prior: _said_of(claim, line, prior, table))
