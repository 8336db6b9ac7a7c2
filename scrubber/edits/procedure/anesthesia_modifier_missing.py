"""An anesthesia line does not say who gave the anesthesia."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._anesthesia import is_anesthesia
from scrubber.edits.verdict import PASS, Verdict, fail

PROVIDERS = frozenset(("AA", "AD", "QK", "QX", "QY", "QZ"))
DAILY_PAIN_MANAGEMENT = "01996"


class ProviderModifiers(Params):
    """Whether the payer asks who gave the anesthesia."""

    wanted: bool = False
    """Also by a payer other than Medicare, whose lines then go to a person."""


@line_edit(
    id="anesthesia-modifier-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].modifiers", "payers[].filing_indicator"),
    params=ProviderModifiers(),
    status_code=("A7:453",),
    carc=("4",),
    source="Medicare Claims Processing Manual ch. 12 section 50.K",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: anesthesia {procedure} has {count} provider modifiers; exactly one is needed."
    ),
    fix="Add AA, AD, QK, QY (physician) or QX, QZ (CRNA).",
)
def anesthesia_modifier_missing(claim: Claim, line: Line, params: ProviderModifiers) -> Verdict:
    """
    An anesthesia line does not say who gave the anesthesia.

    Medicare pays by who gave the anesthesia: a physician alone, one who directed or supervised
    others, or a nurse anesthetist. Exactly one modifier says so.
    """
    code = line.procedure
    if not is_anesthesia(code) or code == DAILY_PAIN_MANAGEMENT:
        return PASS
    medicare = claim.destination.filing_indicator == "MB"
    if not medicare and not params.wanted:
        return PASS
    count = sum(modifier in PROVIDERS for modifier in line.modifiers)
    if count == 1:
        return PASS
    return fail(
        line.at("modifiers"),
        line,
        severity=None if medicare else "review",
        line=line.number,
        procedure=code,
        count=count,
    )
