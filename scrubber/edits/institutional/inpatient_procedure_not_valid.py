"""An ICD-10-PCS procedure code does not exist on its date."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._procedures import is_icd_10_pcs
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.code_set import CodeSetView


@claim_edit(
    id="inpatient-procedure-not-valid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("procedures[].code", "statement_to", "type_of_bill"),
    data=("icd-10-pcs",),
    partial_data=True,
    status_code=("A7:490",),
    carc=("16",),
    source="MCE edit 1 (invalid code); ICD-10-PCS official code tables",
    checked=date(2026, 11, 26),
    message="Procedure {code} is not a valid ICD-10-PCS code on {date}.",
    fix="Use the code of the fiscal year of discharge.",
    when=("claim.procedures",),
)
def inpatient_procedure_not_valid(claim: Claim, codes: CodeSetView | None) -> Verdict:
    """
    An ICD-10-PCS procedure code does not exist on its date.

    The codes of the day of discharge count, whatever the day of the procedure.

    Not checked here: a code that is malformed (`procedure-date-outside-stay`).
    """
    if not claim.procedures or not claim.is_inpatient:
        return PASS
    if codes is None:
        return no_data("icd-10-pcs", claim.day)
    return several(
        fail(f"/procedures/{i}/code", code=code, date=claim.day)
        for i, (code, _) in enumerate(claim.procedures)
        if not codes.has(code) and is_icd_10_pcs(code)
    )
