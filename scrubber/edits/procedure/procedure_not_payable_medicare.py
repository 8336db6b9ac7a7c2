"""Medicare does not pay this code under the physician fee schedule."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._fee_schedule import indicators_of
from scrubber.edits.verdict import PASS, NoData, Verdict, bypassed, fail
from scrubber.reference.fee_schedule import FeeScheduleView

NON_COVERED = "N"


class RefusedStatuses(Params):
    """What counts as not payable."""

    statuses: tuple[str, ...] = ("I", "N", "B", "P", "M")
    """Status codes that are complained of; X is paid under another schedule."""


@line_edit(
    id="procedure-not-payable-medicare",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "lines[].modifiers",
        "payers[].filing_indicator",
    ),
    data=("pprrvu",),
    partial_data=True,
    can_bypass=True,
    params=RefusedStatuses(),
    carc=("96", "97"),
    source=(
        "MPFS Relative Value File, status code; Medicare Claims Processing Manual ch."
        " 23 section 50.6"
    ),
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has Medicare status {status}.",
    fix=(
        "Use the Medicare code, move the charge to the patient with the right notice,"
        " or accept that no separate payment follows."
    ),
)
def procedure_not_payable_medicare(
    claim: Claim, line: Line, table: FeeScheduleView | None, params: RefusedStatuses
) -> Verdict:
    """
    Medicare does not pay this code under the physician fee schedule.

    The status says why no payment follows: I another code exists, N never covered, B always
    bundled, P bundled or excluded, M measurement only. Modifier GY says that a non-covered service
    is billed for the denial.

    X is not unpayable: it is paid elsewhere, as laboratory tests are.
    """
    if not line.procedure or claim.destination.filing_indicator != "MB":
        return PASS
    row = indicators_of(line, table)
    if isinstance(row, NoData):
        return row
    status = row.status_code
    if status not in params.statuses:
        return PASS
    if status == NON_COVERED and "GY" in line.modifiers:
        return bypassed("modifier GY", line)
    return fail(
        line.at("procedure"), line, line=line.number, procedure=line.procedure, status=status
    )
