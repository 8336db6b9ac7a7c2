"""A modifier is not two letters or digits, or there are more than four."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, line_edit
from scrubber.edits.procedure._modifiers import MODIFIER
from scrubber.edits.verdict import PASS, Verdict, fail

MOST_MODIFIERS = 4


@line_edit(
    id="modifier-format-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    when=("line.modifiers",),
    fields=("lines[].modifiers",),
    status_code=("A7:453",),
    carc=("4",),
    source="837P 2400 SV101-3 to SV101-6; 837I SV202-3 to -6",
    checked=date(2026, 11, 24),
    message="Line {line}: modifier {modifier} is {problem}.",
    fix=(
        "Use two-character modifiers, at most four; more than four need modifier 99 where"
        " the payer accepts it."
    ),
)
def modifier_format_invalid(_claim: Claim, line: Line) -> Verdict:
    """
    A modifier is not two letters or digits, or there are more than four.

    A modifier has two characters, and a line has room for four.
    """
    modifiers = line.modifiers
    for i, modifier in enumerate(modifiers):
        if modifier and not MODIFIER.fullmatch(modifier):
            at = line.at(f"modifiers/{i}")
            problem = "not two letters or digits"
            return fail(at, line, line=line.number, modifier=modifier, problem=problem)
    if len(modifiers) > MOST_MODIFIERS:
        last = modifiers[MOST_MODIFIERS]
        problem = "one more than the four a line may have"
        return fail(line.at("modifiers"), line, line=line.number, modifier=last, problem=problem)
    return PASS
