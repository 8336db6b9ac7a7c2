"""A procedure conflicts with one on an earlier claim of the same day."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.history import VOID, PastLine
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import history_edit
from scrubber.edits.ncci._earlier_claims import HISTORY, same_party_claims, same_provider
from scrubber.edits.ncci._pairs import HOSPITAL, OTHER_SYSTEMS, PRACTITIONER
from scrubber.edits.outpatient import BILLS
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.ncci_ptp import NCCI_MODIFIERS, PtpView
from scrubber.reference.outpatient_bills import BillTypeView


def _conflict(table: PtpView, line: Line, past: PastLine) -> bool:
    """Tell whether a pair in force names the two, and no modifier separates them."""
    if line.procedure == past.procedure:
        return False
    rows = table.rows(tuple(sorted((line.procedure, past.procedure))))
    modifiers = (*line.modifiers, *past.modifiers.split())
    return any(row.indicator == "0" or NCCI_MODIFIERS.isdisjoint(modifiers) for row in rows)


def _said_of(claim: Claim, prior: Prior, own: PtpView, kind: str) -> Iterator[Fail | NoData]:
    services = [
        (earlier, past)
        for earlier in same_party_claims(claim, prior)
        for past in earlier.lines
        if past.procedure and past.units != "0"
    ]
    for day, lines in claim.by_day:
        if day < prior.since:
            yield no_data(HISTORY, day)
        there = [one for one in services if one[1].first == day.toordinal()]
        if not there:
            continue
        table = own if day == claim.day else own.on(day)
        if table is None:
            yield no_data(kind, day)
            continue
        for line in lines:
            if not line.procedure or line.units == 0 or line.qualifier in OTHER_SYSTEMS:
                continue
            for earlier, past in there:
                if same_provider(claim, line, past) and _conflict(table, line, past):
                    yield fail(
                        line.at("procedure"),
                        line,
                        line=line.number,
                        procedure=line.procedure,
                        other_procedure=past.procedure,
                        date=day,
                        earlier=earlier.submission_id,
                    )


@history_edit(
    id="ncci-ptp-across-claims",
    severity="review",
    status="preview",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "lines[].modifiers",
        "rendering_provider.npi",
        "billing_provider.npi",
        "payers[].subscriber.member_id",
        "claim_frequency_code",
    ),
    data=(PRACTITIONER, HOSPITAL, BILLS),
    partial_data=True,
    carc=("236",),
    source="NCCI Policy Manual ch. I section A (edits apply across claims)",
    checked=date(2026, 11, 26),
    message=(
        "Line {line} ({procedure}) conflicts with {other_procedure} on an earlier claim of {date}."
    ),
    fix="Replace the earlier claim so that both services are on one claim.",
)
def ncci_ptp_across_claims(
    claim: Claim,
    prior: Prior | None,
    practitioner: PtpView | None,
    hospital: PtpView | None,
    bills: BillTypeView | None,
) -> Verdict:
    """
    A procedure conflicts with one on an earlier claim of the same day.

    The pairs hold for the provider and the day, on however many claims the services are. Claims
    that were voided or replaced do not count, nor the one that this claim corrects.
    """
    if claim.is_dme or claim.is_inpatient or claim.claim_frequency_code == VOID:
        return PASS
    table, kind = practitioner, PRACTITIONER
    if claim.type == "institutional":
        if bills is None:
            return no_data(BILLS, claim.day)
        if not bills.edits(claim.bill_type, claim.condition_codes).ncci:
            return PASS
        table, kind = hospital, HOSPITAL
    if prior is None:
        return no_data(HISTORY, claim.day)
    if table is None:
        return no_data(kind, claim.day)
    return several(_said_of(claim, prior, table, kind))
