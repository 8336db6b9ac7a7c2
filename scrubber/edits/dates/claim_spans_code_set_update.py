"""The claim crosses a code set change."""

from datetime import date, timedelta

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import is_icd_10
from scrubber.edits.edit import diagnosis_edit
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.diagnosis_codes import DiagnosisView

ONE_DAY = timedelta(days=1)


@diagnosis_edit(
    id="claim-spans-code-set-update",
    severity="warn",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].service_from",
        "diagnoses[].code",
        "lines[].diagnosis_pointers",
        "statement_from",
        "statement_to",
        "type_of_bill",
    ),
    data=("icd-10-cm",),
    status_code=("A7:255", "A7:187"),
    source=(
        "Medicare Claims Processing Manual ch. 23 section 10; "
        "ICD-10-CM updates 1 October and 1 April"
    ),
    checked=date(2026, 11, 26),
    message=(
        "The claim has lines before and after {date}; diagnosis {code} is valid only {side} it."
    ),
    fix="Split the claim at the change date and use the codes of each period.",
)
def claim_spans_code_set_update(
    _claim: Claim, diagnosis: Diagnosis, first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    The claim crosses a code set change.

    A diagnosis that is valid at one end of its dates and not at the other needs two claims.
    Inpatient bills are judged on their last day alone.

    Not checked here: a code that is valid at neither end (`diagnosis-not-valid-on-date`).
    """
    if first is last:
        return PASS
    code = diagnosis.code
    before = first.status(code) == "billable"
    if before == (last.status(code) == "billable") or not is_icd_10(diagnosis, last.day):
        return PASS
    start, end = (first if before else last).window(code)
    return fail(
        diagnosis.at("code"),
        code=code,
        date=(end or last.day) + ONE_DAY if before else start or last.day,
        side="before" if before else "from",
    )
