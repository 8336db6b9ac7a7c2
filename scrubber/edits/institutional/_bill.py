"""What the type of bill and a revenue code say, in one form."""

from scrubber.claim.model import Claim, Line

ACUTE = "11"  # hospital, inpatient
NO_PAY, LATE_CHARGES, VOID = "0", "5", "8"
REVENUE_LENGTH = 4
#: Roles of diagnoses that the code editors do not count, and that carry no indicator.
NOT_EDITED = frozenset(("admitting", "reason_for_visit"))


def kind_of_bill(claim: Claim) -> str:
    """Return facility and class digit, `11` of 0111; empty when there is no type of bill."""
    return claim.bill_type[1:3]


def frequency_of(claim: Claim) -> str:
    """Return the frequency code, else the last character of the type of bill."""
    return claim.claim_frequency_code or claim.bill_type[3:]


def revenue_code(line: Line) -> str:
    """Return the revenue code with four digits; empty when it is absent or no number."""
    code = line.revenue_code
    if len(code) > REVENUE_LENGTH or not (code.isascii() and code.isdigit()):
        return ""
    return code.zfill(REVENUE_LENGTH)
