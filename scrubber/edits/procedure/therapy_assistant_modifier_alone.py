"""A therapy assistant modifier has no matching discipline."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._modifiers import modifier_at
from scrubber.edits.verdict import PASS, Verdict, fail, several

DISCIPLINES = {"CQ": "GP", "CO": "GO"}


@line_edit(
    id="therapy-assistant-modifier-alone",
    severity="reject",
    status="active",
    added="next",
    since=date(2020, 1, 1),
    applies_to=("professional", "institutional"),
    fields=("lines[].modifiers", "lines[].service_from", "payers[].filing_indicator"),
    status_code=("A7:453",),
    carc=("4",),
    source="42 CFR 410.59, 410.60; CMS CR 11055",
    checked=date(2026, 11, 26),
    message="Line {line}: {assistant} needs {discipline}.",
    fix="Add the discipline modifier.",
)
def therapy_assistant_modifier_alone(claim: Claim, line: Line) -> Verdict:
    """
    A therapy assistant modifier has no matching discipline.

    CQ and CO say that an assistant gave the therapy; the discipline stands beside it: GP for
    physical, GO for occupational therapy.
    """
    modifiers = line.modifiers
    if not modifiers or ("CQ" not in modifiers and "CO" not in modifiers):
        return PASS
    return several(
        fail(
            modifier_at(line, assistant),
            line,
            severity=None if claim.is_medicare else "review",
            line=line.number,
            assistant=assistant,
            discipline=discipline,
        )
        for assistant, discipline in DISCIPLINES.items()
        if assistant in modifiers and discipline not in modifiers
    )
