"""Where the place of service of a line stands."""

from scrubber.claim.model import Claim, Line


def place_at(claim: Claim, line: Line) -> str:
    """Return the JSON Pointer of the line's place of service: the claim's when they are equal."""
    if line.place_of_service == claim.place_of_service:
        return "/place_of_service"
    return line.at("place_of_service")
