"""What the physician fee schedule says of a line, and the complaint that edits share."""

from collections.abc import Callable

from scrubber.claim.model import Line
from scrubber.edits.procedure._modifiers import modifier_at
from scrubber.edits.verdict import PASS, NoData, Severity, Verdict, fail, no_data
from scrubber.reference.fee_schedule import FeeScheduleView, Indicators

FEE_SCHEDULE = "pprrvu"
#: 0 only with documentation; 1 never for assistants, else with documentation; 9 no such concept.
NOT_SIMPLY_ALLOWED = "019"
#: Hospital: off-campus and on-campus outpatient, inpatient, emergency room.
HOSPITAL = frozenset(("19", "21", "22", "23"))


def indicators_of(line: Line, table: FeeScheduleView | None) -> Indicators | NoData:
    """Return the row of the line's procedure, or that there is none."""
    row = table.of(line.procedure) if table else None
    return no_data(FEE_SCHEDULE, line.day) if row is None else row


def indicator_refuses(
    line: Line,
    table: FeeScheduleView | None,
    modifiers: frozenset[str],
    indicator_of: Callable[[Indicators], str],
    refused: str,
    severity: Severity | None = None,
) -> Verdict:
    """Complain of the line's first of the modifiers when the procedure's indicator is refused."""
    for modifier in line.modifiers:
        if modifier in modifiers:
            row = indicators_of(line, table)
            if isinstance(row, NoData):
                return row
            indicator = indicator_of(row)
            if indicator not in refused:
                return PASS
            return fail(
                modifier_at(line, modifier),
                line,
                severity=severity,
                line=line.number,
                procedure=line.procedure,
                indicator=indicator,
            )
    return PASS
