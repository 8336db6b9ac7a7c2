"""The payer order repeats a position or has no primary."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

ORDER = "PSTABCDEFGH"


@claim_edit(
    id="payer-sequence-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("payers[].responsibility",),
    status_code=("A7:742",),
    source="837 2000B/2320 SBR01",
    checked=date(2026, 11, 24),
    message="The payer order {found} is not valid.",
    fix="Give one P; each further position at most once.",
)
def payer_sequence_invalid(claim: Claim) -> Verdict:
    """
    The payer order repeats a position or has no primary.

    Payers answer in this order, each told what those before it paid. A position left out is worth a
    note; U (unknown) may stand several times.
    """
    if len(claim.payers) == 1 and claim.payers[0].responsibility == "P":
        return PASS
    order = [payer.responsibility for payer in claim.payers]
    known = [one for one in order if one != "U"]
    found = tuple(one if len(one) == 1 else "other" for one in order)
    if "P" not in known or len(known) != len(set(known)) or not set(known) <= set(ORDER):
        return fail("/payers", found=found)
    if set(known) != set(ORDER[: len(known)]):
        return fail("/payers", severity="warn", found=found)
    return PASS
