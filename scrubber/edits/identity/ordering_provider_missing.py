"""Tests and supplies that nobody ordered."""

from collections.abc import Callable
from datetime import date
from functools import cached_property, lru_cache

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data

PART_B = "MB"
PROFESSIONAL_COMPONENT = "26"
NOT_ORDERED = {
    "guidance": "guidance of a procedure is not ordered",
    "therapy": "a therapy is not ordered",
    "screening": "a patient may come to the screening without an order",
}
"""Kinds that need no order, and why."""


class OrderedServices(Params):
    """Which services somebody must have ordered."""

    ordered_services: tuple[tuple[str, str, str], ...] = (
        ("70010", "76499", "imaging"),
        ("75600", "75989", "guidance"),
        ("76000", "76001", "guidance"),
        ("76098", "76098", "guidance"),
        ("76506", "76886", "imaging"),
        ("76930", "76965", "guidance"),
        ("76998", "76998", "guidance"),
        ("77001", "77022", "guidance"),
        ("77046", "77066", "imaging"),
        ("77063", "77063", "screening"),
        ("77067", "77067", "screening"),
        ("77072", "77086", "imaging"),
        ("77261", "77799", "therapy"),
        ("78012", "78999", "imaging"),
        ("79005", "79999", "therapy"),
        ("80047", "87999", "laboratory"),
        ("E0100", "E8002", "equipment"),
        ("K0001", "K0899", "equipment"),
        ("L0112", "L8515", "equipment"),
    )
    """First and last code of ranges, with their kind; later ones are exceptions to earlier ones.
    Nobody orders `guidance`, `therapy` and `screening`; every other kind needs an order."""
    waived: bool = False
    """Take services that nobody ordered."""

    @cached_property
    def kind_of(self) -> Callable[[str], str]:
        """The kind of a code, `""` for one outside the map."""
        ranges = self.ordered_services[::-1]

        @lru_cache(maxsize=16384)
        def kind(code: str) -> str:
            return next(
                (
                    kind
                    for first, last, kind in ranges
                    if first <= code <= last and len(code) == len(first)
                ),
                "",
            )

        return kind


@line_edit(
    id="ordering-provider-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "payers[].filing_indicator",
        "ordering_provider.npi",
        "lines[].ordering_provider.npi",
        "referring_provider.npi",
        "lines[].procedure",
        "lines[].modifiers",
    ),
    can_bypass=True,
    params=OrderedServices(),
    status_code=("A6:562:DK", "A6:562:DN"),
    carc=("16",),
    source="42 CFR 424.507; 837P 2310A (DN/DK), 2420E",
    checked=date(2026, 11, 26),
    message="Line {line} ({procedure}) needs an ordering or referring provider.",
    fix="Add the individual who ordered the test or item.",
)
def ordering_provider_missing(claim: Claim, line: Line, params: OrderedServices) -> Verdict:
    """
    A Medicare test or supply line names no ordering or referring provider.

    Part B pays for laboratory tests, the technical part of images, and equipment only when an
    individual with an NPI ordered them. Which codes those are is a map of ranges; a code outside
    it is not looked at. Nobody orders radiation therapy, guidance during a procedure, or a
    screening mammogram.

    Not checked here: the NPI of the one who is named (`referring-ordering-npi-invalid`).
    """
    if (
        claim.destination.filing_indicator != PART_B
        or line.ordering_provider.npi
        or claim.ordering_provider.npi
        or claim.referring_provider.npi
    ):
        return PASS
    if not params.ordered_services:
        return no_data("payer-profile", line.day)
    kind = params.kind_of(line.procedure)
    if not kind:
        return PASS
    if kind in NOT_ORDERED:
        return bypassed(NOT_ORDERED[kind], line)
    if PROFESSIONAL_COMPONENT in line.modifiers:
        return bypassed(f"modifier 26 on line {line.number}", line)
    if params.waived:
        return bypassed("the payer does without an order", line)
    return fail(line.at("ordering_provider"), line, line=line.number, procedure=line.procedure)
