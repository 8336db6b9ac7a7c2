"""A performance measurement code carries a charge."""

from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail

MEASUREMENT = "F"
TOKEN_CHARGE = Decimal("0.01")


@line_edit(
    id="category-two-code-charged",
    severity="info",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].charge"),
    source="CMS quality reporting instructions for claims",
    checked=date(2026, 11, 26),
    message="Line {line}: measurement code {procedure} has a charge of {charge}.",
    fix="Set the charge to 0.00 or 0.01 as the payer asks.",
)
def category_two_code_charged(_claim: Claim, line: Line) -> Verdict:
    """
    A performance measurement code carries a charge.

    A measurement is reported, not sold: the code carries no charge, or a cent where the payer
    asks for one.
    """
    code = line.procedure
    if code[-1:] != MEASUREMENT or line.charge is None or line.charge <= TOKEN_CHARGE:
        return PASS
    if len(code) != 5 or not code[:4].isdigit():  # noqa: PLR2004 (four digits and the letter)
        return PASS
    return fail(line.at("charge"), line, line=line.number, procedure=code, charge=line.charge)
