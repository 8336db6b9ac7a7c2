"""An add-on code has no listed primary, but others may be acceptable (type 3)."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.ncci._add_ons import ADD_ONS, is_primary, verdict_on
from scrubber.edits.verdict import Verdict
from scrubber.reference.ncci_aoc import AocView


@day_edit(
    id="add-on-type-3-primary-unlisted",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].service_from", "rendering_provider.npi"),
    data=(ADD_ONS,),
    carc=("107",),
    source="CMS NCCI add-on code edits; I/OCE edit 108",
    checked=date(2026, 11, 26),
    message="Line {line}: add-on {procedure} on {date} has no listed primary.",
    fix="Check that the other procedure is an acceptable primary for this payer.",
)
def add_on_type_3_primary_unlisted(
    _claim: Claim, lines: tuple[Line, ...], table: AocView
) -> Verdict:
    """
    An add-on code has no listed primary, but others may be acceptable (type 3).

    The list of primaries is open: the contractor may accept others, so a person looks.
    """
    return verdict_on(lines, table, "3", is_primary)
