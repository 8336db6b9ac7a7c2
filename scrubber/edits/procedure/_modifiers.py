"""Where a modifier stands on its line, and modifiers that several edits know."""

import re

from scrubber.claim.model import Line

MODIFIER = re.compile("[A-Z0-9]{2}")
COMPONENTS = frozenset(("26", "TC"))
SIDES = ("RT", "LT")
_ORIGINS = frozenset("DEGHIJNPRS")
_DESTINATIONS = _ORIGINS | {"X"}  # a stop on the way to the hospital


def modifier_at(line: Line, modifier: str) -> str:
    """Return the JSON Pointer of a modifier that the line has."""
    return line.at(f"modifiers/{line.modifiers.index(modifier)}")


def is_route(modifier: str) -> bool:
    """Tell whether a modifier of two characters is an ambulance's origin and destination."""
    return modifier[:1] in _ORIGINS and modifier[1:] in _DESTINATIONS
