"""The claim holds an experimental or investigational service."""

import re
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail

CATEGORY_3 = re.compile("[0-9]{4}T")
TRIAL_MODIFIERS = ("Q0", "Q1")
TRIAL_DIAGNOSIS = "Z006"
TRIAL_CONDITION = "30"


def _trigger(line: Line) -> str:
    if line.procedure[-1:] == "T" and CATEGORY_3.fullmatch(line.procedure):
        return f"code {line.procedure}"
    for modifier in line.modifiers:
        if modifier in TRIAL_MODIFIERS:
            return f"modifier {modifier}"
    return ""


def _trigger_of_claim(claim: Claim) -> str:
    if claim.coding.experimental:
        return "the coding system"
    if TRIAL_CONDITION in claim.condition_codes:
        return "condition code 30"
    for diagnosis in claim.diagnoses:
        if diagnosis.code == TRIAL_DIAGNOSIS:
            return "diagnosis Z00.6"
    return ""


def _absent(claim: Claim, line: Line, trigger: str) -> str:
    """Return what a trial claim needs and this one lacks; other services need none of it."""
    if trigger.startswith("code") or trigger == "the coding system":
        return ""
    parts = (
        (any(one in TRIAL_MODIFIERS for one in line.modifiers), "modifier Q0 or Q1"),
        (any(one.code == TRIAL_DIAGNOSIS for one in claim.diagnoses), "diagnosis Z00.6"),
        (
            claim.type != "institutional" or TRIAL_CONDITION in claim.condition_codes,
            "condition code 30",
        ),
    )
    lacking = [name for there, name in parts if not there]
    return "; missing: " + ", ".join(lacking) if lacking else ""


@line_edit(
    id="experimental-service-review",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "diagnoses[].code",
        "condition_codes",
        "coding.experimental",
    ),
    status_code=("A7:774",),
    carc=("55",),
    source=(
        "NCD 310.1; Medicare Claims Processing Manual ch. 32 sections 68 and 69; Mission "
        "(experimental treatments go to people)"
    ),
    checked=date(2026, 11, 24),
    message="Line {line}: {trigger} marks an experimental or trial service{missing}.",
    fix="Check coverage, trial number and consent; add the missing trial codes.",
)
def experimental_service_review(claim: Claim, line: Line) -> Verdict:
    """
    The claim holds an experimental or investigational service.

    Trial and emerging services are covered case by case. The shape of a Category III code
    decides, not a list, and what a trial claim needs besides is named.
    """
    trigger = _trigger(line)
    if not trigger:
        if line.index != 0:
            return PASS
        trigger = _trigger_of_claim(claim)
        if not trigger:
            return PASS
    absent = _absent(claim, line, trigger)
    return fail(line.at("procedure"), line, line=line.number, trigger=trigger, missing=absent)
