"""A box in the billing address."""

import re
from datetime import date

from scrubber.claim.model import NO_ADDRESS, Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

BOX = re.compile(r"\b(?:P ?O BOX|POST OFFICE BOX|LOCK BOX|LOCK BIN)\b")


def _is_box(line: str) -> bool:
    upper = line.upper()
    if "BOX" not in upper and "BIN" not in upper:
        return False
    return BOX.search(" ".join(upper.replace(".", " ").split())) is not None


@claim_edit(
    id="billing-address-po-box",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider.address.line1",
        "billing_provider.address.line2",
        "billing_provider.address.country",
    ),
    status_code=("A7:503:85",),
    source="837P/837I 2010AA N301/N302 (street address rule of 005010)",
    checked=date(2026, 11, 26),
    message="The billing address is a PO box or lock box; a street address is required.",
    fix="Put the physical practice address here and the box in the pay-to address.",
)
def billing_address_po_box(claim: Claim) -> Verdict:
    """
    The billing address is a post office box or lock box.

    Version 005010 wants the street; payments go to the pay-to address. Only whole words count:
    Boxwood Lane is a street, 300 POB a building, RR 2 BOX 45 and PMB 7 are delivered to. A box
    in the second line, beside a street, is worth a note.
    """
    address = claim.billing_provider.address or NO_ADDRESS
    if address.country not in ("", "US"):
        return PASS
    if _is_box(address.line1):
        return fail("/billing_provider/address/line1")
    if _is_box(address.line2):
        return fail("/billing_provider/address/line2", severity="warn")
    return PASS
