"""The ids of the payers."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.identity._insured import position
from scrubber.edits.verdict import Fail, NoData, Severity, Verdict, fail, no_data, several
from scrubber.reference.payer_list import PayerListView, entry


class ListedPayers(Params):
    """What a payer list proves."""

    list_complete: bool = False
    """The loaded list names every payer: a destination that it lacks is rejected."""


def _unlisted(
    claim: Claim, payers: PayerListView | None, params: ListedPayers
) -> Fail | NoData | None:
    payer = claim.destination
    if payers is None:
        return no_data("payer-list", claim.day)
    if payers.has(entry(payer.payer_id, claim.type)):
        return None
    severity: Severity = "reject" if params.list_complete else "review"
    return fail(payer.at("payer_id"), severity=severity, responsibility=position(payer))


@claim_edit(
    id="payer-id-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("payers[].payer_id", "payers[].responsibility"),
    data=("payer-list",),
    partial_data=True,
    params=ListedPayers(),
    status_code=("A6:153:PR", "A7:116"),
    source="837 2010BB NM109, 2330B NM109",
    checked=date(2026, 11, 26),
    message="The {responsibility} payer has no usable payer id.",
    fix="Take the id from the clearinghouse payer list.",
)
def payer_id_missing(claim: Claim, payers: PayerListView | None, params: ListedPayers) -> Verdict:
    """
    A payer has no payer id.

    The claim is routed by the destination's id, and a line's adjudication names its payer by
    it; elsewhere its absence is a note. A destination that is not on the loaded list of the
    claim's type may be new: a person looks, unless the pack says that the list is complete.
    """
    said: list[Fail | NoData] = []
    for payer in claim.payers:
        if payer.payer_id:
            if payer is claim.destination and (answer := _unlisted(claim, payers, params)):
                said.append(answer)
            continue
        needed = payer is claim.destination or any(
            adjudication.responsibility == payer.responsibility
            for line in claim.lines
            for adjudication in line.payer_adjudications
        )
        said.append(
            fail(
                payer.at("payer_id"),
                severity=None if needed else "warn",
                responsibility=position(payer),
            )
        )
    return several(said)
