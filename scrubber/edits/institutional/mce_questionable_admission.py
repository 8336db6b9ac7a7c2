"""The principal diagnosis alone seldom justifies an admission."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import ACUTE, NOT_EDITED, kind_of_bill
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.mce import DELIVERY, DELIVERY_OUTCOME, QUESTIONABLE_ADMISSION, MceView

OBSTETRICS = "10"  # section and body system of ICD-10-PCS
OBSTETRICS_SINCE = date(2018, 10, 1)  # Medicare Code Editor, version 36


@claim_edit(
    id="mce-questionable-admission",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("diagnoses[].code", "diagnoses[].role", "type_of_bill", "statement_to"),
    data=("mce",),
    partial_data=True,
    carc=("50",),
    source="MCE questionable admission",
    checked=date(2026, 11, 26),
    message="Principal diagnosis {code} is on the questionable admission list.",
    fix="Check sequencing and the admission order; send for necessity review.",
)
def mce_questionable_admission(claim: Claim, editor: MceView | None) -> Verdict:
    """
    The principal diagnosis alone seldom justifies an admission.

    A condition that is treated without a bed in most cases needs a reason to be in one. A
    delivery is questioned when no secondary diagnosis says what came of it (since the discharges
    of 2018-10-01). Editions that lack the lists of deliveries cannot say.
    """
    if kind_of_bill(claim) != ACUTE:
        return PASS
    questioned = editor.lists.get(QUESTIONABLE_ADMISSION) if editor else None
    if editor is None or questioned is None:
        return no_data("mce", claim.day)
    complaints: list[Fail | Bypassed | NoData] = []
    principal = claim.principal
    if principal is not None and principal.code in questioned:
        complaints.append(fail(principal.at("code"), code=principal.code))
    for i, (code, _) in enumerate(claim.procedures):
        if not code.startswith(OBSTETRICS) or claim.day < OBSTETRICS_SINCE:
            continue
        deliveries = editor.lists.get(DELIVERY)
        if deliveries is None:
            complaints.append(no_data("mce", claim.day))
        elif code in deliveries and not _has_outcome(claim, editor):
            complaints.append(fail(f"/procedures/{i}/code", code=code))
    return several(complaints)


def _has_outcome(claim: Claim, editor: MceView) -> bool:
    outcomes = editor.lists.get(DELIVERY_OUTCOME, frozenset())
    return any(
        diagnosis.code in outcomes
        for diagnosis in claim.diagnoses
        if diagnosis is not claim.principal and diagnosis.role not in NOT_EDITED
    )
