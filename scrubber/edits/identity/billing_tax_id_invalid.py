"""The tax id of the billing provider."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.contracts.claim import ClaimType
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

DIGITS = 9
EMPLOYER, SOCIAL_SECURITY = "EI", "SY"


def _fault(tax_id: str) -> tuple[str, Severity | None]:
    """Return what is wrong with a tax id, `""` when nothing is, and how much it weighs."""
    digits = tax_id.replace("-", "").replace(" ", "")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return "not nine digits" if digits else "missing", None
    if digits != digits[0] * DIGITS:
        return "", None
    # 11-1111111 may be an EIN; none begins with 00.
    return ("nine zeros", None) if digits[0] == "0" else ("one digit repeated", "warn")


def _type_fault(kind: str, claim_type: ClaimType) -> tuple[str, Severity | None]:
    """Return what is wrong with the type of a tax id, likewise."""
    if not kind:
        return "of no stated type and read as an EIN", "warn"
    if kind != SOCIAL_SECURITY:
        return "of an unknown type", None
    return ("an SSN on an institutional claim" if claim_type == "institutional" else ""), "warn"


@claim_edit(
    id="billing-tax-id-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("billing_provider.tax_id", "billing_provider.tax_id_type"),
    status_code=("A7:128:85",),
    carc=("16",),
    source="837P/837I 2010AA REF01 (EI/SY), REF02",
    checked=date(2026, 11, 26),
    message="The billing tax id is {problem}.",
    fix="Enter the 9-digit EIN (or SSN for a sole proprietor) without hyphen.",
)
def billing_tax_id_invalid(claim: Claim) -> Verdict:
    """
    The billing tax id is missing or malformed.

    Nine digits, hyphens and blanks aside. It may be the social security number of a sole
    proprietor, so the number is never shown. One digit repeated is worth a note, since such
    EINs exist; so is a type that is not stated.
    """
    provider = claim.billing_provider
    complaints: list[Fail] = []
    problem, severity = _fault(provider.tax_id)
    if problem:
        complaints.append(fail("/billing_provider/tax_id", severity=severity, problem=problem))
    if provider.tax_id_type != EMPLOYER and problem != "missing":
        problem, severity = _type_fault(provider.tax_id_type, claim.type)
        if problem:
            at = "/billing_provider/tax_id_type"
            complaints.append(fail(at, severity=severity, problem=problem))
    return several(complaints)
