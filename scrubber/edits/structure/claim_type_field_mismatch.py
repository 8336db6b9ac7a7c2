"""The claim carries fields of another claim type."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import Verdict, fail, several

INSTITUTIONAL_FIELDS = (("type_of_bill", "drg", "procedures"), "revenue_code")
#: Fields of other types, of the claim and of its lines.
FOREIGN = {
    "professional": INSTITUTIONAL_FIELDS,
    "dental": INSTITUTIONAL_FIELDS,
    "institutional": (("place_of_service",), "diagnosis_pointers"),
}


@claim_edit(
    id="claim-type-field-mismatch",
    severity="warn",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "type",
        "type_of_bill",
        "drg",
        "procedures",
        "place_of_service",
        "lines[].revenue_code",
        "lines[].diagnosis_pointers",
    ),
    status_code=("A8:481",),
    source="837P 2300 CLM05-1/-2 (qualifier B) versus 837I 2300 CLM05-1/-2 (qualifier A)",
    checked=date(2026, 11, 26),
    message="A {type} claim must not carry {field}.",
    fix="Send the claim with the right type or drop the field.",
)
def claim_type_field_mismatch(claim: Claim) -> Verdict:
    """
    The claim carries fields of another claim type.

    An 837 of its type has no place for them; they are lost, or the type is wrong.
    """
    of_claim, of_lines = FOREIGN[claim.type]
    complaints = []
    for field in of_claim:
        if getattr(claim, field):
            at = f"/{field}"
            complaints.append(fail(at, type=claim.type, field=field))
    for line in claim.lines:
        if getattr(line, of_lines):
            at = line.at(of_lines)
            complaints.append(fail(at, line, type=claim.type, field=of_lines))
    return several(complaints)
