"""A bilateral service uses two units or two lines where modifier 50 is meant."""

from datetime import date
from typing import Any

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.ncci._units import ABSOLUTE, TABLES, Units, excesses, table_for
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data, several

FEE_SCHEDULE = "pprrvu"
#: The schedule pays 150 percent for modifier 50.
BOTH_SIDES_PAID = "1"
RIGHT, LEFT = "RT", "LT"
BOTH = 2


def _found(one: Units) -> str:
    """Return how both sides were billed, `""` when it was not that."""
    sides = {modifier for line in one.lines for modifier in line.modifiers} & {RIGHT, LEFT}
    if len(one.lines) == BOTH and len(sides) == BOTH:
        return "lines with RT and LT"
    return "two units" if one.units == BOTH else ""


@day_edit(
    id="mue-bilateral-misreported",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].units",
        "lines[].service_from",
    ),
    data=(*TABLES, FEE_SCHEDULE),
    partial_data=True,
    source="MLN SE1422; Medicare Claims Processing Manual ch. 12 section 40.7",
    checked=date(2026, 11, 26),
    message=(
        "{procedure} is billed for both sides as {found}; Medicare expects one line, modifier 50, "
        "one unit."
    ),
    fix="Use one line with modifier 50 and one unit; check the payer's own rule first.",
)
def mue_bilateral_misreported(claim: Claim, lines: tuple[Line, ...], *tables: Any) -> Verdict:
    """
    A bilateral service uses two units or two lines where modifier 50 is meant.

    It names the cure of a day limit of one that both sides exceed, for procedures that the fee
    schedule pays on both sides with modifier 50.

    Not checked here: the limit itself (`mue-exceeded`).
    """
    _, table = table_for(claim, tables[:-1])
    if table is None:
        return PASS  # the limit's own edit says so
    said: list[Fail | NoData] = []
    for one in excesses(claim, lines, table):
        found = _found(one) if one.row.mai == ABSOLUTE and one.row.value == 1 else ""
        if not found:
            continue
        schedule = tables[-1]
        if schedule is None:
            return no_data(FEE_SCHEDULE, lines[0].day)
        held = schedule.of(one.row.code)
        if held is None:
            said.append(no_data(FEE_SCHEDULE, lines[0].day))
        elif held.bilat_surg == BOTH_SIDES_PAID:
            first = one.lines[0]
            said.append(
                fail(
                    first.at("units"),
                    *one.lines,
                    procedure=first.procedure,
                    found=found,
                )
            )
    return several(said)
