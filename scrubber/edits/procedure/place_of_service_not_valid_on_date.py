"""A place of service code was not in force on the date."""

from datetime import date

from pydantic import Field

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._places import place_at
from scrubber.edits.verdict import PASS, Verdict, fail


class PlaceDates(Params):
    """When places of service began."""

    valid_from: dict[str, date] = Field(
        default={
            "02": date(2017, 1, 1),
            "10": date(2022, 1, 1),
            "19": date(2016, 1, 1),
            "27": date(2023, 10, 1),
            "58": date(2020, 1, 1),
            "66": date(2024, 8, 1),
        }
    )
    """The first day of each; a place that is not named was always there."""


@line_edit(
    id="place-of-service-not-valid-on-date",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("place_of_service", "lines[].place_of_service", "lines[].service_from"),
    params=PlaceDates(),
    status_code=("A7:249", "A7:187"),
    source="CMS Place of Service Code Set (effective dates)",
    checked=date(2026, 11, 26),
    message="Place of service {value} did not exist on {date}.",
    fix="Use the code of that period.",
)
def place_of_service_not_valid_on_date(claim: Claim, line: Line, params: PlaceDates) -> Verdict:
    """
    A place of service code was not in force on the date.

    Places are added to CMS's set with a first day; a service before it happened in another place.
    """
    first = params.valid_from.get(line.place_of_service)
    if first is None or line.service_to is None or line.service_to >= first:
        return PASS
    return fail(place_at(claim, line), line, value=line.place_of_service, date=line.service_to)
