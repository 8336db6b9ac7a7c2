"""The units of a code against its limit (MUE): what the edits of all three indicators share."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import TOGETHER
from scrubber.edits.outpatient import BILLS
from scrubber.edits.verdict import PASS, Fail, NoData, Severity, Verdict, fail, no_data, several
from scrubber.reference.ncci_mue import MueRow, MueView

PRACTITIONER, HOSPITAL, DME = "ncci-mue-practitioner", "ncci-mue-hospital", "ncci-mue-dme"
#: What `table_for` takes.
TABLES = (PRACTITIONER, HOSPITAL, DME, BILLS)
LINE, ABSOLUTE, CLINICAL = "1", "2", "3"
WHOLE, NONE = Decimal(1), Decimal(0)


class Units(NamedTuple):
    """Lines of one code and provider on a day, their units, and the limit."""

    lines: tuple[Line, ...]
    row: MueRow
    units: Decimal

    @property
    def too_many(self) -> bool:
        """The units are above the limit."""
        return self.units > self.row.value


def table_for(claim: Claim, tables: tuple[Any, ...]) -> tuple[str, Any]:
    """
    Return the kind of table that limits the claim, and the one of `tables` (`None`: not there).

    The kind is `""` where no limit applies. Of `BILLS` itself nothing is returned but its absence.
    """
    practitioner, hospital, dme, bills = tables
    if claim.type != "institutional":
        return (DME, dme) if claim.is_dme else (PRACTITIONER, practitioner)
    if claim.is_inpatient:
        return "", None
    if bills is None:
        return BILLS, None
    if bills.edits(claim.bill_type, claim.condition_codes).ncci:
        return HOSPITAL, hospital
    return "", None


def units_of_day(
    claim: Claim, lines: tuple[Line, ...], limited: "Limits", indicators: str
) -> list[Units]:
    """
    Return what is billed on the day of the codes whose limit has one of the indicators.

    A line over several days counts its units a day, on each of its days.
    """
    rows: dict[tuple[str, str], MueRow] = {}
    counted: dict[tuple[str, str], list[Line]] = {}
    for line, row in limited.of_lines:
        if row.mai in indicators:
            npi = "" if claim.type == "institutional" else line.rendering_npi
            rows[line.procedure, npi] = row
            counted.setdefault((line.procedure, npi), []).append(line)
    if counted and len(claim.by_day) > 1:
        for line in _from_earlier_days(claim, lines[0]):
            npi = "" if claim.type == "institutional" else line.rendering_npi
            if (line.procedure, npi) in counted and counts(line):
                counted[line.procedure, npi].append(line)
    return [
        Units(tuple(together), rows[of], sum(map(units_a_day, together), NONE))
        for of, together in counted.items()
    ]


# The edits ask of the same days.
@lru_cache(maxsize=2 * TOGETHER)
def excesses(claim: Claim, lines: tuple[Line, ...], table: MueView) -> list[Units]:
    """Return what is above a limit of the day, be it absolute or clinical."""
    billed = units_of_day(claim, lines, limits(lines, table), ABSOLUTE + CLINICAL)
    return [one for one in billed if one.too_many]


class Limits(NamedTuple):
    """
    The lines that count units of a code with a limit, each with it.

    `incomplete` where a line's code has no limit to be found, which proves nothing.
    """

    of_lines: list[tuple[Line, MueRow]]
    incomplete: bool


# The edits ask of the same days.
@lru_cache(maxsize=2 * TOGETHER)
def limits(lines: tuple[Line, ...], table: MueView) -> Limits:
    """Return the limits of the lines of a day."""
    of_lines = []
    incomplete = False
    for line in lines:
        if line.procedure and counts(line):
            row = table.limit(line.procedure)
            if row is None:
                incomplete = True
            else:
                of_lines.append((line, row))
    return Limits(of_lines, incomplete)


def counts(line: Line) -> bool:
    """Tell whether the line's units are units of service: not minutes, and not with GY."""
    return line.unit_type != "MJ" and "GY" not in line.modifiers


def units_a_day(line: Line) -> Decimal:
    """Return the units of a line on one of its days."""
    units = line.units or NONE
    start, end = line.service_from, line.service_to
    if start is None or end is None or end <= start:
        return units
    return (units / ((end - start).days + 1)).quantize(WHOLE, ROUND_HALF_UP)


def lacks_limits(lines: tuple[Line, ...], kind: str) -> Verdict:
    """Return that a table of this kind is needed, if anything of the day is held to it."""
    for line in lines:
        if line.procedure and counts(line):
            return no_data(kind, lines[0].day)
    return PASS


def day_verdict(
    claim: Claim,
    lines: tuple[Line, ...],
    tables: tuple[Any, ...],
    indicator: str,
    unless_certain: Severity | None,
) -> Verdict:
    """
    Return the verdict on a day's sums; `unless_certain` where a person must look.

    That is for a payer that does not follow Medicare's editors, and where a line over several
    days is in the sum.
    """
    kind, table = table_for(claim, tables)
    if table is None:
        return lacks_limits(lines, kind) if kind else PASS
    said: list[Fail | NoData] = []
    if limits(lines, table).incomplete:
        said.append(no_data(kind, lines[0].day))
    for one in excesses(claim, lines, table):
        if one.row.mai != indicator:
            continue
        certain = claim.is_medicare and all(line.one_day for line in one.lines)
        said.append(
            fail(
                one.lines[0].at("units"),
                *one.lines,
                severity=None if certain else unless_certain,
                procedure=one.row.code,
                sum=one.units,
                date=lines[0].day,
                mue=one.row.value,
            )
        )
    return several(said)


def _from_earlier_days(claim: Claim, beside: Line) -> Iterator[Line]:
    day = beside.day
    for line in claim.lines:
        first, last = line.service_from, line.service_to
        if first is not None and last is not None and first < day <= last:
            yield line
