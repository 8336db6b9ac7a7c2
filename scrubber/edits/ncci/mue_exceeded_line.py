"""The units of one line exceed the line limit (MUE, MAI 1)."""

from datetime import date
from typing import Any

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.ncci._units import LINE, TABLES, lacks_limits, limits, table_for, units_a_day
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data, several


@day_edit(
    id="mue-exceeded-line",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].units",
        "lines[].unit_type",
        "lines[].service_from",
        "lines[].service_to",
        "type_of_bill",
        "payers[].filing_indicator",
        "type",
    ),
    data=TABLES,
    partial_data=True,
    status_code=("A7:476", "A7:258"),
    carc=("151",),
    source="NCCI Policy Manual ch. I section V; CMS MM8853",
    checked=date(2026, 11, 26),
    message="Line {line}: {units} units of {procedure} exceed the line limit of {mue}.",
    fix=(
        "Correct the units, or bill the rest on a second line with the modifier the record "
        "supports."
    ),
)
def mue_exceeded_line(claim: Claim, lines: tuple[Line, ...], *tables: Any) -> Verdict:
    """
    The units of one line exceed the line limit (MUE, MAI 1).

    The limit is of each line, not of the day: the rest may be billed on a second line with a
    fitting modifier. A line over several days is held to its units a day.
    """
    kind, table = table_for(claim, tables)
    if table is None:
        return lacks_limits(lines, kind) if kind else PASS
    limited = limits(lines, table)
    said: list[Fail | NoData] = []
    for line, row in limited.of_lines:
        if row.mai != LINE:
            continue
        units = units_a_day(line)
        if units > row.value:
            said.append(
                fail(
                    line.at("units"),
                    line,
                    severity=None if claim.is_medicare else "review",
                    line=line.number,
                    units=units,
                    procedure=line.procedure,
                    mue=row.value,
                )
            )
    if limited.incomplete:
        said.append(no_data(kind, lines[0].day))
    return several(said)
