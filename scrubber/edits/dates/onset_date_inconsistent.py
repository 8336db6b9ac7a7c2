"""The onset date is after the service."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@claim_edit(
    id="onset-date-inconsistent",
    severity="warn",
    status="active",
    added="0.1.0",
    applies_to=("professional",),
    fields=("onset_date", "lines[].service_from", "patient.birth_date"),
    status_code=("A7:397",),
    source="837P 2300 DTP*431",
    checked=date(2026, 11, 26),
    message="The onset date is after the first service date.",
    fix="Correct or drop the onset date.",
)
def onset_date_inconsistent(claim: Claim) -> Verdict:
    """
    The onset date is after the service.

    An illness begins before it is treated, and not before its patient is born.
    """
    onset = claim.onset_date
    if onset is None:
        return PASS
    born = claim.patient.birth_date
    if born is not None and onset < born:
        return fail("/onset_date")
    days = [line.service_from for line in claim.lines if line.service_from is not None]
    return fail("/onset_date") if days and onset > min(days) else PASS
