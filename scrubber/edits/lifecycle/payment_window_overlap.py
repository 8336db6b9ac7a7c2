"""Outpatient services fall in the days before an admission."""

from datetime import date, timedelta

from scrubber.claim.history import VOID, digest_of
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import Params, history_edit
from scrubber.edits.lifecycle._earlier import HISTORY, others
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data

OUTPATIENT, INPATIENT = "13", "11"
ATTESTED = "51"


class PaymentWindow(Params):
    """The window, and the revenue codes (numbers only) that it treats in their own way."""

    days: int = 3
    """Days before the admission; 1 for hospitals outside the inpatient system."""
    diagnostic: tuple[str, ...] = (
        *("0254", "0255", "030", "031", "032", "0341", "0343", "035", "0371", "0372", "040"),
        *("046", "0471", "0481", "0482", "0483", "0489", "053", "061", "062", "073", "074"),
        *("0918", "092"),
    )
    """Beginnings of the revenue codes of diagnostic services."""
    left_out: tuple[str, ...] = ("054", "082", "083", "084", "085")
    """Beginnings of the revenue codes of ambulance and dialysis."""


def _inside(claim: Claim, prior: Prior, params: PaymentWindow) -> tuple[int, list[Line]]:
    """Return the latest admission of the facility with lines in its window, and those lines."""
    billing = digest_of(claim.billing_provider.npi)
    admissions = [
        earlier.admission
        for earlier in others(claim, prior)
        if earlier.bill_type[1:3] == INPATIENT and earlier.admission and earlier.billing == billing
    ]
    for admission in sorted(admissions, reverse=True):
        admitted = date.fromordinal(admission)
        lines = [
            line
            for line in claim.lines
            if line.service_from
            and admitted - timedelta(days=params.days) <= line.service_from <= admitted
            and not line.revenue_code.startswith(params.left_out)
        ]
        if lines:
            return admission, lines
    return 0, []


@history_edit(
    id="payment-window-overlap",
    severity="review",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "type_of_bill",
        "lines[].service_from",
        "billing_provider.npi",
        "admission.date",
        "condition_codes",
        "payers[].subscriber.member_id",
    ),
    can_bypass=True,
    params=PaymentWindow(),
    carc=("60",),
    source="42 CFR 412.2(c)(5); Medicare Claims Processing Manual ch. 3 section 40.3",
    checked=date(2026, 11, 26),
    message="Lines of {dates} fall in the payment window of the admission on {date}.",
    fix="Move them to the inpatient bill, or attest with condition code 51.",
)
def payment_window_overlap(claim: Claim, prior: Prior | None, params: PaymentWindow) -> Verdict:
    """
    Outpatient services fall in the days before an admission.

    What a hospital does for an outpatient on the day of an admission and in the three days
    before is part of the inpatient payment. Diagnostic services always are; others are not
    when condition code 51 attests that they have nothing to do with the admission. Ambulance
    and dialysis are left out.
    """
    if claim.bill_type[1:3] != OUTPATIENT or claim.claim_frequency_code == VOID:
        return PASS
    if prior is None or prior.since > claim.day:
        return no_data(HISTORY, claim.day)
    admission, inside = _inside(claim, prior, params)
    if not inside:
        return PASS
    if ATTESTED in claim.condition_codes:
        diagnostic = [line for line in inside if line.revenue_code.startswith(params.diagnostic)]
        if not diagnostic:
            return bypassed(f"condition code {ATTESTED}", *inside)
        inside = diagnostic
    days = sorted({line.day.isoformat() for line in inside})
    return fail("", *inside, dates=tuple(days), date=date.fromordinal(admission))
