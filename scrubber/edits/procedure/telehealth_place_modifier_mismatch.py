"""Telehealth place and telehealth modifier do not match the payer's rule."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._places import place_at
from scrubber.edits.verdict import PASS, Verdict, fail, no_data

TELEHEALTH_PLACES = ("02", "10")
TELEHEALTH_MODIFIERS = frozenset(("95", "GT", "GQ", "93", "FQ"))


class TelehealthRule(Params):
    """What the payer asks of a visit from afar; a pack dates it."""

    modifiers: tuple[str, ...] | None = None
    """One of these beside place 02 or 10; empty: none is asked."""
    places: tuple[str, ...] | None = None
    """Where a telehealth modifier may stand; the usual place too during an allowed period."""


@line_edit(
    id="telehealth-place-modifier-mismatch",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].place_of_service",
        "place_of_service",
        "lines[].modifiers",
        "lines[].service_from",
        "payers[].payer_id",
    ),
    params=TelehealthRule(),
    carc=("4", "5"),
    source="Medicare Claims Processing Manual ch. 12 section 190; CMS telehealth FAQ",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: place {pos} and modifiers {modifiers} do not match the telehealth"
        " rule of {payer_id}."
    ),
    fix="Follow the payer's telehealth rule for the date.",
)
def telehealth_place_modifier_mismatch(claim: Claim, line: Line, params: TelehealthRule) -> Verdict:
    """
    Telehealth place and telehealth modifier do not match the payer's rule.

    Payers differ in how a visit from afar is told: by place 02 or 10, by a modifier, or both, and
    they change it. Without the payer's rule nobody can say.
    """
    place, present = line.place_of_service, line.modifiers
    remote = place in TELEHEALTH_PLACES
    if not remote and (not present or TELEHEALTH_MODIFIERS.isdisjoint(present)):
        return PASS
    if params.modifiers is None or params.places is None:
        return no_data("payer-profile", line.day)
    wanted = params.modifiers
    lacks_modifier = remote and wanted and not any(one in wanted for one in present)
    misplaced = place not in params.places and not TELEHEALTH_MODIFIERS.isdisjoint(present)
    if not lacks_modifier and not misplaced:
        return PASS
    return fail(
        line.at("modifiers") if lacks_modifier else place_at(claim, line),
        line,
        line=line.number,
        pos=place,
        modifiers=present,
        payer_id=claim.destination.payer_id or "the payer",
    )
