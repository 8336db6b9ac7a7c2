"""The units of a day exceed a clinical unit limit (MUE, MAI 3)."""

from datetime import date
from typing import Any

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.ncci._units import CLINICAL, TABLES, day_verdict
from scrubber.edits.verdict import PASS, Verdict


@day_edit(
    id="mue-exceeded-clinical",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    when=("claim.is_medicare",),
    fields=(
        "lines[].procedure",
        "lines[].units",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].modifiers",
        "type",
    ),
    data=TABLES,
    partial_data=True,
    status_code=("A7:476", "A7:258"),
    carc=("151",),
    source="NCCI Policy Manual ch. I section V; CMS MM8853",
    checked=date(2026, 11, 24),
    message=(
        "{procedure} has {sum} units on {date}; more than {mue} a day needs support in the record."
    ),
    fix="Confirm the units against the record before billing; keep the proof for appeal.",
)
def mue_exceeded_clinical(claim: Claim, lines: tuple[Line, ...], *tables: Any) -> Verdict:
    """
    The units of a day exceed a clinical unit limit (MUE, MAI 3).

    MAI 3 limits are clinical: the payer may pay more with the record beside the claim.
    """
    if not claim.is_medicare:
        return PASS
    return day_verdict(claim, lines, tables, CLINICAL, None)
