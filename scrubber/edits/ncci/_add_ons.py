"""Which add-on codes of a day lack what they need: the search of the edits of all three types."""

from collections.abc import Callable
from functools import lru_cache

from scrubber.claim.model import Line
from scrubber.edits.edit import TOGETHER
from scrubber.edits.verdict import PASS, Fail, NoData, Severity, Verdict, fail, no_data
from scrubber.reference.ncci_aoc import AddOn, AocView

ADD_ONS = "ncci-aoc"


def complaint(line: Line, severity: Severity | None = None) -> Fail:
    """Return the complaint about an add-on line."""
    return fail(
        line.at("procedure"),
        line,
        severity=severity,
        line=line.number,
        procedure=line.procedure,
        date=line.day,
    )


def verdict_on(
    lines: tuple[Line, ...],
    table: AocView,
    add_on_type: str,
    supports: Callable[[Line, Line, AocView], bool],
    complain: Callable[[Line], Fail] = complaint,
) -> Verdict:
    """
    Complain of the add-on lines of a type beside which no line of their provider supports them.

    Says once that the table cannot answer for a code.
    """
    add_ons, missing = _search(lines, table)
    said: list[Fail | NoData] = []
    for line, add_on in add_ons:
        if add_on.type != add_on_type:
            missing = missing or not add_on.held
        elif not any(
            other.rendering_npi == line.rendering_npi
            and other.units != 0
            and supports(line, other, table)
            for other in lines
        ):
            if add_on.held:
                said.append(complain(line))
            else:
                missing = True
    if missing:
        said.append(no_data(ADD_ONS, lines[0].day))
    return tuple(said) or PASS


# The edits ask of the same days.
@lru_cache(maxsize=2 * TOGETHER)
def _search(lines: tuple[Line, ...], table: AocView) -> tuple[list[tuple[Line, AddOn]], bool]:
    """Return the lines with an add-on code, and whether the table lacks the code of another."""
    add_ons = []
    missing = False
    for line in lines:
        code = line.procedure
        if code:
            found = table.find(code)
            if found.type:
                add_ons.append((line, found))
            elif not found.held:
                missing = True
    return add_ons, missing


def is_primary(line: Line, other: Line, table: AocView) -> bool:
    """Tell whether the table lists the other line's code as a primary of the add-on."""
    return other.procedure in table.find(line.procedure).primaries
