"""A drug code number, quantity or unit is malformed."""

import re
from datetime import date
from decimal import Decimal

from scrubber.claim.model import Claim, Line, Ndc
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several

CODE = re.compile("[0-9]{11}|[0-9]{5}-[0-9]{4}-[0-9]{2}")
UNITS = frozenset(("F2", "GR", "ME", "ML", "UN"))
MOST_DECIMALS = 3
TEN_DIGITS = re.compile("[0-9]{10}")
HYPHENATED = re.compile(
    "[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-[0-9]{3}-[0-9]{2}|[0-9]{5}-[0-9]{4}-[0-9]"
)


def _code_fault(code: str) -> str:
    """Return what is wrong with a code, and how one of ten digits may be padded."""
    if CODE.fullmatch(code):
        return ""
    if TEN_DIGITS.fullmatch(code):
        paddings = f"0{code}, {code[:5]}0{code[5:]} or {code[:9]}0{code[9:]}"
        return f"has 10 digits; by its label it is {paddings}"
    if HYPHENATED.fullmatch(code):
        labeler, product, package = code.split("-")
        return f"has 10 digits; it is {labeler:0>5}{product:0>4}{package:0>2}"
    return "is not 11 digits in the form 5-4-2"


def _quantity_fault(quantity: Decimal | None) -> str:
    if quantity is None:
        return "has no quantity"
    if quantity <= 0:
        return "has a quantity that is not above zero"
    if quantity == quantity.to_integral_value():
        return ""
    exponent = quantity.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        return "has a quantity of more than 3 decimals"
    return ""


def _faults(ndc: Ndc) -> tuple[tuple[str, str], ...]:
    return (
        ("code", _code_fault(ndc.code)),
        ("quantity", _quantity_fault(ndc.quantity)),
        ("unit", "" if ndc.unit in UNITS else "has a unit that is not F2, GR, ME, ML or UN"),
    )


@line_edit(
    id="ndc-format-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].ndc.code", "lines[].ndc.quantity", "lines[].ndc.unit"),
    status_code=("A7:218", "A7:659"),
    carc=("16",),
    source="837P/837I 2410 LIN03 (N4), CTP04, CTP05-1",
    checked=date(2026, 11, 26),
    message="Line {line}: NDC {problem}.",
    fix="Write the NDC in 5-4-2 form, 11 digits, with quantity and unit.",
)
def ndc_format_invalid(_claim: Claim, line: Line) -> Verdict:
    """
    A drug code number, quantity or unit is malformed.

    An NDC is sent as 11 digits, 5-4-2, with how much of the package was used and in which unit
    (which is not the unit of the procedure code). A label's ten digits lack a zero, in the first,
    second or third part; which, only the label's hyphens tell.

    Not checked here: a line without an NDC (`ndc-missing`).
    """
    ndc = line.ndc
    if ndc is None or not (ndc.code or ndc.unit or ndc.quantity is not None):
        return PASS
    complaints = []
    for field, problem in _faults(ndc):
        if problem:
            at = line.at(f"ndc/{field}")
            complaints.append(fail(at, line, line=line.number, problem=problem))
    return several(complaints)
