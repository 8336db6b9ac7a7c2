"""Which diagnoses the ICD-10-CM edits judge, and how strictly."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.verdict import Severity

ICD_10_START = date(2015, 10, 1)  # 45 CFR 162.1002
OUTSIDE_HIPAA = ("WC", "AM", "LM")  # workers' compensation, auto, liability: own code sets


def is_icd_10(diagnosis: Diagnosis, last_day: date) -> bool:
    """Tell whether the code claims to be ICD-10-CM, on a day when that was the code set."""
    return (
        diagnosis.code != ""
        and diagnosis.code_system in ("", "ICD-10-CM")
        and last_day >= ICD_10_START
    )


def strictness(claim: Claim) -> Severity | None:
    """Return the softer severity of payers outside HIPAA, `None` for the edit's own."""
    return "review" if claim.destination.filing_indicator in OUTSIDE_HIPAA else None
