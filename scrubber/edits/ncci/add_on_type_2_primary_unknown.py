"""An add-on code whose primaries the contractor defines stands alone (type 2)."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, day_edit
from scrubber.edits.ncci._add_ons import ADD_ONS, verdict_on
from scrubber.edits.verdict import Verdict
from scrubber.reference.ncci_aoc import AocView


class ContractorLists(Params):
    """What the contractor decided."""

    primaries: Mapping[str, tuple[str, ...]] = Field(default={})
    """Add-on code → the primaries that the contractor accepts; without a list any procedure."""

    def accepts(self, add_on: Line, other: Line, _table: AocView) -> bool:
        """Tell whether the other line may be the add-on's primary."""
        listed = self.primaries.get(add_on.procedure)
        if listed is None:
            return other.procedure not in ("", add_on.procedure)
        return other.procedure in listed


@day_edit(
    id="add-on-type-2-primary-unknown",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].service_from", "rendering_provider.npi"),
    data=(ADD_ONS,),
    params=ContractorLists(),
    carc=("107",),
    source=("CMS NCCI add-on code edits; I/OCE edit 107 (professional revenue codes 096x to 098x)"),
    checked=date(2026, 11, 26),
    message="Line {line}: add-on {procedure} stands alone on {date}.",
    fix="Add the primary procedure it belongs to.",
)
def add_on_type_2_primary_unknown(
    _claim: Claim, lines: tuple[Line, ...], table: AocView, params: ContractorLists
) -> Verdict:
    """
    An add-on code whose primaries the contractor defines stands alone (type 2).

    CMS lists no primaries for these; the contractor decides. Without its list any other
    procedure of the provider that day may be the one.
    """
    return verdict_on(lines, table, "2", params.accepts)
