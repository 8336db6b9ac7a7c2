"""A payment modifier stands after an information modifier."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._modifiers import MODIFIER
from scrubber.edits.verdict import PASS, Verdict, fail

PRICING = frozenset(
    ("22", "26", "50", "52", "53", "54", "55", "56", "62", "66", "78", "80", "81", "82",
     "AS", "TC", "AA", "AD", "QK", "QX", "QY", "QZ")
)  # fmt: skip


@line_edit(
    id="modifier-order",
    severity="info",
    status="preview",
    added="next",
    applies_to=("professional",),
    fields=("lines[].modifiers",),
    source="Payer billing guides (pricing modifiers first)",
    checked=date(2026, 11, 26),
    message="Line {line}: put {pricing} before {other}.",
    fix="Reorder the modifiers.",
)
def modifier_order(_claim: Claim, line: Line) -> Verdict:
    """
    A payment modifier stands after an information modifier.

    Many payers price by the first modifier: those that change the payment stand before those
    that inform.
    """
    modifiers = line.modifiers
    if len(modifiers) < 2:  # noqa: PLR2004 (a pair)
        return PASS
    other = ""
    for i, modifier in enumerate(modifiers):
        if modifier not in PRICING:
            other = other or (modifier if MODIFIER.fullmatch(modifier) else "")
        elif other:
            at = line.at(f"modifiers/{i}")
            return fail(at, line, line=line.number, pricing=modifier, other=other)
    return PASS
