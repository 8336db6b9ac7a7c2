"""An inpatient procedure is non-covered or has limited coverage."""

from collections.abc import Collection, Mapping
from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import NOT_EDITED
from scrubber.edits.institutional._stay import age_at_admission
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference import mce
from scrubber.reference.mce import MceList, MceView

NONCOVERED, LIMITED = "non-covered procedure", "limited coverage"
OLDEST = 60
NOTHING: frozenset[str] = frozenset()
Lists = Mapping[MceList, frozenset[str]]


@claim_edit(
    id="mce-procedure-coverage",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("procedures[].code", "statement_to", "patient.birth_date", "diagnoses[].code"),
    data=("mce",),
    partial_data=True,
    carc=("96",),
    source="MCE non-covered procedure, limited coverage",
    checked=date(2026, 11, 26),
    message="Procedure {code} is on the {list} list.",
    fix="Check the coverage condition (facility, trial, diagnosis) before billing.",
    when=("claim.procedures",),
)
def mce_procedure_coverage(claim: Claim, editor: MceView | None) -> Verdict:
    """
    An inpatient procedure is non-covered or has limited coverage.

    Some procedures Medicare never pays, some not over age 60, some not with a diagnosis or only
    with another procedure, and some only in approved hospitals. Lists of conditional procedures
    that the edition lacks are not asked.
    """
    if not claim.procedures or not claim.is_inpatient:
        return PASS
    if editor is None or mce.NONCOVERED not in editor.lists:
        return no_data("mce", claim.day)
    procedures = [code for code, _ in claim.procedures]
    diagnoses = {each.code for each in claim.diagnoses if each.role not in NOT_EDITED}
    too_old = (age_at_admission(claim) or 0) > OLDEST
    return several(
        fail(f"/procedures/{i}/code", code=code, list=named)
        for i, code in enumerate(procedures)
        if (named := _list_of(code, editor.lists, procedures, diagnoses, too_old=too_old))
    )


def _list_of(
    code: str,
    lists: Lists,
    procedures: Collection[str],
    diagnoses: Collection[str],
    *,
    too_old: bool,
) -> str:
    """Return which list the procedure is on in this company, or nothing."""

    def has(codes: Collection[str], name: MceList) -> bool:
        return not lists.get(name, NOTHING).isdisjoint(codes)

    own = (code,)
    if (
        has(own, mce.NONCOVERED)
        or (too_old and has(own, mce.NONCOVERED_OVER_60))
        or (
            has(own, mce.PANCREAS_TRANSPLANT)
            and not has(procedures, mce.KIDNEY_TRANSPLANT)
            and not has(diagnoses, mce.TYPE_1_DIABETES)
        )
        or any(
            has(own, procedure) and has(diagnoses, diagnosis)
            for procedure, diagnosis in mce.NONCOVERED_WITH
        )
    ):
        return NONCOVERED
    if (has(own, mce.LEFT_HEART) and has(procedures, mce.RIGHT_HEART)) or (
        has(own, mce.RIGHT_HEART) and has(procedures, mce.LEFT_HEART)
    ):
        return LIMITED if has(diagnoses, mce.CLINICAL_TRIAL) else NONCOVERED
    return LIMITED if has(own, mce.LIMITED_COVERAGE) else ""
