"""The claim is past the payer's filing limit."""

from datetime import date, timedelta

from scrubber.claim.calendar import add_months, next_working_day
from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data

SHORTEST_MONTH = 28


class FilingLimit(Params):
    """How long after the service a payer takes a claim."""

    medicare_months: int = 12
    """Medicare fee-for-service: one calendar year."""
    months: int | None = None
    """Another payer's limit in months."""
    days: int | None = None
    """Another payer's limit in days, where it is not stated in months."""
    warn_days: int = 15
    """From how many days before the limit a note is made."""
    corrections_from_remittance: bool = False
    """Frequencies 7 and 8 are counted from the original's remittance."""


def _start(claim: Claim) -> date | None:
    if claim.type == "institutional":
        return claim.statement_to
    for line in claim.lines:
        if line.service_from:
            return claim.day  # the earliest date of service
    return None


@claim_edit(
    id="timely-filing-exceeded",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].service_from",
        "statement_to",
        "payers[].payer_id",
        "payers[].filing_indicator",
        "claim_frequency_code",
    ),
    can_bypass=True,
    params=FilingLimit(),
    status_code=("A3:718",),
    carc=("29",),
    source="42 CFR 424.44; Medicare Claims Processing Manual ch. 1 section 70",
    checked=date(2026, 11, 24),
    message="Service date {date} is {days} days old; {payer_id} accepts {limit}.",
    fix="File at once, or add proof of timely filing and a delay reason.",
)
def timely_filing_exceeded(claim: Claim, params: FilingLimit) -> Verdict:
    """
    The claim is past the payer's filing limit.

    Medicare takes a claim within one calendar year of the service (the through date of an
    institutional claim), moved to the next working day when it ends on a weekend or federal
    holiday. Others say it in their contracts; where no pack does, nobody knows.
    """
    start = _start(claim)
    months = params.medicare_months if claim.is_medicare else params.months
    if start is None or (months is None and params.days is None):
        return PASS if start is None else no_data("payer-profile", claim.day)
    age = (claim.received - start).days
    if age < (params.days or (months or 0) * SHORTEST_MONTH) - params.warn_days:
        return PASS
    last = start + timedelta(days=params.days or 0) if months is None else add_months(start, months)
    last = next_working_day(last)
    if claim.received + timedelta(days=params.warn_days) < last:
        return PASS
    if claim.delay_reason_code:
        return bypassed("a delay reason is given")
    if claim.claim_frequency_code in ("7", "8") and params.corrections_from_remittance:
        return bypassed("corrections are counted from the remittance")
    limit = f"{params.days} days" if months is None else f"{months} months"
    return fail(
        "/statement_to" if claim.type == "institutional" else "/lines",
        severity="warn" if claim.received <= last else None,
        date=start,
        days=age,
        payer_id=claim.destination.payer_id or "the payer",
        limit=limit,
    )
