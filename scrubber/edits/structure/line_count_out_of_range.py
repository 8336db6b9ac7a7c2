"""The claim has no service line or more lines than the form allows."""

from datetime import date
from typing import Annotated

from pydantic import Field

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


class MostLines(Params):
    """How many lines a payer takes: fewer than the guide's repeats, never more."""

    professional: Annotated[int, Field(ge=1, le=50)] = 50
    """837P."""
    dental: Annotated[int, Field(ge=1, le=50)] = 50
    """837D."""
    institutional: Annotated[int, Field(ge=1, le=999)] = 999
    """837I."""


@claim_edit(
    id="line-count-out-of-range",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("type", "lines"),
    params=MostLines(),
    status_code=("A7:121", "A6:247"),
    source="837P/837D 2400 repeat 50; 837I 2400 repeat 999",
    checked=date(2026, 11, 26),
    message="The claim has {count} service lines; 1 to {limit} are allowed.",
    fix="Split the claim, or add the missing service lines.",
)
def line_count_out_of_range(claim: Claim, params: MostLines) -> Verdict:
    """
    The claim has no service line or more lines than the form allows.

    The guides repeat the loop of lines so often and no more.
    """
    count = len(claim.lines)
    limit: int = getattr(params, claim.type)
    return PASS if 1 <= count <= limit else fail("/lines", count=count, limit=limit)
