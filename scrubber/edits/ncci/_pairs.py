"""The search that the pair edits share: the table proposes, the edits judge."""

from collections.abc import Callable

from scrubber.claim.model import Claim, Line
from scrubber.edits.outpatient import BILLS, EDITOR, day_is_denied, is_physicians
from scrubber.edits.proposed import NOTHING, Proposed
from scrubber.edits.verdict import no_data
from scrubber.reference.ncci_ptp import NCCI_MODIFIERS, PtpView
from scrubber.reference.outpatient_bills import BillTypeView
from scrubber.reference.outpatient_codes import OutpatientView

PRACTITIONER = "ncci-ptp-practitioner"
HOSPITAL = "ncci-ptp-hospital"
#: What the search takes; edits that share it name the same tables.
TABLES = (PRACTITIONER, HOSPITAL, BILLS, EDITOR)
OTHER_SYSTEMS = ("ER", "IV", "WK")
CRITICAL_ACCESS = "85"


def ptp_pairs(
    claim: Claim,
    lines: tuple[Line, ...],
    practitioner: PtpView | None,
    hospital: PtpView | None,
    bills: BillTypeView | None,
    editor: OutpatientView | None,
) -> Proposed:
    """
    Return the pairs of one day that the claim's table names, each column 2 line once a row.

    A professional claim's lines are paired by rendering provider, a hospital's whoever did them;
    suppliers of equipment have other rules. Of several column 1 lines the one without an NCCI
    modifier is taken, since it is the one that stands in the way.
    """
    billed = [
        line
        for line in lines
        if line.procedure and line.units != 0 and line.qualifier not in OTHER_SYSTEMS
    ]
    codes = tuple(sorted({line.procedure for line in billed}))
    if len(codes) < 2 or claim.is_dme or claim.is_inpatient:  # noqa: PLR2004 (a pair)
        return NOTHING
    table, kind = practitioner, PRACTITIONER
    party: Callable[[Line], str] = _rendering
    if claim.type == "institutional":
        if bills is None:
            return Proposed([], no_data(BILLS, lines[0].day))
        if not bills.edits(claim.bill_type, claim.condition_codes).ncci:
            return NOTHING
        table, kind = hospital, HOSPITAL
        # A critical access hospital bills its physicians too; the editor keeps the two apart.
        party = _department if claim.bill_type[1:3] == CRITICAL_ACCESS else _facility
    if table is None:
        return Proposed([], no_data(kind, lines[0].day))
    rows = table.rows(codes)
    if not rows:
        outside = not all(map(table.holds, codes))
        return Proposed([], no_data(kind, lines[0].day)) if outside else NOTHING
    if table is hospital and day_is_denied(claim, lines, editor):
        return NOTHING
    pairs = [
        (line, other, row)
        for row in rows
        for line in billed
        if line.procedure == row.column2
        and (other := _beside(billed, row.column1, party(line), party)) is not None
    ]
    return Proposed(pairs, None)


def separating(*lines: Line) -> tuple[str, Line] | None:
    """Return the first NCCI modifier of the lines, and its line."""
    # CMS CR 11168: since 2019-07-01 the modifier counts on either code of the pair.
    for line in lines:
        for modifier in line.modifiers:
            if modifier in NCCI_MODIFIERS:
                return modifier, line
    return None


def _beside(
    lines: list[Line], code: str, party: str, party_of: Callable[[Line], str]
) -> Line | None:
    found = [line for line in lines if line.procedure == code and party_of(line) == party]
    return min(found, key=_has_modifier, default=None)


def _has_modifier(line: Line) -> bool:
    return not NCCI_MODIFIERS.isdisjoint(line.modifiers)


def _rendering(line: Line) -> str:
    return line.rendering_npi


def _facility(_line: Line) -> str:
    return ""


def _department(line: Line) -> str:
    return "physicians" if is_physicians(line) else "facility"
