"""The units of a day exceed an absolute unit limit (MUE, MAI 2)."""

from datetime import date
from typing import Any

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.ncci._units import ABSOLUTE, TABLES, day_verdict
from scrubber.edits.verdict import Verdict


@day_edit(
    id="mue-exceeded",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].units",
        "lines[].unit_type",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].modifiers",
        "rendering_provider.npi",
        "billing_provider.npi",
        "type_of_bill",
        "payers[].filing_indicator",
        "type",
    ),
    data=TABLES,
    partial_data=True,
    status_code=("A7:476", "A7:258"),
    carc=("151",),
    source="NCCI Policy Manual ch. I section V; CMS MM8853 (MAI); MLN SE1422",
    checked=date(2026, 11, 24),
    message=(
        "{procedure} has {sum} units on {date}; the daily limit is {mue} and cannot be exceeded."
    ),
    fix="Correct the units; for a bilateral procedure use modifier 50 with one unit.",
)
def mue_exceeded(claim: Claim, lines: tuple[Line, ...], *tables: Any) -> Verdict:
    """
    The units of a day exceed an absolute unit limit (MUE, MAI 2).

    MAI 2 limits are absolute: law, anatomy or the definition of the code. Splitting lines or
    adding modifiers does not raise them, and all lines of the code fall, not the excess. A line
    over several days leaves it to a person.
    """
    return day_verdict(claim, lines, tables, ABSOLUTE, "review")
