"""An inpatient complication code leaves the side open."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import ACUTE, NOT_EDITED, kind_of_bill
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.mce import UNSPECIFIED, MceView


@claim_edit(
    id="mce-unspecified-code",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    since=date(2022, 4, 1),
    fields=("diagnoses[].code", "diagnoses[].role", "type_of_bill", "statement_to"),
    data=("mce",),
    partial_data=True,
    status_code=("A7:255", "A7:772"),
    source="MCE edit 20 (CR 12471)",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} has right, left or bilateral alternatives.",
    fix="Take the side from the record or add the remark.",
)
def mce_unspecified_code(claim: Claim, editor: MceView | None) -> Verdict:
    """
    An inpatient complication code leaves the side open.

    A complication counts for payment with the side it is on. The list holds the codes that leave
    it open although others name it. The remark that the side cannot be found (CR 12471) has no
    field in the claim, so nothing bypasses it here.

    Not checked here: professional claims (`unspecified-side-diagnosis`).
    """
    if kind_of_bill(claim) != ACUTE:
        return PASS
    unspecified = editor.lists.get(UNSPECIFIED) if editor else None
    if unspecified is None:
        return no_data("mce", claim.day)
    return several(
        fail(diagnosis.at("code"), code=diagnosis.code)
        for diagnosis in claim.diagnoses
        if diagnosis.code in unspecified and diagnosis.role not in NOT_EDITED
    )
