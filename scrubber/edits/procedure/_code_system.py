"""Which code system a procedure code belongs to, by its shape."""

import re
from functools import lru_cache
from typing import Literal

from scrubber.claim.model import Line

OTHER_SYSTEMS = ("ER", "IV", "WK")
_LEVEL_2 = re.compile("[ABCE-V][0-9]{4}")
_CPT = re.compile("[0-9]{4}[0-9A-Z]")
_CDT = re.compile("D[0-9]{4}")


def code_system(line: Line) -> Literal["hcpcs", "cpt", "cdt", ""]:
    """Return the system of a line's code; `""` for local codes, other qualifiers and no code."""
    return "" if line.qualifier in OTHER_SYSTEMS else _system_of(line.procedure)


@lru_cache(maxsize=65536)
def _system_of(code: str) -> Literal["hcpcs", "cpt", "cdt", ""]:
    if _CPT.fullmatch(code):
        return "cpt"
    if _LEVEL_2.fullmatch(code):
        return "hcpcs"
    return "cdt" if _CDT.fullmatch(code) else ""
