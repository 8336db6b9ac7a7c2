"""The Medicare id is not in MBI format."""

import re
from datetime import date
from itertools import zip_longest

from scrubber.claim.compile import MEDICARE_INDICATORS
from scrubber.claim.model import Claim
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.verdict import PASS, Bypassed, Fail, Severity, Verdict, bypassed, fail

_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[AC-HJKMNP-RT-Y0-9]"
_POSITIONS = (
    "[1-9]",
    _LETTER,
    _EITHER,
    "[0-9]",
    _LETTER,
    _EITHER,
    "[0-9]",
    _LETTER,
    _LETTER,
    "[0-9]",
    "[0-9]",
)
_SHAPES = [re.compile(shape) for shape in _POSITIONS]
MBI = re.compile("".join(_POSITIONS), re.ASCII)


class Legacy(Params):
    """Payers that still take the number that came before."""

    allow_hicn: bool = False
    """Take a health insurance claim number where the pack says so."""


def _first_bad(member_id: str) -> int:
    places = enumerate(zip_longest(_SHAPES, member_id), start=1)
    return next(
        position
        for position, (shape, character) in places
        if not shape or not character or not shape.fullmatch(character)
    )


@claim_edit(
    id="mbi-format-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    since=date(2020, 1, 1),
    applies_to=("professional", "institutional"),
    fields=("payers[].filing_indicator", "payers[].subscriber.member_id"),
    can_bypass=True,
    params=Legacy(),
    status_code=("A7:164:IL",),
    carc=("16",),
    source="CMS Understanding the MBI Format; 837P/837I 2010BA NM109 (Medicare edit .020)",
    checked=date(2026, 11, 24),
    message=(
        "The Medicare number does not have the 11-character MBI pattern (first bad "
        "position {position})."
    ),
    fix="Use the number on the current Medicare card; the old HICN is no longer accepted.",
)
def mbi_format_invalid(claim: Claim, params: Legacy) -> Verdict:
    """
    The Medicare id is not in MBI format.

    The Medicare Beneficiary Identifier replaced the HICN for services from 2020 on. It has no
    check digit; its eleven positions each have their own set of characters, without S, L, O, I,
    B and Z.
    """
    complaints: list[Fail | Bypassed] = []
    for payer in claim.payers:
        if payer.filing_indicator not in MEDICARE_INDICATORS:
            continue
        member_id = payer.subscriber.member_id
        if MBI.fullmatch(member_id):
            continue
        member_id = member_id.replace("-", "").replace(" ", "").upper()
        if not member_id or MBI.fullmatch(member_id):
            continue
        at = payer.at("subscriber/member_id")
        if payer is claim.destination and params.allow_hicn:
            complaints.append(bypassed("the payer still takes the older number"))
            continue
        severity: Severity | None = None if payer is claim.destination else "warn"
        complaints.append(fail(at, severity=severity, position=_first_bad(member_id)))
    return tuple(complaints) or PASS
