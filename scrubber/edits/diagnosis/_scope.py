"""Which diagnoses the ICD-10-CM edits judge, and how strictly."""

import re
from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.verdict import Severity
from scrubber.reference.diagnosis_codes import DiagnosisView

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


_ICD_9 = re.compile("[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}")
#: What led to the visit, not what was found: it may say again, or otherwise, what is coded.
_BEFORE_STUDY = ("admitting", "reason_for_visit")


def looks_like_icd_9(diagnosis: Diagnosis) -> bool:
    """Tell whether the code has the shape of an ICD-9-CM code (volumes 1 and 2), without dot."""
    return _ICD_9.fullmatch(diagnosis.code) is not None


def coded_together(claim: Claim) -> list[Diagnosis]:
    """Return the diagnoses that describe the encounter, without those before study."""
    return [one for one in claim.diagnoses if one.code and one.role not in _BEFORE_STUDY]


def is_other_edits(claim: Claim, diagnosis: Diagnosis, last: DiagnosisView) -> bool:
    """
    Tell whether a code that is no leaf is the business of a more precise edit.

    `diagnosis-seventh-character-invalid` and `diagnosis-icd9` say what is wrong with it; they
    do not look at dental claims.
    """
    return claim.type != "dental" and (
        bool(last.seventh_characters(diagnosis.code))
        or (last.status(diagnosis.code) == "unknown" and looks_like_icd_9(diagnosis))
    )
