"""What the official names of NCCI files say: whose table, and which part of it."""

import re

PRACTITIONER, HOSPITAL, DME = "practitioner", "hospital", "dme"

_SETTINGS = {
    PRACTITIONER: re.compile(r"(?i)ccipra|practitioner"),
    HOSPITAL: re.compile(r"(?i)ccioph|outpatient|hospital"),
    DME: re.compile(r"(?i)dme"),
}
_PART = re.compile(r"(?i)[-_]f([1-9])(?![0-9a-z])")


def setting_named(text: str) -> str:
    """Return the setting that a file name or a column title states; "" for none or several."""
    named = [setting for setting, pattern in _SETTINGS.items() if pattern.search(text)]
    return named[0] if len(named) == 1 else ""


def part_named(name: str) -> int:
    """Return the number of a part, as 1 for `ccipra-v322r0-f1`; 0 for a file that is whole."""
    found = _PART.search(name)
    return int(found[1]) if found else 0
