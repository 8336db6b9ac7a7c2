"""Where a modifier stands on its line."""

from scrubber.claim.model import Line

COMPONENTS = frozenset(("26", "TC"))
SIDES = ("RT", "LT")


def modifier_at(line: Line, modifier: str) -> str:
    """Return the JSON Pointer of a modifier that the line has."""
    return line.at(f"modifiers/{line.modifiers.index(modifier)}")
