"""A place of service code does not exist."""

import re
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._places import place_at
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, no_data
from scrubber.reference.code_set import CodeSetView as PlaceView

PLACE = re.compile("[0-9]{2}")


class KnownPlaces(Params):
    """Places newer than the loaded list."""

    also_known: tuple[str, ...] = ("27", "66")
    """Codes that count as listed: outreach site (2023-10-01), PACE center (2024-08-01)."""


@line_edit(
    id="place-of-service-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "dental"),
    fields=("place_of_service", "lines[].place_of_service"),
    data=("place-of-service",),
    partial_data=True,
    params=KnownPlaces(),
    status_code=("A7:249",),
    carc=("16",),
    source="CMS Place of Service Code Set; 837P 2300 CLM05-1",
    checked=date(2026, 11, 24),
    message="Place of service {value} is not a valid code.",
    fix="Use a code of the CMS list; 11 is the office.",
)
def place_of_service_invalid(
    claim: Claim, line: Line, places: PlaceView | None, params: KnownPlaces
) -> Verdict:
    """
    A place of service code does not exist.

    Two digits of the CMS list. What a list that ends before the claim was received does not
    hold may be a new code: a person looks.
    """
    place = line.place_of_service
    if not place or (places is not None and places.has(place)):
        return PASS
    if not PLACE.fullmatch(place):
        return fail(place_at(claim, line), line, value=place)
    if place in params.also_known:
        return PASS
    if places is None:
        return no_data("place-of-service", line.day)
    severity: Severity | None = None if places.covers(claim.received) else "review"
    return fail(place_at(claim, line), line, severity=severity, value=place)
