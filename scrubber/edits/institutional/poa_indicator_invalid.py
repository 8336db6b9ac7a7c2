"""A present-on-admission indicator is missing or not allowed."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.institutional._bill import ACUTE, NOT_EDITED, kind_of_bill
from scrubber.edits.verdict import (
    PASS,
    Bypassed,
    Fail,
    NoData,
    Severity,
    Verdict,
    fail,
    no_data,
    several,
)
from scrubber.reference.code_set import CodeSetView

VALUES = frozenset("YNUW")
EXEMPT_ON_PAPER = "1"


class PoaReporting(Params):
    """What nothing in a claim says."""

    hospital_reports: bool = False
    """The hospital is one that must report: no critical access, psychiatric … hospital."""


@claim_edit(
    id="poa-indicator-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "diagnoses[].present_on_admission",
        "diagnoses[].role",
        "diagnoses[].code",
        "type_of_bill",
        "statement_to",
    ),
    data=("poa-exempt",),
    partial_data=True,
    params=PoaReporting(),
    status_code=("A7:688",),
    carc=("16",),
    source=(
        "Social Security Act 1886(d)(4)(D); ICD-10-CM Guidelines appendix I; 837I 2300 HI01-9"
        " (N, U, W, Y); X12 RFI 2797"
    ),
    checked=date(2026, 11, 26),
    message="Diagnosis {code}: the present-on-admission value {value} is {problem}.",
    fix="Set Y, N, U or W; leave exempt codes empty on the 837.",
)
def poa_indicator_invalid(
    claim: Claim, exempt: CodeSetView | None, params: PoaReporting
) -> Verdict:
    """
    A present-on-admission indicator is missing or not allowed.

    Y, N, U or W for each diagnosis that is not on the exempt list of the year of discharge; exempt
    ones are sent without a value, and the 1 of the paper form is a note, as is a value that
    nobody asked for. A blank is rejected only where the hospital is known to report to Medicare.
    """
    if kind_of_bill(claim) != ACUTE:
        return PASS
    blank: Severity | None = None if params.hospital_reports and claim.is_medicare else "review"
    complaints: list[Fail | Bypassed | NoData] = []
    unanswered = False
    for diagnosis in claim.diagnoses:
        if diagnosis.role in NOT_EDITED:
            continue
        value, code = diagnosis.present_on_admission, diagnosis.code
        severity: Severity | None = "warn"
        if not value:
            unanswered |= exempt is None
            if exempt is None or exempt.has(code):
                continue
            severity, problem = blank, "missing"
        elif value == EXEMPT_ON_PAPER:
            problem = "for paper forms"
        elif value not in VALUES:
            severity, problem = None, "not Y, N, U or W"
        elif exempt is not None and exempt.has(code):
            problem = "not needed, for the code is exempt"
        else:
            continue
        place = diagnosis.at("present_on_admission")
        shown = value or "missing"
        complaints.append(fail(place, severity=severity, code=code, value=shown, problem=problem))
    if unanswered:
        complaints.append(no_data("poa-exempt", claim.day))
    return several(complaints)
