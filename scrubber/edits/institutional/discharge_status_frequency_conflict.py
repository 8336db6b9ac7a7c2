"""The patient status does not fit the bill frequency."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.institutional._bill import ACUTE, frequency_of, kind_of_bill
from scrubber.edits.institutional._stay import status_contradicts_frequency
from scrubber.edits.verdict import PASS, Verdict, fail

BILLS = frozenset((ACUTE, "18", "21"))


@claim_edit(
    id="discharge-status-frequency-conflict",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=(
        "admission.discharge_status",
        "claim_frequency_code",
        "type_of_bill",
        "payers[].filing_indicator",
    ),
    status_code=("A8:234", "A8:535"),
    carc=("16",),
    source="837I 2300 CL103, CLM05-3; Medicare Claims Processing Manual ch. 25 section 75",
    checked=date(2026, 11, 26),
    message="Patient status {status} does not fit frequency {frequency}.",
    fix="Correct the status or the frequency.",
)
def discharge_status_frequency_conflict(claim: Claim) -> Verdict:
    """
    The patient status does not fit the bill frequency.

    A patient who is still there (status 30) has a bill that goes on, and a bill that goes on has
    a patient who is still there. Long-term hospitals bill by the month, and a change of payer
    cuts a stay: there a person looks.

    Not checked here: an absent status (`admission-data-missing`).
    """
    kind = kind_of_bill(claim)
    if kind not in BILLS or not status_contradicts_frequency(claim):
        return PASS
    return fail(
        "/admission/discharge_status",
        severity=None if kind == ACUTE and claim.is_medicare else "review",
        status=claim.admission.discharge_status,
        frequency=frequency_of(claim),
    )
