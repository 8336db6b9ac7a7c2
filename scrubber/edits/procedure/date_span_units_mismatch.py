"""A date range does not fit the number of units."""

from collections.abc import Callable
from datetime import date
from functools import cached_property

from scrubber.claim.model import Claim, Line
from scrubber.edits.code_ranges import CodeRange, among
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail

MINUTES = "MJ"


class SpanExceptions(Params):
    """What is billed over a range of dates, whatever its days."""

    exceptions: tuple[CodeRange, ...] = (
        ("90951", "90970"),
        ("99487", "99491"),
        ("99500", "99602"),
        ("A4000", "A9999"),
        ("B4000", "B9999"),
        ("E0100", "E9999"),
        ("G0151", "G0166"),
        ("G0179", "G0182"),
        ("K0001", "K9999"),
        ("L0100", "L9999"),
    )
    """First and last code of each range: monthly services, equipment, supplies, home."""

    @cached_property
    def is_exception(self) -> Callable[[str], bool]:
        """The test whether a code is billed so."""
        return among(self.exceptions)


@line_edit(
    id="date-span-units-mismatch",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].service_from", "lines[].service_to", "lines[].units", "lines[].procedure"),
    can_bypass=True,
    params=SpanExceptions(),
    status_code=("A7:476", "A7:187"),
    source="Medicare Claims Processing Manual ch. 26 section 10.4 item 24A and 24G",
    checked=date(2026, 11, 26),
    message="Line {line}: {units} units over {days} days.",
    fix="Bill one line for each day, or correct the range.",
)
def date_span_units_mismatch(_claim: Claim, line: Line, params: SpanExceptions) -> Verdict:
    """
    A date range does not fit the number of units.

    A line over several days has the same service on each of them, so its units are a multiple
    of its days. Monthly services, equipment, supplies and home services have a range of their own
    kind; minutes count time, not services.
    """
    if line.service_from == line.service_to or line.units is None or line.unit_type == MINUTES:
        return PASS
    if line.service_from is None or line.service_to is None or line.service_to < line.service_from:
        return PASS
    days = (line.service_to - line.service_from).days + 1
    units = line.units
    # A remainder of decimals has a precision, and units may have more digits than it.
    if units >= days and units == units.to_integral_value() and int(units) % days == 0:
        return PASS
    if params.is_exception(line.procedure):
        return bypassed("billed over a range of dates", line)
    return fail(line.at("units"), line, line=line.number, units=units, days=days)
