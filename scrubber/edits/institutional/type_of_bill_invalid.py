"""The type of bill is missing or impossible."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.institutional._bill import kind_of_bill
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.outpatient_bills import BillTypeView

FACILITIES = frozenset("12345678")
CLASSES = frozenset("123456789")
FREQUENCIES = frozenset("0123456789ABCDEFGHIJKLMNOPQXYZ")


class KnownBills(Params):
    """Types of bill that no outpatient map holds."""

    medicare_inpatient: tuple[str, ...] = (
        *("11", "18", "21", "28", "33", "41", "42", "65", "66", "79", "86"),
    )
    """Facility and class digits that Medicare takes without the outpatient code editor."""


@claim_edit(
    id="type-of-bill-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("type_of_bill", "payers[].filing_indicator"),
    data=("ioce-bill-types",),
    partial_data=True,
    params=KnownBills(),
    status_code=("A7:228",),
    carc=("16",),
    source="837I 2300 CLM05-1, CLM05-3; I/OCE edit 118 (outpatient bill types only)",
    checked=date(2026, 11, 26),
    message="Type of bill {value} is not valid.",
    fix="Use 0 plus facility, class and frequency, for example 0131.",
)
def type_of_bill_invalid(
    claim: Claim, outpatient: BillTypeView | None, params: KnownBills
) -> Verdict:
    """
    The type of bill is missing or impossible.

    Facility, class and frequency, with or without the leading zero. Medicare takes the types that
    its outpatient editor names one by one, and those that never reach it; rows of the map that
    catch everything from 11 to 99 prove nothing.
    """
    bill = claim.bill_type
    if not (
        bill[:1] == "0" and bill[1] in FACILITIES and bill[2] in CLASSES and bill[3] in FREQUENCIES
    ):
        return fail("/type_of_bill", value=claim.type_of_bill or "missing")
    kind = kind_of_bill(claim)
    if not claim.is_medicare or kind in params.medicare_inpatient:
        return PASS
    if outpatient is None:
        return no_data("ioce-bill-types", claim.day)
    if outpatient.names(kind):
        return PASS
    return fail("/type_of_bill", value=claim.type_of_bill)
