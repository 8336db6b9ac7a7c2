"""A text value is longer than its 837 element."""

from datetime import date
from functools import lru_cache
from operator import gt

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.structure._texts import parts
from scrubber.edits.verdict import Verdict, fail, several

#: 005010 elements 1035, 1036, 166, 19, 116, 67, 127, 352 in characters.
LIMITS = {
    "organization_name": 60,
    "last_name": 60,
    "first_name": 35,
    "line1": 55,
    "line2": 55,
    "city": 30,
    "zip": 15,
    "member_id": 80,
    "payer_id": 80,
    "prior_authorization": 50,
    "description": 80,
}
NO_LIMIT = 1 << 20  # a whole event is not longer


@lru_cache(maxsize=64)
def _limits(fields: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(LIMITS.get(field, NO_LIMIT) for field in fields)


@claim_edit(
    id="element-length-exceeded",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider",
        "patient",
        "payers[].subscriber",
        "payers[].prior_authorization",
        "lines[].description",
    ),
    status_code=("A7:512",),
    source="837P 2010AA NM103/NM104/N301/N401, 2010BA NM109, 2300 REF02, 2400 SV101-7",
    checked=date(2026, 11, 26),
    message="Field {pointer} has {length} characters, the limit is {limit}.",
    fix="Shorten the value.",
)
def element_length_exceeded(claim: Claim) -> Verdict:
    """
    A text value is longer than its 837 element.

    A writer would have to cut it, and a cut name or number is another one.

    Not checked here: the claim's own number (`patient-control-number-invalid`).
    """
    return several(
        [
            fail(
                f"{part.at}/{field}",
                pointer=f"{part.at}/{field}",
                length=len(value),
                limit=LIMITS[field],
            )
            for part in parts(claim)
            if any(map(gt, map(len, part.values), _limits(part.fields)))
            for field, value in zip(part.fields, part.values, strict=True)
            if len(value) > LIMITS.get(field, NO_LIMIT)
        ]
    )
