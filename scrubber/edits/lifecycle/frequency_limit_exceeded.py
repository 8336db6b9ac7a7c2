"""A service is repeated sooner than the coverage allows."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from scrubber.claim.calendar import add_months
from scrubber.claim.history import digest_of
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import Params, history_edit
from scrubber.edits.lifecycle._earlier import HISTORY, each, others
from scrubber.edits.lifecycle._groups import CodeGroup, codes_of, lines_of
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data

LIFETIME = 0
EVER = date(1900, 1, 1)  # a history from here on holds a life


class FrequencyLimit(CodeGroup):
    """How often a payer covers what the codes stand for."""

    counted: tuple[str, ...] = ()
    """Earlier services that count; the codes themselves when empty."""
    months: int = LIFETIME
    """Full months between; 0 is once in a lifetime."""
    count: int = 1
    medicare: bool = True
    """The limit is Medicare's."""


class FrequencyLimits(Params):
    """The limits in use."""

    limits: tuple[FrequencyLimit, ...] = (
        FrequencyLimit(codes=("G0438",)),
        FrequencyLimit(codes=("G0439",), counted=("G0438", "G0439"), months=11),
        FrequencyLimit(codes=("77067",), months=11),
        FrequencyLimit(codes=("G0121",), months=119),
    )
    """Codes, full months between (0: once in a lifetime), how many, which earlier codes count."""

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes that have a limit."""
        return codes_of(self.limits)


def covered_again(day: date, months: int) -> date:
    """Return the first day after so many full months, which begin with the month after the day."""
    return add_months(day.replace(day=1), months + 1)


def _said_of(
    claim: Claim, line: Line, limit: FrequencyLimit, prior: Prior
) -> Iterator[Fail | NoData]:
    days = sorted(_earlier_days(claim, line, limit, prior))
    if len(days) >= limit.count:
        last = date.fromordinal(days[-1])
        # With a count, the oldest of the last so many makes room for the next one.
        again = covered_again(date.fromordinal(days[-limit.count]), limit.months)
        if limit.months == LIFETIME or line.day < again:
            yield fail(
                line.at("procedure"),
                line,
                line=line.number,
                procedure=line.procedure,
                date=last,
                next="no later day" if limit.months == LIFETIME else again,
            )
            return
    # The earliest day whose service would still stand in the way.
    reach = EVER
    if limit.months != LIFETIME:
        reach = add_months(line.day.replace(day=1), -limit.months)
    if prior.since > reach:
        yield no_data(HISTORY, reach)


def _earlier_days(claim: Claim, line: Line, limit: FrequencyLimit, prior: Prior) -> set[int]:
    """Return the days before the line on which the same payer was billed, and did not deny."""
    payer = digest_of(claim.destination.payer_id)
    today = line.day.toordinal()
    counted = limit.counted or limit.codes
    return {
        past.first
        for earlier in others(claim, prior)
        if earlier.payer == payer
        and not (earlier.payment and (earlier.payment.denied or earlier.payment.reversal))
        for past in earlier.lines
        if past.procedure in counted and 0 < past.first < today
    }


@history_edit(
    id="frequency-limit-exceeded",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "payers[].filing_indicator",
        "payers[].subscriber.member_id",
    ),
    params=FrequencyLimits(),
    status_code=("A7:259",),
    carc=("119", "151"),
    source="42 CFR 410 subpart B; Medicare Claims Processing Manual ch. 18",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} was last billed on {date}; it is covered again from {next}.",
    fix="Check eligibility; give the patient notice if it is not covered.",
)
def frequency_limit_exceeded(claim: Claim, prior: Prior | None, params: FrequencyLimits) -> Verdict:
    """
    A service is repeated sooner than the coverage allows.

    Screenings and wellness visits are covered once in so many full months, counted from the
    month after the last one, or once in a lifetime. The history holds what went through here;
    the payer knows of others, so a pass is no promise. What the payer denied did not use the
    benefit up.
    """
    concerned = lines_of(claim, params.limits, params.codes)
    if not concerned:
        return PASS
    limits = [one for one in concerned if claim.is_medicare or not one[1].medicare]
    return each(claim, prior, limits, lambda one, prior: _said_of(claim, *one, prior))
