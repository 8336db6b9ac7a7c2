"""A Medicare spinal manipulation is not marked as active treatment."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail

MANIPULATIONS = frozenset(("98940", "98941", "98942"))
TREATMENT_OR_NOTICE = frozenset(("AT", "GA", "GY", "GZ"))


@line_edit(
    id="chiropractic-treatment-modifier-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].modifiers", "payers[].filing_indicator"),
    carc=("50",),
    source="Medicare Benefit Policy Manual ch. 15 section 240.1.3; CMS CR 3449 (AT)",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} has no AT; Medicare will deny it as maintenance.",
    fix=("Add AT when the record shows active treatment, else give the notice and use GA."),
)
def chiropractic_treatment_modifier_missing(claim: Claim, line: Line) -> Verdict:
    """
    A Medicare spinal manipulation is not marked as active treatment.

    Medicare pays a spinal manipulation as active treatment (AT) only, and denies it as maintenance
    without. Whether it was treatment the record says, so a person reads it.
    """
    if (
        line.procedure not in MANIPULATIONS
        or claim.destination.filing_indicator != "MB"
        or not TREATMENT_OR_NOTICE.isdisjoint(line.modifiers)
    ):
        return PASS
    return fail(line.at("modifiers"), line, line=line.number, procedure=line.procedure)
