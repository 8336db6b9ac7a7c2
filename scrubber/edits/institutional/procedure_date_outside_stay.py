"""An inpatient procedure is dated outside the stay."""

from datetime import date, timedelta

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import VOID, frequency_of
from scrubber.edits.institutional._procedures import ICD_10_PCS_START, is_icd_10_pcs
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, several

PAYMENT_WINDOW = timedelta(days=3)  # 42 CFR 412.2(c)(5)


@claim_edit(
    id="procedure-date-outside-stay",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "procedures[].code",
        "procedures[].date",
        "admission.date",
        "statement_from",
        "statement_to",
        "type_of_bill",
    ),
    status_code=("A7:486", "A7:490"),
    carc=("16",),
    source="837I 2300 HI*BBR, BBQ; Medicare payment window (42 CFR 412.2(c)(5))",
    checked=date(2026, 11, 26),
    message="Procedure {code} is dated {date}, outside the stay.",
    fix="Correct the date.",
    when=("claim.procedures",),
)
def procedure_date_outside_stay(claim: Claim) -> Verdict:
    """
    An inpatient procedure is dated outside the stay.

    An inpatient procedure has a code of seven characters and a date, not after the discharge. It
    may be up to three days before the stay; windows differ by payer, so earlier ones are looked at
    by a person. A void repeats what was billed.

    Not checked here: whether the code exists (`inpatient-procedure-not-valid`).
    """
    if not claim.procedures or frequency_of(claim) == VOID:
        return PASS
    last = claim.statement_to if claim.is_inpatient else None
    begins = [day for day in (claim.statement_from, claim.admission.date) if day]
    first = min(begins) - PAYMENT_WINDOW if begins and claim.is_inpatient else None
    complaints = []
    for i, (code, day) in enumerate(claim.procedures):
        severity: Severity | None = None
        if claim.day >= ICD_10_PCS_START and not is_icd_10_pcs(code):
            place = f"/procedures/{i}/code"
        elif day is None or (last and day > last):
            place = f"/procedures/{i}/date"
        elif first and day < first:
            severity, place = "review", f"/procedures/{i}/date"
        else:
            continue
        complaints.append(fail(place, severity=severity, code=code, date=day or "missing"))
    return several(complaints)
