"""An ambulance line has no valid origin and destination modifier."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._modifiers import is_route
from scrubber.edits.verdict import PASS, Verdict, fail

FIRST, LAST = "A0425", "A0436"
DIED_AFTER_CALL = "QL"


@line_edit(
    id="ambulance-origin-destination-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].modifiers", "type_of_bill", "payers[].filing_indicator"),
    status_code=("A7:453", "A7:266"),
    carc=("4",),
    source="Medicare Claims Processing Manual ch. 15 section 30.A",
    checked=date(2026, 11, 26),
    message="Line {line}: ambulance {procedure} needs an origin and destination modifier.",
    fix="Add the pair, for example RH.",
)
def ambulance_origin_destination_invalid(claim: Claim, line: Line) -> Verdict:
    """
    An ambulance line has no valid origin and destination modifier.

    An ambulance line says from where to where: two letters, an origin and a destination. X, a
    stop on the way to the hospital, is only ever a destination. QL alone tells that the patient
    died before the ambulance came.
    """
    if not FIRST <= line.procedure <= LAST or claim.is_inpatient:
        return PASS
    modifiers = line.modifiers
    if DIED_AFTER_CALL in modifiers or any(map(is_route, modifiers)):
        return PASS
    return fail(
        line.at("modifiers"),
        line,
        severity=None if claim.is_medicare else "review",
        line=line.number,
        procedure=line.procedure,
    )
