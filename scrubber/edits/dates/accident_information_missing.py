"""An accident is indicated without its date or state."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, several

ACCIDENTS = ("AA", "OA")
CAUSES = (*ACCIDENTS, "EM")
HERE = ("", "US", "USA")


def _complaints_of_causes(claim: Claim) -> list[Fail]:
    complaints = []
    for i, cause in enumerate(claim.related_causes):
        if cause not in CAUSES:
            missing = "a standard code: AA, EM or OA"
            complaints.append(fail(f"/related_causes/{i}", cause=cause, missing=missing))
        if cause in ACCIDENTS and claim.accident_date is None:
            complaints.append(fail("/accident_date", cause=cause, missing="the accident date"))
        if cause == "AA" and not claim.accident_state and claim.accident_country in HERE:
            complaints.append(fail("/accident_state", cause=cause, missing="the accident state"))
        if cause == "EM" and claim.destination.filing_indicator != "WC":
            missing = "a workers compensation payer"
            at = f"/related_causes/{i}"
            complaints.append(fail(at, severity="warn", cause=cause, missing=missing))
    return complaints


@claim_edit(
    id="accident-information-missing",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "dental"),
    fields=(
        "related_causes",
        "accident_date",
        "accident_state",
        "lines[].service_from",
        "payers[].filing_indicator",
    ),
    status_code=("A6:727", "A6:750", "A7:633"),
    carc=("16",),
    source="837P/837D 2300 CLM11-1 to CLM11-5, DTP*439",
    checked=date(2026, 11, 26),
    message="Related cause {cause} needs {missing}.",
    fix="Add the accident date, and the state for an auto accident.",
)
def accident_information_missing(claim: Claim) -> Verdict:
    """
    An accident is indicated without its date or state.

    A claim may hold a visit from before the accident, so an accident date between two services
    is a note only. An accident abroad has no state.
    """
    happened = claim.accident_date
    if happened is None and not claim.related_causes:
        return PASS
    complaints = _complaints_of_causes(claim)
    starts = [line.service_from for line in claim.lines if line.service_from is not None]
    if happened is not None and starts and happened > min(starts):
        ends = [line.service_to for line in claim.lines if line.service_to is not None]
        complaints.append(
            fail(
                "/accident_date",
                severity=None if happened > max(ends) else "warn",
                cause=claim.related_causes[0] if claim.related_causes else "none",
                missing="an accident date on or before the services",
            )
        )
    return several(complaints)
