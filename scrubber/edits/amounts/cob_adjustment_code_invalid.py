"""An adjustment group or reason code is unknown on the remittance date."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from scrubber.claim.model import Adjustment, Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Fail, NoData, Severity, Verdict, fail, no_data, several
from scrubber.reference.dated_codes import DatedCodeView

GROUPS = ("CO", "CR", "OA", "PI", "PR")
LONGEST_REASON = 3


class _Sent(NamedTuple):
    at: str
    adjustment: Adjustment
    responsibility: str
    remitted: date | None


def _sent(claim: Claim) -> Iterator[_Sent]:
    """Yield every adjustment of the claim and its lines, with its payer and remittance date."""
    dates = {payer.responsibility: payer.remittance_date for payer in claim.payers}
    for payer in claim.payers:
        for i, one in enumerate(payer.adjustments):
            at = payer.at(f"adjustments/{i}")
            yield _Sent(at, one, payer.responsibility, payer.remittance_date)
    for line in claim.lines:
        for i, adjudication in enumerate(line.payer_adjudications):
            responsibility = adjudication.responsibility
            remitted = adjudication.remittance_date or dates.get(responsibility)
            for j, one in enumerate(adjudication.adjustments):
                at = line.at(f"payer_adjudications/{i}/adjustments/{j}")
                yield _Sent(at, one, responsibility, remitted)


@claim_edit(
    id="cob-adjustment-code-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "payers[].adjustments[].group",
        "payers[].adjustments[].reason",
        "payers[].remittance_date",
        "lines[].payer_adjudications[].adjustments[].group",
        "lines[].payer_adjudications[].adjustments[].reason",
    ),
    data=("carc",),
    partial_data=True,
    status_code=("A7:521", "A7:696"),
    source="837 2320/2430 CAS01, CAS02; code source 139",
    checked=date(2026, 11, 26),
    message="Adjustment {group}-{reason} of the {responsibility} payer is not a valid code.",
    fix="Use the standard code of the 835, not the payer's own remark.",
    when=("claim.is_adjudicated",),
)
def cob_adjustment_code_invalid(claim: Claim, codes: DatedCodeView | None) -> Verdict:
    """
    An adjustment group or reason code is unknown on the remittance date.

    A code that was known, but not on that date, is a note: the biller repeats what the earlier
    payer sent.
    """
    if not any(payer.adjustments for payer in claim.payers) and not any(
        line.payer_adjudications for line in claim.lines
    ):
        return PASS
    return several(
        [answer for sent in _sent(claim) if (answer := _answer(claim, sent, codes)) is not None]
    )


def _answer(claim: Claim, sent: _Sent, codes: DatedCodeView | None) -> Fail | NoData | None:
    if sent.adjustment.group not in GROUPS:
        return _complaint(sent, "group", None)
    on_day = None if codes is None or sent.remitted is None else codes.on(sent.remitted)
    if on_day is None:
        return no_data("carc", sent.remitted or claim.day)
    status = on_day.status(sent.adjustment.reason)
    if status == "in_force":
        return None
    return _complaint(sent, "reason", "warn" if status == "other_dates" else None)


def _complaint(sent: _Sent, field: str, severity: Severity | None) -> Fail:
    reason = sent.adjustment.reason
    return fail(
        f"{sent.at}/{field}",
        severity=severity,
        group=sent.adjustment.group[:2] or "missing",
        reason=reason if 0 < len(reason) <= LONGEST_REASON else f"({len(reason)} characters)",
        responsibility=sent.responsibility[:1],
    )
