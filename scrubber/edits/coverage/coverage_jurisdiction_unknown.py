"""The responsible Medicare contractor cannot be determined."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.coverage._jurisdiction import deciding_address, part_of_medicare
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.contractors import ContractorView


@claim_edit(
    id="coverage-jurisdiction-unknown",
    severity="info",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "payers[].filing_indicator",
        "service_facility.address.state",
        "service_facility.address.zip",
        "billing_provider.address.state",
        "billing_provider.address.zip",
    ),
    data=("contractor-jurisdiction",),
    partial_data=True,
    source=(
        "Medicare Claims Processing Manual ch. 1 section 10 (jurisdiction by place of service)"
    ),
    checked=date(2026, 11, 26),
    message="No single contractor for state {state}; local coverage was not checked.",
    fix="Add the service address.",
    when=("claim.is_medicare",),
)
def coverage_jurisdiction_unknown(claim: Claim, table: ContractorView | None) -> Verdict:
    """
    The responsible Medicare contractor cannot be determined.

    Local coverage is the contractor's, and the state of the service says which one that is; for
    equipment the patient's home does. Where two serve one state, no list at hand tells them apart
    by ZIP code.
    """
    if not claim.is_medicare:
        return PASS
    state = deciding_address(claim).state
    if state:
        if table is None:
            return no_data("contractor-jurisdiction", claim.day)
        if len(table.contractors(state, part_of_medicare(claim))) == 1:
            return PASS
    return fail("", state=state or "(not stated)")
