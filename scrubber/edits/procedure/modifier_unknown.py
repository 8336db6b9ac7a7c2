"""A modifier is in no modifier table."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._modifiers import MODIFIER, is_route, modifier_at
from scrubber.edits.verdict import PASS, Fail, Severity, Verdict, fail, no_data, several
from scrubber.reference.dated_codes import DatedCodeView

AMBULANCE = ("A0021", "A0999")
AMBULANCE_REVENUE_CODE = "0540"


class KnownModifiers(Params):
    """Modifiers that the loaded table lacks."""

    also_known: tuple[str, ...] = (
        "1P",
        "2P",
        "3P",
        "8P",
        "V8",
        "V9",
        "QV",
        "JF",
        "L1",
        "NT",
        "SZ",
        "ZA",
        "ZB",
        "ZC",
    )
    """Modifiers that count as listed; a payer's and a state's own are added here."""


@line_edit(
    id="modifier-unknown",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].modifiers",
        "lines[].procedure",
        "lines[].revenue_code",
        "lines[].service_from",
        "payers[].filing_indicator",
    ),
    data=("ioce-modifiers",),
    partial_data=True,
    params=KnownModifiers(),
    status_code=("A7:453",),
    carc=("182",),
    source="I/OCE edit 22",
    checked=date(2026, 11, 26),
    message="Line {line}: modifier {modifier} does not exist.",
    fix="Check the modifier.",
    when=("line.modifiers",),
)
def modifier_unknown(
    claim: Claim, line: Line, table: DatedCodeView | None, params: KnownModifiers
) -> Verdict:
    """
    A modifier is in no modifier table.

    The I/OCE's table serves hospitals: it lacks the ambulance's pairs of origin and destination
    and a few others. Beyond its last day, and for other payers, a person looks.

    Not checked here: what is no modifier at all (`modifier-format-invalid`).
    """
    if not line.modifiers:
        return PASS
    procedure = line.procedure
    if line.qualifier == "ER" or line.revenue_code == AMBULANCE_REVENUE_CODE:
        return PASS
    said: list[Fail] = []
    for modifier in line.modifiers:
        if (
            (table is not None and table.status(modifier) != "unknown")
            or modifier in params.also_known
            or not MODIFIER.fullmatch(modifier)
            or (AMBULANCE[0] <= procedure <= AMBULANCE[1] and is_route(modifier))
        ):
            continue
        if table is None:
            return no_data("ioce-modifiers", line.day)
        certain = claim.is_medicare and table.covers(line.day) and table.covers(claim.received)
        severity: Severity | None = None if certain else "review"
        at = modifier_at(line, modifier)
        said.append(fail(at, line, severity=severity, line=line.number, modifier=modifier))
    return several(said)
