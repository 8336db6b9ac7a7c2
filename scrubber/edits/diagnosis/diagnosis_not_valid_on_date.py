"""The diagnosis code was not in force on the date."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import is_icd_10, strictness
from scrubber.edits.edit import EVERY_TYPE, diagnosis_edit
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.diagnosis_codes import DiagnosisView


@diagnosis_edit(
    id="diagnosis-not-valid-on-date",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "diagnoses[].code",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].diagnosis_pointers",
        "statement_from",
        "statement_to",
        "type",
        "type_of_bill",
    ),
    data=("icd-10-cm",),
    status_code=("A7:255", "A7:187"),
    carc=("146",),
    source=(
        "ICD-10-CM updates of 1 October and 1 April; no grace period since 2004 (45 CFR 162.1002)"
    ),
    checked=date(2026, 11, 24),
    message="Diagnosis {code} is not valid on {date} (valid {from} to {to}).",
    fix="Use the code in force on the date of service or discharge.",
)
def diagnosis_not_valid_on_date(
    claim: Claim, diagnosis: Diagnosis, first: DiagnosisView, last: DiagnosisView
) -> Verdict:
    """
    The diagnosis code was not in force on the date.

    Code sets change on 1 October and 1 April, without a grace period. The outpatient editor
    looks at the first day, other payers at the last: only a code that is valid on neither
    fails.
    """
    code = diagnosis.code
    if last.status(code) != "other_dates" or not is_icd_10(diagnosis, last.day):
        return PASS
    if first.status(code) != "other_dates":
        return PASS
    start, end = last.window(code)
    return fail(
        diagnosis.at("code"),
        severity=strictness(claim),
        code=code,
        date=last.day,
        to=end or "open",
        from_=start or "open",
    )
