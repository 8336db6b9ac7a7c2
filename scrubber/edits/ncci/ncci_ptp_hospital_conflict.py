"""Two outpatient hospital procedures of one day conflict (NCCI)."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_pair_edit
from scrubber.edits.ncci._pairs import TABLES, ptp_pairs, separating
from scrubber.edits.verdict import Verdict, bypassed, fail
from scrubber.reference.ncci_ptp import PtpRow


@line_pair_edit(
    id="ncci-ptp-hospital-conflict",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "lines[].modifiers",
        "type_of_bill",
        "billing_provider.npi",
        "payers[].filing_indicator",
    ),
    data=TABLES,
    partial_data=True,
    can_bypass=True,
    pairs=ptp_pairs,
    status_code=("A7:454", "A7:732"),
    carc=("236",),
    source="I/OCE edits 20 and 40 (line item rejection); NCCI outpatient hospital PTP table",
    checked=date(2026, 11, 26),
    message="Line {line} ({column2}) conflicts with line {other} ({column1}) on {date}.",
    fix="Remove the column 2 line or add the modifier the record supports.",
)
def ncci_ptp_hospital_conflict(claim: Claim, column2: Line, column1: Line, row: PtpRow) -> Verdict:
    """
    Two outpatient hospital procedures of one day conflict (NCCI).

    A hospital's pairs hold for the facility and the day, whoever did the procedures. The bill
    type says whether the outpatient editor runs them. Where an inpatient-only procedure denies
    the day, nothing else is edited on it.
    """
    found = separating(column2, column1) if row.indicator == "1" else None
    if found:
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
