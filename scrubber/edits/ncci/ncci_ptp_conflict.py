"""Two procedures of one day may never be billed together (NCCI indicator 0)."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_pair_edit
from scrubber.edits.ncci._pairs import TABLES, ptp_pairs
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.ncci_ptp import PtpRow


@line_pair_edit(
    id="ncci-ptp-conflict",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].qualifier",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].units",
        "lines[].rendering_provider.npi",
        "rendering_provider.npi",
        "billing_provider.npi",
        "lines[].modifiers",
        "payers[].filing_indicator",
        "type",
    ),
    data=TABLES,
    partial_data=True,
    pairs=ptp_pairs,
    status_code=("A7:454", "A7:732"),
    carc=("236",),
    source=(
        "NCCI Policy Manual ch. I sections A, D, E; Medicare Claims Processing Manual ch."
        " 23 section 20.9"
    ),
    checked=date(2026, 11, 24),
    message=(
        "Line {line} ({column2}) cannot be billed with line {other} ({column1}) on "
        "{date}; no modifier is allowed."
    ),
    fix="Remove the column 2 line unless a date or provider is wrong.",
)
def ncci_ptp_conflict(claim: Claim, column2: Line, column1: Line, row: PtpRow) -> Verdict:
    """
    Two procedures of one day may never be billed together (NCCI indicator 0).

    The column 2 code is part of the column 1 code, or cannot be done beside it; the column 2
    line is not payable, be it the dearer one.

    Not checked here: pairs that a modifier separates (`ncci-ptp-modifier-required`).
    """
    if row.indicator != "0":
        return PASS
    certain = claim.is_medicare and column1.one_day and column2.one_day
    return fail(
        column2.at("procedure"),
        column2,
        severity=None if certain else "review",
        line=column2.number,
        other=column1.number,
        column2=column2.procedure,
        column1=column1.procedure,
        date=column2.day,
    )
