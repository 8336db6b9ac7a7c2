"""An outpatient revenue line has no procedure code."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.institutional._bill import kind_of_bill, revenue_code
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data
from scrubber.reference.revenue_codes import RevenueView

ALWAYS = frozenset(("13", "74", "75", "76"))
UNLESS_CONDITION_41 = frozenset(("12", "14"))  # 41: partial hospitalization
# Total, behavioral accommodations, day care, adult foster care, patient convenience.
WITHOUT_PROCEDURE = ("0001", "100", "210", "310", "099")


@line_edit(
    id="revenue-code-requires-procedure",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "lines[].revenue_code",
        "lines[].procedure",
        "lines[].charge",
        "lines[].service_from",
        "type_of_bill",
        "condition_codes",
        "payers[].filing_indicator",
    ),
    data=("ioce-revenue",),
    partial_data=True,
    can_bypass=True,
    status_code=("A6:507", "A7:455"),
    carc=("16",),
    source="I/OCE edit 48",
    checked=date(2026, 11, 26),
    message="Line {line}: revenue code {revenue_code} needs a procedure code on bill type {tob}.",
    fix="Add the HCPCS code of the service.",
)
def revenue_code_requires_procedure(claim: Claim, line: Line, codes: RevenueView | None) -> Verdict:
    """
    An outpatient revenue line has no procedure code.

    Outpatient departments are paid by the code of the service, so a charge under a revenue code
    that is not packaged says what was done. The editor lets some revenue codes pass all the same.

    Not checked here: a revenue code that does not exist (`revenue-code-invalid`).
    """
    if line.procedure or not line.charge or line.charge < 0:
        return PASS
    kind = kind_of_bill(claim)
    if kind not in ALWAYS and (kind not in UNLESS_CONDITION_41 or "41" in claim.condition_codes):
        return PASS
    if codes is None:
        return no_data("ioce-revenue", line.day)
    code = revenue_code(line)
    if not codes.needs_procedure(code):
        return PASS
    if codes.exempt(code) or code.startswith(WITHOUT_PROCEDURE):
        return bypassed(f"revenue code {code} stands without a procedure", line)
    return fail(
        line.at("procedure"),
        line,
        severity=None if claim.is_medicare else "review",
        line=line.number,
        revenue_code=code,
        tob=claim.type_of_bill,
    )
