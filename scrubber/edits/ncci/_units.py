"""A day's units of a code against its limit: what the two day limits (MAI 2 and 3) share."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from scrubber.claim.model import Claim, Line
from scrubber.edits.verdict import NoData, no_data
from scrubber.reference.ncci_mue import MueRow, MueView

KINDS = ("ncci-mue-practitioner", "ncci-mue-hospital", "ncci-mue-dme")
#: Bill types on which the outpatient editor runs the NCCI edits (pbt_control, ncci_edits = 1).
HOSPITAL_BILLS = frozenset(("12", "13", "76", "85"))
WHOLE = Decimal(1)


class Excess(NamedTuple):
    """Lines of one code, provider and day whose units are above the limit."""

    lines: tuple[Line, ...]
    row: MueRow
    units: Decimal
    ranged: bool


def excesses(
    claim: Claim, lines: tuple[Line, ...], tables: tuple[MueView | None, ...], mai: str
) -> Iterator[Excess | NoData]:
    """
    Yield what is above its limit of the given MAI, and once that a code has no limit to be found.

    Anesthesia minutes, lines with GY and inpatient bills are not counted; a line over several days
    counts its units a day.
    """
    which = _table_of(claim)
    if which is None:
        return
    table = tables[which]
    missing = False
    counted: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if not line.procedure or line.unit_type == "MJ" or "GY" in line.modifiers:
            continue
        row = table.limit(line.procedure) if table is not None else None
        if row is None:
            missing = True
        elif row.mai == mai:
            npi = "" if claim.type == "institutional" else line.rendering_npi
            counted.setdefault((line.procedure, npi), []).append(line)
    if missing:
        yield no_data(KINDS[which], lines[0].day)
    for (code, _), together in counted.items():
        row = table.limit(code) if table is not None else None
        assert row is not None, "only codes with a limit were counted"
        units = sum((_units_a_day(line) for line in together), Decimal(0))
        if units > row.value:
            ranged = not all(line.one_day for line in together)
            yield Excess(tuple(together), row, units, ranged)


def _table_of(claim: Claim) -> int | None:
    """Return which table limits the claim, `None` where no limit applies."""
    if claim.type == "institutional":
        return 1 if claim.bill_type[1:3] in HOSPITAL_BILLS else None
    return 2 if claim.is_dme else 0


def _units_a_day(line: Line) -> Decimal:
    units = line.units or Decimal(0)
    start, end = line.service_from, line.service_to
    if start is None or end is None or end <= start:
        return units
    return (units / ((end - start).days + 1)).quantize(WHOLE, ROUND_HALF_UP)
