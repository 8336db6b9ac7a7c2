"""Which add-on codes of a day lack what they need: the search of the edits of all three types."""

from collections.abc import Callable, Iterator

from scrubber.claim.model import Line
from scrubber.edits.verdict import Fail, NoData, Severity, fail, no_data
from scrubber.reference.ncci_aoc import AocView

ADD_ONS = "ncci-aoc"


def lacking(
    lines: tuple[Line, ...],
    table: AocView,
    add_on_type: str,
    supports: Callable[[Line, Line, AocView], bool],
) -> Iterator[Line | NoData]:
    """
    Yield the add-on lines of a type beside which no line of their provider supports them.

    Yields once that the table cannot answer for a code.
    """
    missing = False
    for line in lines:
        code = line.procedure
        if not code:
            continue
        if table.add_on_type(code) != add_on_type:
            missing = missing or not table.holds(code)
        elif not any(
            other.rendering_npi == line.rendering_npi
            and other.units != 0
            and supports(line, other, table)
            for other in lines
        ):
            if table.holds(code):
                yield line
            else:
                missing = True
    if missing:
        yield no_data(ADD_ONS, lines[0].day)


def is_primary(line: Line, other: Line, table: AocView) -> bool:
    """Tell whether the table lists the other line's code as a primary of the add-on."""
    return other.procedure in table.primaries(line.procedure)


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
