"""The principal diagnosis is on the unacceptable list."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.diagnosis._scope import is_icd_10
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import NOT_EDITED, kind_of_bill
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, no_data
from scrubber.reference.diagnosis_codes import DiagnosisView
from scrubber.reference.mce import UNACCEPTABLE, MceView

# The Medicare Code Editor takes it as principal when any secondary diagnosis is there.
WITH_SECONDARY = frozenset(("Z5189",))
HOSPICE = ("81", "82")


@claim_edit(
    id="unacceptable-principal-diagnosis",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    since=date(2019, 10, 1),
    fields=(
        "diagnoses[].code",
        "diagnoses[].role",
        "statement_to",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    data=("icd-10-cm", "mce"),
    partial_data=True,
    status_code=("A7:254",),
    carc=("16",),
    source="I/OCE edit 113 (since 2019-10-01); MCE unacceptable principal diagnosis",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} cannot be the principal diagnosis.",
    fix=(
        "Choose the condition that caused the admission or visit; keep this code as other "
        "diagnosis."
    ),
)
def unacceptable_principal_diagnosis(
    claim: Claim, codes: DiagnosisView | None, editor: MceView | None
) -> Verdict:
    """
    The principal diagnosis is on the unacceptable list.

    Some codes are no reason for a stay or a visit, but say something beside one. Outpatient bills
    go by the outpatient editor's list, in which a second flag exempts codes that are unacceptable
    for inpatients only; inpatient bills go by the Medicare Code Editor's.

    Not checked here: causes (`external-cause-as-principal`) and manifestations
    (`manifestation-as-principal`).
    """
    principal = claim.principal
    if principal is None or not is_icd_10(principal, claim.day):
        return PASS
    code = principal.code
    severity: Severity | None = None if claim.is_medicare else "review"
    if claim.is_inpatient:
        unacceptable = editor.lists.get(UNACCEPTABLE) if editor else None
        if unacceptable is None:
            return no_data("mce", claim.day)
        if code not in unacceptable or (code in WITH_SECONDARY and _has_secondary(claim)):
            return PASS
    else:
        limit = codes.unacceptable(code) if codes else None
        if limit is None:
            return no_data("icd-10-cm", claim.day)
        if not limit or (limit == "hospice" and kind_of_bill(claim) not in HOSPICE):
            return PASS
        if limit == "hospice":
            severity = "review"
    if codes is not None and (codes.manifestation(code) or codes.external_cause(code)):
        return PASS
    return fail(principal.at("code"), severity=severity, code=code)


def _has_secondary(claim: Claim) -> bool:
    return any(
        each is not claim.principal and each.role not in NOT_EDITED for each in claim.diagnoses
    )
