"""An adjustment group or reason code is unknown on the remittance date."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from scrubber.claim.model import Adjustment, Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import Fail, NoData, Severity, Verdict, fail, no_data, several
from scrubber.reference.dated_codes import DatedCodeView

GROUPS = ("CO", "CR", "OA", "PI", "PR")
LONGEST_REASON = 3


class _Sent(NamedTuple):
    """What a payer adjusted, of the claim or of a line."""

    at: str
    adjustments: tuple[Adjustment, ...]
    responsibility: str
    remitted: date | None


def _sent(claim: Claim) -> Iterator[_Sent]:
    dates = {payer.responsibility: payer.remittance_date for payer in claim.payers}
    for payer in claim.payers:
        if payer.adjustments:
            at = payer.at("adjustments")
            yield _Sent(at, payer.adjustments, payer.responsibility, payer.remittance_date)
    for line in claim.lines:
        for i, one in enumerate(line.payer_adjudications):
            if one.adjustments:
                at = line.at(f"payer_adjudications/{i}/adjustments")
                remitted = one.remittance_date or dates.get(one.responsibility)
                yield _Sent(at, one.adjustments, one.responsibility, remitted)


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
    said: list[Fail | NoData] = []
    for sent in _sent(claim):
        remitted = sent.remitted
        on_day = None if codes is None or remitted is None else codes.on(remitted)
        for place, one in enumerate(sent.adjustments):
            if one.group not in GROUPS:
                said.append(_complaint(sent, place, "group", None))
                continue
            if on_day is None:
                said.append(no_data("carc", remitted or claim.day))
                continue
            status = on_day.status(one.reason)
            if status != "in_force":
                severity: Severity | None = "warn" if status == "other_dates" else None
                said.append(_complaint(sent, place, "reason", severity))
    return several(said)


def _complaint(sent: _Sent, place: int, field: str, severity: Severity | None) -> Fail:
    adjustment = sent.adjustments[place]
    reason = adjustment.reason
    return fail(
        f"{sent.at}/{place}/{field}",
        severity=severity,
        group=adjustment.group[:2] or "missing",
        reason=reason if 0 < len(reason) <= LONGEST_REASON else f"({len(reason)} characters)",
        responsibility=sent.responsibility[:1],
    )
