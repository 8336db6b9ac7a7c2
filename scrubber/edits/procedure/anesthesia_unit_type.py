"""Anesthesia time is not in minutes, or minutes are used elsewhere."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._anesthesia import is_anesthesia
from scrubber.edits.verdict import PASS, Severity, Verdict, bypassed, fail

MINUTES = "MJ"
UNITS = "UN"
WITHOUT_TIME = ("01953", "01996")


class UnitsAccepted(Params):
    """How the payer wants anesthesia time."""

    units_accepted: bool = False
    """The payer, other than Medicare, takes units instead of minutes."""


@line_edit(
    id="anesthesia-unit-type",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].unit_type", "lines[].units", "payers[].filing_indicator"),
    can_bypass=True,
    params=UnitsAccepted(),
    status_code=("A7:659", "A7:251"),
    carc=("16",),
    source="837P 2400 SV103 (MJ required for anesthesia time)",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has unit type {unit_type}.",
    fix="Report anesthesia time in minutes with MJ.",
)
def anesthesia_unit_type(claim: Claim, line: Line, params: UnitsAccepted) -> Verdict:
    """
    Anesthesia time is not in minutes, or minutes are used elsewhere.

    Anesthesia is paid by time, and time is sent in minutes (MJ); four units may be four minutes or
    an hour. Some payers want units, for labor above all. Minutes on another code are a note.
    """
    code, unit_type = line.procedure, line.unit_type
    if unit_type == MINUTES:
        if not code or (is_anesthesia(code) and code not in WITHOUT_TIME):
            return PASS
        severity: Severity | None = "warn"
    else:
        if unit_type != UNITS or not is_anesthesia(code) or code in WITHOUT_TIME:
            return PASS
        medicare = claim.destination.filing_indicator == "MB"
        if params.units_accepted and not medicare:
            return bypassed("the payer takes units", line)
        severity = None if medicare else "review"
    return fail(
        line.at("unit_type"),
        line,
        severity=severity,
        line=line.number,
        procedure=code,
        unit_type=unit_type,
    )
