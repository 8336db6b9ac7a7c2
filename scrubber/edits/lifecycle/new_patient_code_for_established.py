"""A new-patient visit is billed for a known patient."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cached_property

from scrubber.claim.calendar import add_months
from scrubber.claim.history import digest_of, who_rendered
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.code_ranges import CodeRange, among
from scrubber.edits.edit import history_edit
from scrubber.edits.lifecycle._earlier import HISTORY, each, others
from scrubber.edits.lifecycle._visits import VisitCodes
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data


class NewPatient(VisitCodes):
    """Which codes are for new patients, and how long a patient stays known."""

    new_patient: tuple[CodeRange, ...] = (
        ("92002", "92004"),
        ("99202", "99205"),
        ("99341", "99345"),
        ("99381", "99387"),
    )
    """First and last code of each range."""
    years: int = 3
    """The years before the visit in which nobody of the group has seen the patient."""

    @cached_property
    def is_new(self) -> Callable[[str], bool]:
        """The test whether a code is for new patients."""
        return among(self.new_patient)


def first_day_that_counts(day: date, years: int) -> date:
    """Return the same day so many years before; where there was no such day, the next one."""
    before = add_months(day, -12 * years)
    return before if before.day == day.day else before + timedelta(days=1)


def _said_of(claim: Claim, line: Line, prior: Prior, params: NewPatient) -> Iterator[Fail | NoData]:
    first = first_day_that_counts(line.day, params.years)
    seen = _last_seen(claim, line, prior, params.is_visit)
    if seen is not None and seen >= first:
        yield fail(
            line.at("procedure"), line, line=line.number, procedure=line.procedure, date=seen
        )
    elif prior.since > first:
        yield no_data(HISTORY, first)


def _last_seen(
    claim: Claim, line: Line, prior: Prior, is_visit: Callable[[str], bool]
) -> date | None:
    """Return the last day before the line on which the group's specialty saw the patient."""
    group = digest_of(claim.billing_provider.tax_id)
    specialty = who_rendered(claim, line)[1]
    if not (group and specialty):
        return None
    today = line.day.toordinal()
    days = [
        past.first
        for earlier in others(claim, prior)
        if earlier.group == group and earlier.type == "professional"
        for past in earlier.lines
        if 0 < past.first < today and past.specialty == specialty and is_visit(past.procedure)
    ]
    return date.fromordinal(max(days)) if days else None


@history_edit(
    id="new-patient-code-for-established",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "billing_provider.tax_id",
        "rendering_provider.taxonomy",
        "payers[].subscriber.member_id",
    ),
    params=NewPatient(),
    status_code=("A7:454", "A7:732"),
    carc=("B16",),
    source="Medicare Claims Processing Manual ch. 12 section 30.6.7",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} is for new patients; the group saw the patient on {date}.",
    fix="Use the established-patient code.",
)
def new_patient_code_for_established(
    claim: Claim, prior: Prior | None, params: NewPatient
) -> Verdict:
    """
    A new-patient visit is billed for a known patient.

    A patient is new to a group's specialty when nobody of it has seen the patient in the three
    years before, to the day. Another specialty of the group may bill new; an interpretation
    alone makes no patient known, so only visits count.
    """
    is_new = params.is_new
    visits = [line for line in claim.lines if is_new(line.procedure) and line.service_from]
    return each(claim, prior, visits, lambda line, prior: _said_of(claim, line, prior, params))
