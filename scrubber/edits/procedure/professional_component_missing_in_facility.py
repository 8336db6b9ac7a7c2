"""A physician bills a full diagnostic test in a hospital."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._fee_schedule import indicators_of
from scrubber.edits.procedure._modifiers import COMPONENTS
from scrubber.edits.verdict import PASS, NoData, Verdict, bypassed, fail
from scrubber.reference.fee_schedule import FeeScheduleView

FACILITIES = frozenset(("19", "21", "22", "23", "26", "31", "34", "51", "52", "56", "61"))
HAS_COMPONENTS = "1"


class EquipmentOwners(Params):
    """Who may bill a full test in a facility."""

    equipment_owners: tuple[str, ...] = ()
    """NPIs of billing providers that own the equipment."""


@line_edit(
    id="professional-component-missing-in-facility",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].place_of_service",
        "place_of_service",
        "lines[].service_from",
    ),
    data=("pprrvu",),
    partial_data=True,
    can_bypass=True,
    params=EquipmentOwners(),
    carc=("58",),
    source="Medicare Claims Processing Manual ch. 13 section 20.2",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {procedure} is billed in full at place {pos}; the facility"
        " usually bills the technical part."
    ),
    fix="Add modifier 26 if only the interpretation was done.",
)
def professional_component_missing_in_facility(
    claim: Claim, line: Line, table: FeeScheduleView | None, params: EquipmentOwners
) -> Verdict:
    """
    A physician bills a full diagnostic test in a hospital.

    In a facility the technical part of a test is the facility's to bill; the physician bills the
    interpretation with modifier 26, unless the equipment is the physician's.
    """
    if line.place_of_service not in FACILITIES or not COMPONENTS.isdisjoint(line.modifiers):
        return PASS
    row = indicators_of(line, table)
    if isinstance(row, NoData):
        return row
    if row.pctc_ind != HAS_COMPONENTS:
        return PASS
    if claim.billing_provider.npi in params.equipment_owners:
        return bypassed("the billing provider owns the equipment", line)
    return fail(
        line.at("modifiers"),
        line,
        line=line.number,
        procedure=line.procedure,
        pos=line.place_of_service,
    )
