"""The day's units over several claims exceed the unit limit."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from scrubber.claim.history import VOID, PastLine
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.edits.edit import history_edit
from scrubber.edits.ncci._earlier_claims import HISTORY, same_party_claims, same_provider
from scrubber.edits.ncci._units import (
    ABSOLUTE,
    CLINICAL,
    TABLES,
    WHOLE,
    limits,
    table_for,
    units_of_day,
)
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.ncci_mue import MueView


def _units_on(past: PastLine, day: int) -> Decimal:
    """Return the units of an earlier line on a day, none where it counts none."""
    if not past.first <= day <= past.last or "GY" in past.modifiers.split():
        return Decimal(0)
    units = Decimal(past.units or 0)
    days = past.last - past.first + 1
    return units if days == 1 else (units / days).quantize(WHOLE, ROUND_HALF_UP)


def _said_of(claim: Claim, prior: Prior, own: MueView, kind: str) -> Iterator[Fail | NoData]:
    services = [past for earlier in same_party_claims(claim, prior) for past in earlier.lines]
    for day, lines in claim.by_day:
        if day < prior.since:
            yield no_data(HISTORY, day)
        table = own if day == claim.day else own.on(day)
        if table is None:
            yield no_data(kind, day)
            continue
        limited = limits(lines, table)
        for one in units_of_day(claim, lines, limited, ABSOLUTE + CLINICAL) if services else ():
            earlier = sum(
                (
                    _units_on(past, day.toordinal())
                    for past in services
                    if past.procedure == one.row.code and same_provider(claim, one.lines[0], past)
                ),
                Decimal(0),
            )
            # Too many on this claim alone are the day edits' to report.
            if one.units <= one.row.value < one.units + earlier:
                yield fail(
                    one.lines[0].at("units"),
                    *one.lines,
                    procedure=one.row.code,
                    sum=one.units + earlier,
                    date=day,
                    mue=one.row.value,
                )


@history_edit(
    id="mue-exceeded-across-claims",
    severity="review",
    status="preview",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].units",
        "lines[].service_from",
        "rendering_provider.npi",
        "payers[].subscriber.member_id",
        "claim_frequency_code",
    ),
    data=TABLES,
    partial_data=True,
    carc=("151",),
    source="NCCI Policy Manual ch. I section V (date of service edits sum over claims)",
    checked=date(2026, 11, 26),
    message=(
        "{procedure} reaches {sum} units on {date} together with earlier claims; the limit is "
        "{mue}."
    ),
    fix="Check for a repeated claim; replace the earlier claim instead of adding one.",
)
def mue_exceeded_across_claims(claim: Claim, prior: Prior | None, *tables: Any) -> Verdict:
    """
    The day's units over several claims exceed the unit limit.

    The limits of a day (MAI 2 and 3) hold for the patient, provider, code and day over all
    claims. Claims that were voided or replaced do not count, nor the one that this claim
    corrects.
    """
    kind, table = table_for(claim, tables)
    if not kind or claim.claim_frequency_code == VOID:
        return PASS
    if prior is None:
        return no_data(HISTORY, claim.day)
    if table is None:
        return no_data(kind, claim.day)
    return several(_said_of(claim, prior, table, kind))
