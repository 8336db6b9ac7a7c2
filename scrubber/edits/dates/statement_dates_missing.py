"""An institutional claim has no statement period."""

from datetime import date

from scrubber.claim.calendar import add_months
from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

LONGEST_DAYS, YEAR = 365, 12


@claim_edit(
    id="statement-dates-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("institutional",),
    fields=("statement_from", "statement_to"),
    status_code=("A6:188",),
    source="837I 2300 DTP*434",
    checked=date(2026, 11, 26),
    message="The statement period is incomplete.",
    fix="Enter the from and through dates of the bill.",
)
def statement_dates_missing(claim: Claim) -> Verdict:
    """
    An institutional claim has no statement period.

    A period of more than a year is possible, but more often a mistyped year: a note.
    """
    start, end = claim.statement_from, claim.statement_to
    if start is None or end is None:
        return fail("/statement_from" if start is None else "/statement_to")
    if (end - start).days < LONGEST_DAYS or end <= add_months(start, YEAR):
        return PASS
    return fail("/statement_to", severity="warn")
