"""The last character of the bill type differs from the frequency code."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


@claim_edit(
    id="type-of-bill-frequency-mismatch",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("type_of_bill", "claim_frequency_code"),
    status_code=("A8:228", "A8:535"),
    source="837I 2300 CLM05-3",
    checked=date(2026, 11, 26),
    message="Type of bill {tob} ends in {digit}, the frequency code is {frequency}.",
    fix="Make them equal.",
)
def type_of_bill_frequency_mismatch(claim: Claim) -> Verdict:
    """
    The last character of the bill type differs from the frequency code.

    CLM05-3 is the last character of the type of bill. A feed that states both, and differently,
    has changed one of them only.
    """
    digit, frequency = claim.bill_type[3:], claim.claim_frequency_code
    if digit == frequency or not digit or not frequency:
        return PASS
    return fail("/claim_frequency_code", tob=claim.type_of_bill, digit=digit, frequency=frequency)
