"""An equipment line does not say rented or bought."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.code_lists import CodeListView

EQUIPMENT = ("E", "K")
CATEGORIES = frozenset(("capped rental", "inexpensive", "frequently serviced", "oxygen"))
RENTED = "RR"
BOUGHT = frozenset(("NU", "UE"))
SAYS_HOW = BOUGHT | {RENTED, "MS", "RA", "RB"}


@line_edit(
    id="dme-rental-purchase-modifier-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].modifiers", "payers[].filing_indicator"),
    data=("dmepos-categories",),
    partial_data=True,
    status_code=("A7:453",),
    carc=("4",),
    source=(
        "Medicare Claims Processing Manual ch. 20 sections 30 and 130; DMEPOS fee"
        " schedule categories"
    ),
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has no rental or purchase modifier.",
    fix="Add RR, NU or UE as supplied.",
    when=("claim.is_medicare",),
)
def dme_rental_purchase_modifier_missing(
    claim: Claim, line: Line, categories: CodeListView | None
) -> Verdict:
    """
    An equipment line does not say rented or bought.

    Equipment is paid by whether it is rented (RR), bought new (NU) or used (UE), serviced (MS),
    replaced (RA) or repaired (RB), and not both rented and bought. Which category a code is in, the
    DMEPOS fee schedule says, a list of the user.
    """
    if not claim.is_medicare or not line.procedure.startswith(EQUIPMENT):
        return PASS
    if categories is None:
        return no_data("dmepos-categories", line.day)
    if categories.of(line.procedure) not in CATEGORIES:
        return PASS
    said = SAYS_HOW.intersection(line.modifiers)
    if said and not (RENTED in said and said & BOUGHT):
        return PASS
    return fail(line.at("modifiers"), line, line=line.number, procedure=line.procedure)
