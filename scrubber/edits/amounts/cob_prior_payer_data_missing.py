"""A secondary claim lacks the primary payer's result."""

from datetime import date

from scrubber.claim.compile import RESPONSIBILITY_ORDER
from scrubber.claim.model import Claim, Payer
from scrubber.edits.amounts._payers import adjudications
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, several

INSURANCE_DENIED = "24"  # occurrence code
#: Value codes of Medicare as secondary payer: the amount of the earlier payer stands there.
MSP_VALUES = frozenset(("12", "13", "14", "15", "16", "41", "42", "43", "47"))


class NotExpected(Params):
    """Where the result of an earlier payer is not waited for."""

    payer_ids: tuple[str, ...] = ()
    """Earlier payers that do not cover the service, or are charged later."""


@claim_edit(
    id="cob-prior-payer-data-missing",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "payers[].responsibility",
        "payers[].destination",
        "payers[].paid_amount",
        "payers[].remittance_date",
        "lines[].payer_adjudications[].remittance_date",
        "occurrence_codes",
        "value_codes",
    ),
    can_bypass=True,
    params=NotExpected(),
    status_code=("A6:286", "A6:516:PR"),
    carc=("22",),
    source="837 2320 AMT*D, 2330B or 2430 DTP*573",
    checked=date(2026, 11, 26),
    message=(
        "The claim goes to the {responsibility} payer but the result of the {earlier} payer is "
        "missing."
    ),
    fix="Wait for the 835 of the earlier payer and post it.",
)
def cob_prior_payer_data_missing(claim: Claim, params: NotExpected) -> Verdict:
    """
    A secondary claim lacks the primary payer's result.

    Zero paid is a result. Its date may stand at the claim or at a line. A claim that only lists
    further payers goes to the first that has no result, and lacks nothing.
    """
    destination = claim.destination
    if not destination.marked_destination or len(claim.payers) == 1:
        return PASS
    place = RESPONSIBILITY_ORDER.find(destination.responsibility)
    lacking = [
        payer
        for payer in claim.payers
        if payer.responsibility
        and 0 <= RESPONSIBILITY_ORDER.find(payer.responsibility) < place
        and not _has_result(claim, payer)
    ]
    if not lacking:
        return PASS
    if any(code == INSURANCE_DENIED for code, _ in claim.occurrence_codes):
        return bypassed(f"occurrence code {INSURANCE_DENIED} stands for the result")
    for code, _ in claim.value_codes:
        if code in MSP_VALUES:
            return bypassed(f"value code {code} stands for the result")
    return several(
        [
            bypassed(f"the result of the {payer.responsibility} payer is not expected")
            if payer.payer_id in params.payer_ids
            else fail(
                payer.at("paid_amount"),
                responsibility=destination.responsibility[:1],
                earlier=payer.responsibility[:1],
            )
            for payer in lacking
        ]
    )


def _has_result(claim: Claim, payer: Payer) -> bool:
    of_lines = [one for _, one in adjudications(claim, payer.responsibility)]
    if payer.paid_amount is None and not payer.adjustments and not of_lines:
        return False
    return payer.remittance_date is not None or any(
        one.remittance_date is not None for one in of_lines
    )
