"""An NCCI pair passes only because of a modifier."""

from datetime import date

from scrubber.claim.compile import ASSIGNED_BY_AI
from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_pair_edit
from scrubber.edits.ncci._pairs import TABLES, ptp_pairs
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.ncci_ptp import NCCI_MODIFIERS, PtpRow

#: They say "distinct" and nothing else; the others say where, when or by whom.
DISTINCT = frozenset(("59", "XE", "XP", "XS", "XU"))


def _set_by_ai(claim: Claim, place: str) -> bool:
    """Tell whether software assigned the modifier, or all modifiers of its line."""
    if not claim.is_ai_coded:
        return False
    targets = (place, place.rpartition("/")[0])
    return any(one.origin in ASSIGNED_BY_AI and one.target in targets for one in claim.coding.codes)


@line_pair_edit(
    id="ncci-ptp-bypassed-by-modifier",
    severity="info",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].modifiers",
        "lines[].procedure",
        "coding.codes[].target",
        "coding.codes[].origin",
    ),
    data=TABLES,
    partial_data=True,
    pairs=ptp_pairs,
    source="CMS Proper Use of Modifiers 59, XE, XP, XS, XU",
    checked=date(2026, 11, 26),
    message="Lines {line} and {other} pass the NCCI edit only by modifier {modifier}.",
    fix="Make sure the record shows the separate service.",
)
def ncci_ptp_bypassed_by_modifier(
    claim: Claim, column2: Line, column1: Line, row: PtpRow
) -> Verdict:
    """
    An NCCI pair passes only because of a modifier.

    59 and the four X modifiers are the ones most often used wrongly: they claim a distinct
    service and show nothing of it. Where software set the modifier, a person looks.

    Not checked here: pairs that another NCCI modifier separates as well.
    """
    if row.indicator != "1":
        return PASS
    places = [
        (modifier, line, line.at(f"modifiers/{i}"))
        for line in (column2, column1)
        for i, modifier in enumerate(line.modifiers)
        if modifier in NCCI_MODIFIERS
    ]
    if not places or not all(modifier in DISTINCT for modifier, _, _ in places):
        return PASS
    modifier, _, at = places[0]
    return fail(
        at,
        column2,
        column1,
        severity="review" if _set_by_ai(claim, at) else None,
        line=column2.number,
        other=column1.number,
        modifier=modifier,
    )
