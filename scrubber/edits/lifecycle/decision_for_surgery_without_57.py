"""The visit that decided on major surgery lacks modifier 57."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.history import VOID, who_rendered
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import history_edit
from scrubber.edits.lifecycle._earlier import FEE_SCHEDULE, HISTORY, others, same_provider
from scrubber.edits.lifecycle._visits import VisitCodes
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.fee_schedule import FeeScheduleView

MAJOR = "090"
OTHER_REASONS = frozenset(("24", "25", "57"))


def _said_of(
    claim: Claim, visit: Line, prior: Prior | None, table: FeeScheduleView
) -> Iterator[Fail | NoData]:
    unknown: list[NoData] = []
    for code, day in _done(claim, visit, prior):
        glob_days = table.glob_days(code, day)
        if glob_days == MAJOR:
            yield fail(
                visit.at("procedure"), visit, line=visit.number, date=visit.day, surgery=code
            )
        elif glob_days is None:
            unknown.append(no_data(FEE_SCHEDULE, date.fromordinal(day)))
    yield from unknown
    if prior is None or prior.since > visit.day:
        yield no_data(HISTORY, visit.day)


def _done(claim: Claim, visit: Line, prior: Prior | None) -> Iterator[tuple[str, int]]:
    """Yield what the provider did on the day of the visit and the day after, and on which day."""
    today = visit.day.toordinal()
    for line in claim.lines:
        started = line.service_from.toordinal() if line.service_from else 0
        if (
            line is not visit
            and line.procedure
            and line.rendering_npi == visit.rendering_npi
            and started - today in (0, 1)
        ):
            yield line.procedure, started
    if prior is None or not prior.accepted:
        return
    own = who_rendered(claim, visit)
    for earlier in others(claim, prior):
        for past in earlier.lines:
            if (
                past.first - today in (0, 1)
                and past.procedure
                and earlier.type == "professional"
                and same_provider(claim, own, earlier, past)
            ):
                yield past.procedure, past.first


@history_edit(
    id="decision-for-surgery-without-57",
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
    params=VisitCodes(),
    status_code=("A7:453",),
    carc=("97",),
    source="Medicare Claims Processing Manual ch. 12 section 40.2.A.4",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: visit on {date} belongs to surgery {surgery} unless it was the decision (57)."
    ),
    fix="Add 57 if the decision for surgery was made at this visit.",
)
def decision_for_surgery_without_57(
    claim: Claim, prior: Prior | None, table: FeeScheduleView | None, params: VisitCodes
) -> Verdict:
    """
    The visit that decided on major surgery lacks modifier 57.

    The fee of a major surgery (global days 090) pays the surgeon's visits of that day and of
    the day before. The visit that decided on it is paid, and says so with modifier 57; 24 and
    25 name other reasons.

    Not checked here: the days after the surgery (`global-period-visit`).
    """
    visits = [
        line
        for line in params.among(claim.lines)
        if line.service_from and OTHER_REASONS.isdisjoint(line.modifiers)
    ]
    if not visits or claim.claim_frequency_code == VOID:
        return PASS
    if table is None:
        return no_data(FEE_SCHEDULE, claim.day)
    said: list[Fail | NoData] = []
    for visit in visits:
        # A miss without history is none; a surgery on this very claim counts all the same.
        said += [*_said_of(claim, visit, prior, table)][:1]
    return several(said)
