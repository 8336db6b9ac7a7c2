"""Two procedures of one day need an NCCI modifier (indicator 1)."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_pair_edit
from scrubber.edits.ncci._pairs import TABLES, ptp_pairs, separating
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail
from scrubber.reference.ncci_ptp import PtpRow


@line_pair_edit(
    id="ncci-ptp-modifier-required",
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
        "lines[].modifiers",
        "lines[].rendering_provider.npi",
        "rendering_provider.npi",
        "billing_provider.npi",
        "payers[].filing_indicator",
        "type",
    ),
    data=TABLES,
    partial_data=True,
    can_bypass=True,
    pairs=ptp_pairs,
    status_code=("A7:453", "A7:454"),
    carc=("236",),
    source="NCCI Policy Manual ch. I section E; CMS PTP-associated modifier list",
    checked=date(2026, 11, 24),
    message=(
        "Line {line} ({column2}) is bundled into line {other} ({column1}) on {date} "
        "unless a distinct service is shown by a modifier."
    ),
    fix=(
        "If the record shows a separate site, encounter or lesion, add the fitting "
        "modifier (XE, XP, XS, XU or 59, anatomic, 25 for E/M); otherwise remove the "
        "line."
    ),
)
def ncci_ptp_modifier_required(claim: Claim, column2: Line, column1: Line, row: PtpRow) -> Verdict:
    """
    Two procedures of one day need an NCCI modifier (indicator 1).

    Both may be paid when the record shows a distinct service, which one of the NCCI modifiers
    says. No modifier is proposed: a person reads the record.

    Not checked here: pairs that no modifier separates (`ncci-ptp-conflict`).
    """
    if row.indicator != "1":
        return PASS
    if found := separating(column2, column1):
        modifier, line = found
        return bypassed(f"modifier {modifier} on line {line.number}", column2, column1)
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
