"""A single-dose drug line has neither JW nor JZ."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, day_edit
from scrubber.edits.procedure._medicare import is_outpatient_medicare
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.code_lists import CodeListView

WASTE, NO_WASTE = "JW", "JZ"
HOSPITAL_BILLS = ("13", "85")


class ReturnedFrom(Params):
    """When claims began to be returned."""

    returned_from: date = date(2023, 10, 1)
    """The first day of service; before it the finding is a note."""


@day_edit(
    id="drug-waste-modifier-missing",
    severity="reject",
    status="active",
    added="next",
    since=date(2023, 7, 1),
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "payers[].filing_indicator",
        "type_of_bill",
    ),
    data=("single-dose-drugs",),
    partial_data=True,
    params=ReturnedFrom(),
    status_code=("A7:453",),
    carc=("4",),
    source=(
        "Medicare Claims Processing Manual ch. 17 section 40; CMS JW/JZ policy (claims"
        " returned from 2023-10-01)"
    ),
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {procedure} needs JZ, or a second line with JW for the discarded amount."
    ),
    fix=("Add JZ when nothing was discarded, else bill the waste on its own line with JW."),
)
def drug_waste_modifier_missing(
    claim: Claim, lines: tuple[Line, ...], drugs: CodeListView | None, params: ReturnedFrom
) -> Verdict:
    """
    A single-dose drug line has neither JW nor JZ.

    Medicare takes back what was paid for the discarded part of a single-dose package: a line of
    such a drug says that nothing was discarded (JZ), or a second line bills the discarded amount
    (JW). On a hospital's bill the drug may be packaged, and a supplier does not give the drug it
    dispenses: there it is a note.

    Rural health clinics and federally qualified health centers are outside, and so are vaccines. A
    code that has multi-dose packages too cannot be on the list.
    """
    if not is_outpatient_medicare(claim, HOSPITAL_BILLS):
        return PASS
    if drugs is None:
        return no_data("single-dose-drugs", lines[0].day)
    wasted = {line.procedure for line in lines if WASTE in line.modifiers}
    returned = (
        claim.type == "professional" and not claim.is_dme and lines[0].day >= params.returned_from
    )
    return several(
        fail(
            line.at("modifiers"),
            line,
            severity=None if returned else "warn",
            line=line.number,
            procedure=line.procedure,
        )
        for line in lines
        if drugs.of(line.procedure) is not None
        and NO_WASTE not in line.modifiers
        and line.procedure not in wasted
    )
