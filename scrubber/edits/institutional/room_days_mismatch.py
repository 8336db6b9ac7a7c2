"""The room and board units do not fit the length of stay."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import (
    ACUTE,
    LATE_CHARGES,
    frequency_of,
    kind_of_bill,
    revenue_code,
)
from scrubber.edits.institutional._stay import stay_days
from scrubber.edits.verdict import PASS, Verdict, fail

FIRST_ROOM, LAST_ROOM = "010", "021"
LEAVE = "018"
NONE = Decimal(0)


@claim_edit(
    id="room-days-mismatch",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].revenue_code",
        "lines[].units",
        "statement_from",
        "statement_to",
        "admission.discharge_status",
        "admission.date",
    ),
    status_code=("A7:258",),
    source=(
        "Medicare Claims Processing Manual ch. 25 section 75 (accommodation units); 837I "
        "value codes 80, 81"
    ),
    checked=date(2026, 11, 26),
    message="Room units {units} do not match {days} days.",
    fix="Correct the units or the dates.",
)
def room_days_mismatch(claim: Claim) -> Verdict:
    """
    The room and board units do not fit the length of stay.

    Days count from the admission (or the statement's first day, when that is later) to the day
    before the last one; the last day counts for a patient who stays. Days of leave are billed
    under 018x and have no room. A bill of late charges has no rooms of its own.

    Not checked here: a patient who is still there on a last bill
    (`discharge-status-frequency-conflict`), whose days nobody can count.
    """
    if kind_of_bill(claim) != ACUTE or frequency_of(claim) == LATE_CHARGES:
        return PASS
    days = stay_days(claim)
    if days is None:
        return PASS
    rooms = leave = NONE
    for line in claim.lines:
        code = revenue_code(line)[:3]
        if code == LEAVE:
            leave += line.units or NONE
        elif FIRST_ROOM <= code <= LAST_ROOM:
            rooms += line.units or NONE
    if rooms == days - leave:
        return PASS
    return fail("/lines", units=rooms, days=days - leave)
