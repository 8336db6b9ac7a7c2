"""The revenue code and the procedure do not belong together."""

from datetime import date

from pydantic import Field

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.institutional._bill import revenue_code
from scrubber.edits.verdict import PASS, Verdict, fail

Range = tuple[str, str]

WHOLE_BLOOD = ("P9010", "P9051", "P9054", "P9056")
RED_CELLS = (
    *("P9016", "P9021", "P9022", "P9027", "P9038", "P9039", "P9040"),
    *("P9051", "P9054", "P9057", "P9058"),
)


OFFICIAL: dict[str, tuple[Range, ...]] = {
    "0381": tuple((code, code) for code in RED_CELLS),
    "0382": tuple((code, code) for code in WHOLE_BLOOD),
    "0762": (("99217", "99220"), ("99234", "99236"), ("G0378", "G0378")),
}


class RevenueMap(Params):
    """Which procedures go under a revenue code."""

    procedures: dict[str, tuple[Range, ...]] = Field(default=OFFICIAL)
    """First and last code of each range; other revenue codes take every procedure."""


@line_edit(
    id="revenue-code-procedure-mismatch",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("lines[].revenue_code", "lines[].procedure", "lines[].service_from"),
    params=RevenueMap(),
    status_code=("A8:455", "A8:507"),
    carc=("199",),
    source="I/OCE edits 44 and 79",
    checked=date(2026, 11, 26),
    message="Line {line}: revenue code {revenue_code} does not fit {procedure}.",
    fix="Correct the revenue code in the charge master.",
)
def revenue_code_procedure_mismatch(_claim: Claim, line: Line, params: RevenueMap) -> Verdict:
    """
    The revenue code and the procedure do not belong together.

    Observation hours go under 0762 and nothing else does; red cells go under 0381, whole blood
    under 0382. A payer's map may name further revenue codes.
    """
    procedure = line.procedure
    ranges = params.procedures.get(revenue_code(line))
    if ranges is None or not procedure:
        return PASS
    for first, last in ranges:
        if first <= procedure <= last:
            return PASS
    return fail(
        line.at("revenue_code"),
        line,
        line=line.number,
        revenue_code=revenue_code(line),
        procedure=procedure,
    )
