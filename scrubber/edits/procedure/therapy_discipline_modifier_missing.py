"""A therapy line does not name the discipline."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._medicare import is_outpatient_medicare
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.code_lists import CodeListView

DISCIPLINES = frozenset(("GN", "GO", "GP"))
THERAPY_BILLS = frozenset(("12", "13", "22", "23", "34", "74", "75", "85"))
ALWAYS = "always"
#: The department of a revenue code's first three digits.
DEPARTMENTS = {"042": "GP", "043": "GO", "044": "GN"}


@line_edit(
    id="therapy-discipline-modifier-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].revenue_code",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    data=("therapy-codes",),
    partial_data=True,
    status_code=("A7:453",),
    carc=("4",),
    source="Medicare Claims Processing Manual ch. 5 section 20.1",
    checked=date(2026, 11, 26),
    message="Line {line}: therapy {procedure} needs exactly one of GP, GO, GN.",
    fix="Add the modifier of the plan of care.",
)
def therapy_discipline_modifier_missing(
    claim: Claim, line: Line, therapy: CodeListView | None
) -> Verdict:
    """
    A therapy line does not name the discipline.

    Medicare counts therapy by discipline: a service that is always therapy (in the list:
    `always`) says which plan of care it belongs to, speech (GN), occupational (GO) or physical
    (GP). A department of another discipline is left to a person.
    """
    if not is_outpatient_medicare(claim, THERAPY_BILLS):
        return PASS
    if therapy is None:
        return no_data("therapy-codes", line.day)
    if therapy.of(line.procedure) != ALWAYS:
        return PASS
    named = DISCIPLINES.intersection(line.modifiers)
    agrees = True
    if len(named) == 1:
        department = DEPARTMENTS.get(line.revenue_code[:3])
        agrees = department is None or department in named
        if agrees:
            return PASS
    return fail(
        line.at("modifiers"),
        line,
        severity=None if agrees else "review",
        line=line.number,
        procedure=line.procedure,
    )
