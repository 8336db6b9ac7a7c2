"""A service date lies after the day the claim was received."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, Severity, Verdict, fail

NOTICES = ("A", "B", "C", "D", "E")


def _is_supply(procedure: str) -> bool:
    """Tell whether a code is an item of equipment, a prosthetic or a supply."""
    return procedure[:1] in ("B", "E", "K", "L") or "A4000" <= procedure <= "A9999"


def _complaint(claim: Claim, line: Line, field: str, day: date, severity: Severity | None) -> Fail:
    return fail(
        line.at(field), line, severity=severity, line=line.number, date=day, received=claim.received
    )


@claim_edit(
    id="service-date-in-future",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].service_from",
        "lines[].service_to",
        "lines[].procedure",
        "statement_to",
        "claim_frequency_code",
    ),
    status_code=("A7:187", "A7:510"),
    carc=("110",),
    source="837 2400 DTP*472; Medicare front-end edit (future date)",
    checked=date(2026, 11, 24),
    message="Line {line} has service date {date}, after the received date {received}.",
    fix="Correct the date or hold the claim.",
)
def service_date_in_future(claim: Claim) -> Verdict:
    """
    A service date lies after the day the claim was received.

    Received is the day on which the submitter sent the claim, at its latest in any time zone,
    never the clock of a worker. Equipment and supplies are billed for a period that may still
    run.
    """
    latest = claim.received_latest
    if claim.predetermination or claim.claim_frequency_code in NOTICES:
        return PASS
    complaints = []
    for line in claim.lines:
        start, end = line.service_from, line.service_to
        if start is not None and start > latest:
            complaints.append(_complaint(claim, line, "service_from", start, None))
        elif end is not None and end > latest:
            severity: Severity | None = "warn" if _is_supply(line.procedure) else None
            complaints.append(_complaint(claim, line, "service_to", end, severity))
    through = claim.statement_to
    if through is not None and through > latest:
        lines = f"1 to {len(claim.lines)}"
        complaints.append(fail("/statement_to", line=lines, date=through, received=claim.received))
    return tuple(complaints) or PASS
