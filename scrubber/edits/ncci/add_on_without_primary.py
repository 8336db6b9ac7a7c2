"""An add-on code has none of its primary codes (type 1)."""

from datetime import date, timedelta

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.ncci._add_ons import ADD_ONS, complaint, is_primary, verdict_on
from scrubber.edits.verdict import Severity, Verdict
from scrubber.reference.ncci_aoc import AocView

PROLONGED_CRITICAL_CARE = "99292"


def _severity(claim: Claim, add_on: Line, table: AocView) -> Severity | None:
    certain = (
        claim.is_medicare
        and claim.type == "professional"
        and add_on.procedure != PROLONGED_CRITICAL_CARE
        and not _was_day_before(claim, add_on, table.find(add_on.procedure).primaries)
    )
    return None if certain else "review"


def _was_day_before(claim: Claim, add_on: Line, primaries: frozenset[str]) -> bool:
    before = add_on.day - timedelta(days=1)
    return any(line.procedure in primaries and line.day == before for line in claim.lines)


@day_edit(
    id="add-on-without-primary",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "lines[].units",
        "lines[].rendering_provider.npi",
        "rendering_provider.npi",
        "billing_provider.npi",
        "payers[].filing_indicator",
        "type",
    ),
    data=(ADD_ONS,),
    status_code=("A7:454", "A7:736"),
    carc=("107",),
    source="CMS NCCI add-on code edits (CR 7501); I/OCE edit 106",
    checked=date(2026, 11, 24),
    message="Line {line}: add-on {procedure} on {date} has no primary procedure.",
    fix="Add the primary procedure, or correct the date or provider.",
)
def add_on_without_primary(claim: Claim, lines: tuple[Line, ...], table: AocView) -> Verdict:
    """
    An add-on code has none of its primary codes (type 1).

    A type 1 add-on is paid only beside one of its listed primaries, same day, same provider.
    The primary of prolonged critical care may be a partner's, and a service past midnight has
    its primary the day before: there a person looks.
    """
    return verdict_on(
        lines,
        table,
        "1",
        is_primary,
        lambda add_on: complaint(add_on, _severity(claim, add_on, table)),
    )
