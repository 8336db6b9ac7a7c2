"""The record behind the claim is marked incomplete."""

import re
from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data

KIND = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)+|[a-z]{3,12}")


class Documents(Params):
    """Whether the coding system must state the state of the record."""

    required: bool = False
    """Where it must, silence is a finding."""


@claim_edit(
    id="documentation-incomplete",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("coding.documentation.complete", "coding.documentation.missing", "coding.encounter_id"),
    params=Documents(),
    status_code=("A7:294",),
    carc=("226",),
    source=(
        "Mission (incomplete documentation goes to people); Medicare Program Integrity "
        "Manual ch. 3 section 3.3.2"
    ),
    checked=date(2026, 11, 24),
    message="The record is incomplete: {missing}.",
    fix="Get the missing document or signature before billing.",
)
def documentation_incomplete(claim: Claim, params: Documents) -> Verdict:
    """
    The record behind the claim is marked incomplete.

    A claim without its record cannot be defended. What is missing is named by kind of document,
    never by words of the record.
    """
    documentation = claim.coding.documentation
    if documentation is None or (documentation.complete is None and not documentation.missing):
        if params.required:
            return fail("/coding/documentation", missing="nothing is stated")
        return no_data("documentation", claim.day)
    if documentation.complete and not documentation.missing:
        return PASS
    kinds = tuple(sorted(one for one in documentation.missing if KIND.fullmatch(one)))
    unnamed = len(documentation.missing) - len(kinds)
    named = (*kinds, *(("other documents",) if unnamed or not kinds else ()))
    return fail("/coding/documentation", missing=named)
